# SPDX-License-Identifier: GPL-2.0-only
# daxscope: see 'make help'. Everything is built below build/, nothing beside the sources.
#
#   make                     build all programs into build/
#   make demo                real DAX faults in a guest, shown by daxtop
#   make check               the tests that everybody runs; closes with 'N passed, N failed'
#   make check-all           all tests, kernel series included, as CI runs them
#   make check TEST='GLOB'   the tests whose name matches, as in TEST='guest/*'; TAP=1, JUNIT=FILE
#   make V=1                 show the commands          make CC=clang    build with clang
#   make D=asan | D=ubsan    build with a sanitizer (into build/asan, build/ubsan)
#   make WERROR=1            a warning is an error, as in CI
#   make install DESTDIR=/x prefix=/usr      make uninstall takes the same away again

VERSION := $(shell tools/packaging/version)
prefix  ?= /usr/local
bindir  ?= $(prefix)/bin
mandir  ?= $(prefix)/share/man
datadir ?= $(prefix)/share/daxscope
unitdir ?= $(prefix)/lib/systemd/system
completiondir ?= $(prefix)/share/bash-completion/completions
zshdir  ?= $(prefix)/share/zsh/vendor-completions
fishdir ?= $(prefix)/share/fish/vendor_completions.d
CLANG   ?= clang
BPFTOOL ?= $(firstword $(shell command -v bpftool) /usr/sbin/bpftool)
PKG_CONFIG ?= pkg-config
CFLAGS  ?= -O2 -g
TEST    ?=
B       := build$(if $(D),/$(D))$(if $(CROSS),/$(ARCH))

san_asan  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
san_ubsan := -fsanitize=undefined -fno-sanitize-recover=all
SAN       := $(if $(D),$(or $(san_$(D)),$(error D=$(D): use D=asan or D=ubsan)))

bpf_arch_x86_64  := x86
bpf_arch_aarch64 := arm64
# What libbpf calls the machine that the programs are for.
ARCH      ?= $(shell uname -m)
BPF_ARCH  := $(or $(bpf_arch_$(ARCH)),$(error ARCH=$(ARCH): not built for it; x86_64 and aarch64 are))
# No path of the machine that builds gets into the programs, so two builds are the same.
override CFLAGS += -std=gnu11 -D_GNU_SOURCE -Wall -Wextra $(if $(WERROR),-Werror) -Iinclude -Itools -I$(B) \
	-ffile-prefix-map=$(CURDIR)=. -MMD -MP $(SAN)
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra $(if $(WERROR),-Werror) \
	-Wno-unused-parameter -Iinclude -Ibpf -ffile-prefix-map=$(CURDIR)=. -MMD -MP

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

# daxdash is left out where one of its libraries is not there; PostgreSQL is left out of it by itself.
dash_lacks := $(strip $(shell for p in sqlite3 jansson zlib; do $(PKG_CONFIG) --exists $$p 2>/dev/null || echo $$p; done))
have_pq    := $(shell $(PKG_CONFIG) --exists libpq 2>/dev/null && echo yes)

PROGRAMS := daxtop daxtrace daxbench daxdoctor $(if $(dash_lacks),,daxdash)
src = $(foreach d,$(1),$(wildcard tools/$(d)/*.c))
obj = $(patsubst tools/%.c,$(B)/obj/%.o,$(1))

util_src    := $(call src,util)
# All but what makes the pages of the table.
cli_src     := $(filter-out tools/cli/pages.c,$(call src,cli))
proc_src    := $(call src,proc)
collect_src := $(call src,collect)
model_src   := $(call src,model)
view_src    := $(call src,view)
tui_src     := $(call src,view/tui)
http_src    := $(call src,http)
bench_src   := $(call src,bench)
recording_src := $(call src,recording)
doctor_src  := $(call src,doctor)

# How a run is written is one thing for daxtrace and daxdash.
run_src := $(addprefix tools/dash/format/,build.c doc.c measured.c own.c)
daxtop_obj   := $(call obj,tools/daxtop.c $(cli_src) $(call src,top) $(util_src) $(proc_src) $(collect_src) $(model_src) $(view_src) $(tui_src) $(http_src) $(recording_src))
daxtrace_obj := $(call obj,tools/daxtrace.c $(cli_src) $(call src,trace) $(util_src) $(proc_src) $(collect_src) $(model_src) $(view_src) $(recording_src) $(run_src))
daxbench_obj := $(call obj,tools/daxbench.c $(cli_src) $(bench_src) $(util_src) tools/proc/mountinfo.c)
daxdoctor_obj := $(call obj,tools/daxdoctor.c $(cli_src) $(doctor_src) $(proc_src) $(util_src) $(model_src) tools/view/format.c)
dash_pure_src := $(call src,dash/judge) $(call src,dash/format)
dash_src      := $(dash_pure_src) $(call src,dash/store) $(call src,dash/report) $(call src,dash/command)
daxdash_obj   := $(call obj,tools/daxdash.c $(cli_src) $(dash_src) $(http_src) $(addprefix tools/util/,err.c escape.c loop.c version.c))
# pkg-config names the libraries; where it is missing, Debian's names are taken.
libs = $(or $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null),$(2))
daxtop_libs   := $(call libs,libbpf ncursesw jansson libzstd,-lbpf -lncursesw -ltinfo -ljansson -lzstd) -lelf -lz
daxtrace_libs := $(call libs,libbpf jansson libzstd,-lbpf -ljansson -lzstd) -lelf -lz -lm
daxbench_libs := $(call libs,jansson,-ljansson) -lpthread
daxdoctor_libs := $(call libs,jansson,-ljansson) -lm
daxdash_libs  := $(call libs,sqlite3 jansson zlib,-lsqlite3 -ljansson -lz) -lm $(if $(have_pq),$(shell $(PKG_CONFIG) --libs libpq))
$(B)/obj/dash/store/postgres.o: override CFLAGS += $(if $(have_pq),-DHAVE_LIBPQ $(shell $(PKG_CONFIG) --cflags libpq))

all: $(PROGRAMS:%=$(B)/%) build/cli-pages
	$(if $(dash_lacks),@echo 'make: daxdash is not built: it lacks $(dash_lacks) (Debian: pkg-config libsqlite3-dev libjansson-dev zlib1g-dev)')
	$(if $(dash_lacks),,@test -s build/web/page.html || echo 'make: daxdash is built without its page: it lacks npm, or the registry (Debian: nodejs npm)')
	$(if $(dash_lacks)$(have_pq),,@echo 'make: daxdash is built without PostgreSQL: it lacks libpq (Debian: libpq-dev)')

help:
	@sed -n '3,12s/^# \{0,1\}//p' Makefile
	@printf '\nOther targets:\n'
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 26
	@printf '\nVariables: CC CLANG BPFTOOL CFLAGS LDFLAGS prefix bindir mandir completiondir zshdir fishdir DESTDIR V D TEST TAP JUNIT JOBS\n'
	@printf 'DAXSCOPE_CACHE: where kernels are kept between runs (default ~/.cache/daxscope)\n'

$(B)/bpf/%.bpf.o: bpf/%.bpf.c
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -MT $@ -c $< -o $@.tmp
	$(Q)$(BPFTOOL) gen object $@ $@.tmp
	$(Q)rm $@.tmp

$(B)/%.skel.h: $(B)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf >$@.tmp
	$(Q)mv $@.tmp $@

# Only this file knows the skeleton.
$(B)/obj/collect/live.o: $(B)/daxscope.skel.h $(B)/daxscope_plain.skel.h

# A file whose content is what objects depend on beside their sources; written only when it changes.
remember = $(shell mkdir -p $(B); echo '$(2)' | cmp -s - $(1) || echo '$(2)' >$(1))$(1)
flags_file := $(call remember,$(B)/.flags,$(subst ','\'',$(CC) $(CFLAGS) $(CPPFLAGS)))
version_file := $(call remember,$(B)/.version,$(VERSION))
$(B)/obj/util/version.o: override CPPFLAGS += -DDAXSCOPE_VERSION='"$(VERSION)"'
$(B)/obj/util/version.o: $(version_file)

$(B)/obj/%.o: tools/%.c $(flags_file)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -c $< -o $@

# The page: its charts are taken from npm as package-lock.json says, and with what is there no more than once.
web_src := $(wildcard tools/dash/web/src/*.js) $(addprefix tools/dash/web/,page.html page.css assemble.mjs)
build/web/page.html: $(web_src) tools/dash/web/package-lock.json
	$(call say,WEB,$@)
	$(Q)tools/dash/web/make-page $@
$(B)/obj/dash/report/template.o: build/web/page.html
$(B)/obj/dash/report/template.o: override CFLAGS += -DPAGE_TEMPLATE='"build/web/page.html"'

define program
$(B)/$(1): $$($(1)_obj)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$($(1)_obj) $$($(1)_libs)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# What manuals and completions have from the table of options: made for the machine that builds, and kept in the tree.
build/cli-pages: tools/cli/pages.c tools/cli/table.c tools/cli/parse.c tools/cli/help.c tools/cli/cli.h $(addprefix tools/util/,err.c escape.c version.c)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(or $(BUILD_CC),cc) -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Iinclude -Itools -o $@ $(filter %.c,$^)

pages: build/cli-pages ## carry tools/cli/table.c into the manuals and the completions
	$(Q)tools/cli/update-pages build/cli-pages

# Unit tests see every layer but the collector for the running kernel, and no curses.
unit_obj := $(call obj,$(util_src) $(cli_src) $(model_src) $(view_src) $(recording_src) $(proc_src) $(addprefix tools/collect/,cells.c cpus.c exited-totals.c latency-sampling.c identity.c) $(addprefix tools/doctor/,predict.c mount.c map.c pieces.c kernlog.c superblock.c overlay.c) $(wildcard tools/trace/assert*.c) tools/top/parse-time.c tools/http/address.c $(dash_pure_src))
unit_bin := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test-*.c))

$(B)/unit/%: tests/unit/%.c $(unit_obj)
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -Itests/unit $(LDFLAGS) -o $@ $< $(unit_obj) -ljansson -lzstd -lm

unit: $(unit_bin)

# Segments that can be mapped at 2 MiB.
build/guest/bigtext: guest_ldflags := -Wl,-z,max-page-size=2097152 -Wl,-z,separate-code
build/guest/fentries: guest_libs := -lbpf -lelf -lz
build/guest/%: tests/guest/%.c
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static $(guest_ldflags) -o $@ $< $(guest_libs) -lpthread

# The programs with a player beside them, under the collector itself; once with one cell a slot, as
# CPUs have to share them on a large machine. live.c is compiled as a part of it, with the player's programs.
long_src := $(wildcard tests/long/*.c)
long_src := $(filter-out %.bpf.c,$(long_src))
long_obj := $(call obj,$(util_src) $(proc_src) $(model_src) $(filter-out tools/view/recording.c,$(view_src)) $(filter-out tools/collect/live.c,$(wildcard tools/collect/*.c)))

$(B)/long/loop.bpf.o: tests/long/loop.bpf.c
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MF $(@:.o=.d) -MT $@ -c $< -o $@.tmp
	$(Q)$(BPFTOOL) gen object $@ $@.tmp
	$(Q)rm $@.tmp

$(B)/long/daxscope.skel.h: $(B)/long/loop.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name daxscope_bpf >$@.tmp
	$(Q)mv $@.tmp $@

$(B)/long/daxscope_plain.skel.h: $(B)/long/loop.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name daxscope_plain_bpf >$@.tmp
	$(Q)mv $@.tmp $@

$(B)/long/long-shared: shards := -DMAX_SHARDS=1
$(B)/long/long $(B)/long/long-shared: $(long_src) $(long_obj) $(B)/long/daxscope.skel.h $(B)/long/daxscope_plain.skel.h
	$(call say,TEST,$@)
	$(Q)$(CC) -I$(B)/long $(filter-out -MMD -MP,$(CFLAGS)) $(CPPFLAGS) $(shards) -Itests/long -Itests/unit $(LDFLAGS) \
		-o $@ $(long_src) $(long_obj) -lbpf -ljansson -lelf -lz -lm -lpthread

guest_bin := $(patsubst tests/guest/%.c,build/guest/%,$(wildcard tests/guest/*.c))
guest-programs: $(guest_bin) build/guest/images/erofs-plain

build/guest/images/erofs-plain: tests/guest/make-erofs
	$(call say,TEST,$(@D))
	$(Q)tests/guest/make-erofs $(@D)

# What tests/run itself runs.
runner_bin := $(patsubst tests/runner/%.c,build/runner/%,$(wildcard tests/runner/*.c))
build/runner/%: tests/runner/%.c
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o $@ $< -lpthread

runner: $(runner_bin)

tests: all guest-programs runner build/long/long build/long/long-shared build/unit/dash-numbers
	$(Q)$(MAKE) --no-print-directory D=asan unit

deps: ## name the Debian packages that are missing for 'make check-all'; as root, install them
	$(Q)tests/deps --ahead build check kernel
	$(Q)tests/deps build check kernel

demo: ## real DAX faults in a guest, shown by daxtop
	$(Q)tests/deps --ahead build guest debian-6.1 qemu
	$(Q)tests/deps build guest
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo/demo

# tests/run itself installs or names what the chosen tests need, and builds it.
check: ## the tests that everybody runs; TEST='GLOB' those with such names, of 'make check-all' too
	$(Q)SET=check TEST='$(TEST)' tests/run

check-all: ## all tests, kernel series included, as CI runs them
	$(Q)SET=all TEST='$(TEST)' tests/run

check-long: deps ## 10^9 faults through the programs in this machine's kernel, two CPUs at once; as root
	$(Q)$(MAKE) --no-print-directory all build/long/long build/long/long-shared
	$(Q)build/long/long 1000000000
	$(Q)build/long/long-shared 100000000 counters

cross: ## build all programs for arm64 as well, below build/aarch64
	$(Q)sysroot=$$(tests/cross/fetch-sysroot) && export PKG_CONFIG_SYSROOT_DIR=$$sysroot \
		PKG_CONFIG_LIBDIR=$$sysroot/usr/lib/aarch64-linux-gnu/pkgconfig:$$sysroot/usr/share/pkgconfig && \
		$(MAKE) --no-print-directory CROSS=1 ARCH=aarch64 CC='clang --target=aarch64-linux-gnu' \
		CPPFLAGS="--sysroot=$$sysroot" LDFLAGS="--sysroot=$$sysroot -B$$sysroot/lld -fuse-ld=lld" all

bench: deps all ## cost of a fault in guest instructions: ours beside perf, ftrace, bpftrace
	$(Q)KERNEL='$(or $(KERNEL),debian-6.1)' tests/guest/bench-cost

# Where runs of this tree are kept: PERF=DIR elsewhere, so that 'make clean' leaves them.
PERF ?= build/perf

perf: deps ## counts and instructions of this tree in guests, into a store, judged; PERF=DIR keeps them
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tools/dash/perf $(PERF)

kernel: ## build the guest kernel K=stock|trace|pmd|nodax, or K=pmd-6.12, K=trace-7.3, DEBUG=1 with checkers; prints its path
	$(Q)tests/deps kernel
	$(Q)tests/kernel/build-kernel K=$(or $(K),$(error K is missing: use K=stock, K=trace or K=pmd)) $(if $(DEBUG),DEBUG=$(DEBUG))

kernel-bisect: ## build every step of a patch series in three configurations, checkpatch each; SERIES=6.12 or 7.3 of another kernel
	$(Q)tests/deps kernel check
	$(Q)tests/kernel/bisect $(if $(SERIES),--series $(SERIES))

check-kernel: ## of 'make check-all' what concerns the kernel series; FULL=1: trace, debug and put back bugs too
	$(Q)TEST='kernel/*' FULL='$(FULL)' tests/run

stress-kernel: ## an hour of random operations on the pmd kernel, and ten minutes of stress with KASAN, lockdep and failing allocations
	$(Q)tests/deps check kernel
	$(Q)tests/kernel/run-matrix --kernels pmd --fs 'xfs-reflink xfs ext4' --only-stress --random 1200
	$(Q)tests/kernel/run-matrix --kernels pmd-debug --fs 'xfs ext4' --only-stress --stress 600 --fail

bench-kernel: ## faults on stock, trace and pmd side by side, held to their limits
	$(Q)tests/deps build check bench kernel
	$(Q)tests/kernel/bench/bench-kernel

install: all ## install programs, man pages and completion below DESTDIR and prefix
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man5
	install -m 755 $(PROGRAMS:%=$(B)/%) $(DESTDIR)$(bindir)
	install -m 644 $(wildcard tools/man/*.1) $(DESTDIR)$(mandir)/man1
	install -m 644 $(wildcard tools/man/*.5) $(DESTDIR)$(mandir)/man5
	install -d $(DESTDIR)$(completiondir)
	install -m 644 tools/completion/daxscope.bash $(DESTDIR)$(completiondir)/daxtop
	for p in $(filter-out daxtop,$(PROGRAMS)); do ln -sf daxtop $(DESTDIR)$(completiondir)/$$p; done
	install -d $(DESTDIR)$(zshdir) $(DESTDIR)$(fishdir)
	install -m 644 tools/completion/_daxscope $(DESTDIR)$(zshdir)
	install -m 644 tools/completion/daxscope.fish $(DESTDIR)$(fishdir)/daxtop.fish
	for p in $(filter-out daxtop,$(PROGRAMS)); do ln -sf daxtop.fish $(DESTDIR)$(fishdir)/$$p.fish; done
	install -d $(DESTDIR)$(datadir)/prometheus $(DESTDIR)$(datadir)/grafana $(DESTDIR)$(unitdir)
	install -m 644 tools/packaging/prometheus/daxtop.rules.yml $(DESTDIR)$(datadir)/prometheus
	install -m 644 tools/packaging/grafana/daxscope.json $(DESTDIR)$(datadir)/grafana
	sed 's,/usr/bin/,$(bindir)/,' tools/packaging/systemd/daxtop-exporter.service >$(DESTDIR)$(unitdir)/daxtop-exporter.service

uninstall: ## remove what 'make install' put below DESTDIR and prefix
	rm -f $(PROGRAMS:%=$(DESTDIR)$(bindir)/%) $(PROGRAMS:%=$(DESTDIR)$(completiondir)/%)
	rm -f $(DESTDIR)$(zshdir)/_daxscope $(PROGRAMS:%=$(DESTDIR)$(fishdir)/%.fish)
	rm -f $(patsubst tools/man/%,$(DESTDIR)$(mandir)/man1/%,$(wildcard tools/man/*.1))
	rm -f $(patsubst tools/man/%,$(DESTDIR)$(mandir)/man5/%,$(wildcard tools/man/*.5))
	rm -f $(DESTDIR)$(datadir)/prometheus/daxtop.rules.yml $(DESTDIR)$(datadir)/grafana/daxscope.json
	rm -f $(DESTDIR)$(unitdir)/daxtop-exporter.service

dist: ## a source archive of the last commit, byte for byte the same each time
	$(Q)tools/packaging/make-dist build/dist

deb: ## a Debian package of the last commit, in build/deb
	$(Q)tools/packaging/make-deb build/deb

rpm: ## an RPM package of the last commit, in build/rpm
	$(Q)tools/packaging/make-rpm build/rpm

picture: all ## docs/daxdash.png, the picture of daxdash's page, taken in Chromium
	$(Q)tests/deps build web
	$(Q)tools/dash/web/test/make-picture docs/daxdash.png

screen: all ## docs/daxtop.svg, the picture of daxtop's screen, from a recording of real faults
	$(Q)tests/demo/make-picture docs/daxtop.svg

examples: all ## the outputs in README, from a new run with real page faults in a guest
	$(Q)tests/deps build guest
	$(Q)tests/demo/make-examples --record

lint: ## clang-tidy and cppcheck over all C sources; any finding is an error
	$(Q)tools/packaging/lint

scan: $(B)/daxscope.skel.h $(B)/daxscope_plain.skel.h ## clang's static analyzer over the whole build; reports in build/scan
	$(Q)scan-build -o build/scan --status-bugs $(MAKE) --no-print-directory B=build/scan-build all

coverage: ## which lines the tests without guests run, in build/coverage
	$(Q)tests/coverage.sh

clean: ## remove build/
	rm -rf build

format: ## lay out the C lines that were changed since the last commit; tables and macros stay as they are
	git clang-format --extensions c,h

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all pages cross unit guest-programs runner tests help deps demo check check-all check-long bench perf kernel kernel-bisect check-kernel \
	stress-kernel bench-kernel install uninstall dist deb rpm picture screen examples lint scan coverage clean format
.DELETE_ON_ERROR:
.SECONDARY:

# SPDX-License-Identifier: GPL-2.0-only
# daxscope: see 'make help'. Everything is built below build/, nothing beside the sources.
#
#   make                     build all programs into build/
#   make demo                real DAX faults in a guest, shown by daxtop
#   make check               all tests; closes with 'N passed, N failed, N skipped'
#   make check TEST='GLOB'   only the tests whose name matches, as in TEST='guest/*'
#   make V=1                 show the commands          make CC=clang    build with clang
#   make D=asan | D=ubsan    build with a sanitizer (into build/asan, build/ubsan)
#   make install DESTDIR=/x prefix=/usr

VERSION := 0.1.0
prefix  ?= /usr/local
bindir  ?= $(prefix)/bin
mandir  ?= $(prefix)/share/man
completiondir ?= $(prefix)/share/bash-completion/completions
CLANG   ?= clang
BPFTOOL ?= $(firstword $(shell command -v bpftool) /usr/sbin/bpftool)
CFLAGS  ?= -O2 -g
TEST    ?= *
B       := build$(if $(D),/$(D))

san_asan  := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
san_ubsan := -fsanitize=undefined -fno-sanitize-recover=all
SAN       := $(if $(D),$(or $(san_$(D)),$(error D=$(D): use D=asan or D=ubsan)))

override CFLAGS += -std=gnu11 -D_GNU_SOURCE -DDAXSCOPE_VERSION='"$(VERSION)"' \
	-Wall -Wextra -Werror -Iinclude -Itools -I$(B) -MMD -MP $(SAN)
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Wextra -Werror \
	-Wno-unused-parameter -Iinclude -Ibpf -MMD -MP

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

PROGRAMS := daxtop daxtrace daxbench daxdoctor
src = $(foreach d,$(1),$(wildcard tools/$(d)/*.c))
obj = $(patsubst tools/%.c,$(B)/obj/%.o,$(1))

util_src    := $(call src,util)
collect_src := $(call src,collect)
model_src   := $(call src,model)
view_src    := $(call src,view)
tui_src     := $(call src,view/tui)
bench_src   := $(call src,bench)
record_src  := $(call src,record)
doctor_src  := $(call src,doctor)

daxtop_obj   := $(call obj,tools/daxtop.c $(call src,top) $(util_src) $(collect_src) $(model_src) $(view_src) $(tui_src) $(record_src) tools/trace/head.c)
daxtrace_obj := $(call obj,tools/daxtrace.c $(call src,trace) $(util_src) $(collect_src) $(model_src) $(view_src) $(record_src))
daxbench_obj := $(call obj,tools/daxbench.c $(bench_src) $(util_src))
daxdoctor_obj := $(call obj,tools/daxdoctor.c $(doctor_src) $(util_src) $(model_src) tools/view/format.c)
daxtop_libs   := -lbpf -lncursesw -ltinfo -ljansson -lzstd -lelf -lz
daxtrace_libs := -lbpf -ljansson -lzstd -lelf -lz
daxbench_libs := -ljansson -lpthread
daxdoctor_libs := -ljansson -lm

all: $(PROGRAMS:%=$(B)/%)

help:
	@sed -n '3,11s/^# \{0,1\}//p' Makefile
	@printf '\nOther targets:\n'
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 26
	@printf '\nVariables: CC CLANG BPFTOOL CFLAGS LDFLAGS prefix bindir mandir completiondir DESTDIR V D TEST\n'
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
$(B)/obj/collect/live.o: $(B)/daxscope.skel.h

$(B)/obj/%.o: tools/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -c $< -o $@

define program
$(B)/$(1): $$($(1)_obj)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$($(1)_obj) $$($(1)_libs)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# Unit tests see every layer but the collector for the running kernel, and no curses.
unit_obj := $(call obj,$(util_src) $(model_src) $(view_src) $(record_src) $(addprefix tools/collect/,alive.c cells.c exited.c path.c pace.c resident.c place.c cgroup.c who.c) $(addprefix tools/doctor/,predict.c mount.c map.c) $(wildcard tools/trace/assert*.c) tools/trace/head.c tools/top/jump.c)
unit_bin := $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test-*.c))

$(B)/unit/%: tests/unit/%.c $(unit_obj)
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -Itests/unit $(LDFLAGS) -o $@ $< $(unit_obj) -ljansson -lzstd -lm

unit: $(unit_bin)

build/guest/%: tests/guest/%.c
	$(call say,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -o $@ $< -lpthread

# The programs with a player beside them, under the collector itself; once with one cell a slot, as
# CPUs have to share them on a large machine.
long_src := $(wildcard tests/long/*.c)
long_src := $(filter-out %.bpf.c,$(long_src))
long_obj := $(call obj,$(util_src) $(model_src) $(view_src) $(addprefix tools/collect/,alive.c callers.c cells.c exited.c features.c kernel.c pace.c path.c place.c cgroup.c reading.c slots.c who.c rings.c))

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

$(B)/long/long-shared: shards := -DMAX_SHARDS=1
$(B)/long/long $(B)/long/long-shared: $(long_src) $(long_obj) $(B)/long/daxscope.skel.h
	$(call say,TEST,$@)
	$(Q)$(CC) -I$(B)/long $(filter-out -MMD -MP,$(CFLAGS)) $(CPPFLAGS) $(shards) -Itests/long -Itests/unit $(LDFLAGS) \
		-o $@ $(long_src) $(long_obj) -lbpf -ljansson -lelf -lz -lm -lpthread

tests: all build/guest/contend build/guest/touch build/guest/storm build/guest/hold build/guest/entries build/guest/race build/guest/nozero build/guest/who build/long/long build/long/long-shared
	$(Q)$(MAKE) --no-print-directory D=asan unit

deps: ## name the Debian packages that are missing for 'make check'; as root, install them
	$(Q)tests/deps build check kernel

demo: ## real DAX faults in a guest, shown by daxtop
	$(Q)tests/deps build check
	$(Q)$(MAKE) --no-print-directory all
	$(Q)tests/demo/demo

check: deps ## all tests, as CI runs them
	$(Q)$(MAKE) --no-print-directory all
	$(Q)TEST='$(TEST)' tests/run

check-long: deps ## 10^9 faults through the programs in this machine's kernel, two CPUs at once; as root
	$(Q)$(MAKE) --no-print-directory all build/long/long build/long/long-shared
	$(Q)build/long/long 1000000000
	$(Q)build/long/long-shared 100000000 counters

bench: deps all ## cost of a fault in guest instructions: ours beside perf, ftrace, bpftrace
	$(Q)tests/guest/bench-cost

kernel: ## build the guest kernel K=stock|trace|pmd|nodax, DEBUG=1 with checkers; prints its path
	$(Q)tests/deps kernel
	$(Q)tests/kernel/build-kernel K=$(or $(K),$(error K is missing: say K=stock, K=trace or K=pmd)) $(if $(DEBUG),DEBUG=$(DEBUG))

kernel-bisect: ## build every step of the patch series in three configurations, checkpatch each patch
	$(Q)tests/deps kernel check
	$(Q)tests/kernel/bisect

check-kernel: ## of 'make check' what concerns the kernel series; FULL=1: trace, debug and put back bugs too
	$(Q)tests/deps build check kernel
	$(Q)$(MAKE) --no-print-directory all
	$(Q)TEST='kernel/*' FULL='$(FULL)' tests/run

stress-kernel: ## ten minutes of stress on the pmd kernel with KASAN, lockdep and failing allocations
	$(Q)tests/deps check kernel
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

clean: ## remove build/
	rm -rf build

format: ## lay out the C lines that were changed since the last commit; tables and macros stay as they are
	git clang-format --extensions c,h

-include $(shell find $(B) -name '*.d' 2>/dev/null)
.PHONY: all unit tests help deps demo check check-long bench kernel kernel-bisect check-kernel stress-kernel bench-kernel install clean format
.DELETE_ON_ERROR:
.SECONDARY:

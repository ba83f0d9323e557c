#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# layers.sh - the layers stay what the README says: who may include what, and what every file begins with.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh

# nobody_but WHAT ALLOWED PATTERN: files of tools/ that match PATTERN are all ALLOWED (a regex)
nobody_but() {
	local others
	others=$(grep -rlE "$3" tools include --include='*.c' --include='*.h' | grep -vE "$2" || true)
	if [ -z "$others" ] && grep -rqE "$3" tools include; then
		ok "$1"
	else
		not_ok "$1" "${others:-nobody does at all}"
	fi
}
nobody_but "one file knows the BPF skeleton" '^tools/collect/live\.c$' '#include .*\.skel\.h'
nobody_but "only the collector speaks to libbpf" '^tools/collect/' '#include <bpf/'
nobody_but "only the screen includes curses" '^tools/view/tui/' '#include <n?curses'
nobody_but "only the store speaks to databases" '^tools/dash/store/' '#include <(sqlite3|libpq-fe|postgresql/libpq-fe)'
check "the judge includes no store, format, report, clock or I/O" \
	sh -c "! grep -nE '#include (\"(dash/(store|format|report|command)|cli|util|view|collect)/|<(time|fcntl|unistd|jansson|sys/))' tools/dash/judge/*"
check "the store includes no statistics, and the formats no store" \
	sh -c "! grep -nE '#include \"dash/(judge|report|command)/' tools/dash/store/* && ! grep -nE '#include \"dash/(judge|store|report|command)/' tools/dash/format/*"
check "the table of options includes nothing of the programs, and no library" \
	sh -c "! grep -nE '#include (\"|<(bpf|n?curses|jansson|sqlite3|zstd))' tools/cli/*.[ch] | grep -vE '\"(cli/cli|util/(err|version))\\.h\"'"
nobody_but "nothing below the views includes them" '^tools/(view|top|trace|doctor)/|^tools/dax' '#include "view/'
check "the model includes no collector, view, clock or file I/O" \
	sh -c "! grep -nE '#include (\"(collect|proc|view|recording|top|trace|doctor|http|cli)/|\"util/clock|<(bpf|n?curses|time|fcntl|sys/))' tools/model/*"
check "contracts include nothing of the tools" sh -c "! grep -nE '#include \"(collect|proc|model|view|util|recording|doctor|http|cli)/' include/*"

check "what reads /proc knows nothing of BPF, the model and the views" \
	sh -c "! grep -nE '#include (\"(collect|model|view|recording|top|trace|doctor)/|<(bpf|n?curses)/)' tools/proc/*"

# Each header of the BPF programs compiles when it is included alone.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for header in bpf/*.h; do
	printf '#include "%s"\n' "${header#bpf/}" >"$work/one.bpf.c"
	check "$header stands alone" "${CLANG:-clang}" -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Wall -Wextra -Werror \
		-Wno-unused-parameter -Wno-unused-function -Wno-unused-variable -Iinclude -Ibpf -c "$work/one.bpf.c" -o "$work/one.o"
done
# The one table of probes and the programs' own sections name the same kinds and targets.
sed -nE '/^SEC\("(tp_btf|fentry|fexit|tracepoint)\//{s,^SEC\("([a-z_]+)/([a-z_]+/)?([a-z_]+)".*,\1 \3,;h;n;s/.*BPF_PROG\(([a-z_]+).*/\1/;s/^int ([a-z_]+)\(.*/\1/;G;s/\n/ /p}' bpf/daxscope.bpf.c |
	sed -E 's/ tp_btf / TP /; s/ (fentry|fexit) / FN /; s/ tracepoint / PERF /' | sort >"$work/programs"
sed -nE 's/^\t(TP|FN|PERF)\(([a-z_]+), ([a-z_]+),.*/\2 \1 \3/p' tools/collect/probes.c | sort >"$work/table"
check "the table has probes" test -s "$work/table"
check "$(wc -l <"$work/table") probes of the table are the programs of the object" diff "$work/programs" "$work/table"

bare=$(git ls-files '*.c' '*.h' '*.sh' Makefile | while read -r f; do
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || echo "$f"
done)
check "every source file names its licence" test -z "$bare"
check "the shell scripts pass shellcheck" shellcheck -x .ci/run tools/dash/perf tools/dash/suites/* tests/kernel/perf/run tests/kernel/power/run tests/run tests/list tests/deps tests/lib.sh tests/lib-tui.sh \
	tests/*/*.sh tools/completion/*.bash tests/vm/run-vm tests/vm/fetch-kernel tests/vm/fetch-qemu tests/demo/* tests/guest/bench-cost \
	tests/host/fleet/fetch-prometheus tools/dash/web/make-page tools/dash/web/test/make-picture
exit "$failed"

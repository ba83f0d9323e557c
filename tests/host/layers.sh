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
nobody_but "nothing below the views includes them" '^tools/(view|top|trace|doctor)/|^tools/dax' '#include "view/'
check "the model includes no collector, view, clock or file I/O" \
	sh -c "! grep -nE '#include (\"(collect|view|record|top|trace)/|<(bpf|n?curses|time|fcntl|sys/))' tools/model/*"
check "contracts include nothing of the tools" sh -c "! grep -nE '#include \"(collect|model|view|util|record)/' include/*"

long=$(git ls-files '*.c' '*.h' | xargs wc -l | awk '$2 != "total" && $1 > 500 { print $2, $1 }')
check "no source file is over 500 lines" test -z "$long"
bare=$(git ls-files '*.c' '*.h' '*.sh' Makefile | while read -r f; do
	head -n 3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || echo "$f"
done)
check "every source file names its licence" test -z "$bare"
check "the shell scripts pass shellcheck" shellcheck -x .ci/run tests/run tests/list tests/deps tests/lib.sh \
	tests/*/*.sh tools/completion/*.bash tests/vm/run-vm tests/vm/fetch-kernel tests/vm/fetch-qemu tests/demo/demo tests/demo/in-guest tests/guest/bench-cost
exit "$failed"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# lint.sh - clang-tidy and cppcheck find nothing in the programs' sources, and would if there were something.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The whole depth is for 'make lint': it takes six times as long.
export DEPTH=shallow

# Proof that both look: a division by zero, and an array read behind its end.
cat >"$work/wrong.c" <<'EOF'
int wrong(int n);
int wrong(int n)
{
	int zero = 0, four[4] = {0};

	return n > 3 ? n / zero : four[4];
}
EOF
for linter in clang-tidy cppcheck; do
	status=0
	LINTERS=$linter tools/packaging/lint "$work/wrong.c" >"$work/log" 2>&1 || status=$?
	check "$linter finds a bug that was made for it" test $status -eq 1
	status=0
	LINTERS=$linter tools/packaging/lint >"$work/log" 2>&1 || status=$?
	if [ $status -eq 0 ]; then
		ok "$linter finds nothing in the sources"
	else
		not_ok "$linter finds nothing in the sources" "$(grep -E 'error|warning' "$work/log" | head -20)"
	fi
done
exit "$failed"

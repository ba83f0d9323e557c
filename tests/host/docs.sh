#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# docs.sh - what the documents show is there: the outputs in README, make's targets, and what links lead to.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
export LC_ALL=C.UTF-8 TZ=UTC
data=$PWD/tests/host/examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check "README shows what the programs print now" tests/demo/make-examples --check
# The counts of the workload are exact: its recording shows the same as daxtop showed while it ran.
same() {
	grep -E '^(2 MiB|why|FILE|/mnt|fix:|run:|     [a-zM])' "$1"
}
build/daxtop -b -d 60 -i "$data/daxtrace.data" >"$work/daxtop.txt"
check "daxtop's output in README is that of today's daxtop" diff <(same "$data/daxtop.txt") <(same "$work/daxtop.txt")

mapfile -t documents < <(git ls-files '*.md')
check "there are documents" test ${#documents[@]} -gt 8

# none WHAT LIST
none() {
	if [ -z "$2" ]; then
		ok "$1"
	else
		not_ok "$1" "$2"
	fi
}
# Links, and names of files in `...`.
for document in "${documents[@]}"; do
	{ grep -oE '\]\([^)#: ]+' "$document" || true; } | sed "s,^](,$(dirname "$document")/,"
done >"$work/links"
# shellcheck disable=SC2016 # ` is Markdown's
{ grep -ohE '`(tests|tools|docs|bpf|include|kernel-patches)/[A-Za-z0-9./_-]*`' README.md CONTRIBUTING.md docs/*.md || true; } | tr -d '`' >>"$work/links"
none "$(wc -l <"$work/links") links and names of files lead to what is there" "$(while IFS= read -r link; do
	[ -e "$link" ] || echo "$link"
done <"$work/links")"

sed -nE 's/^([a-z-]+):.*/\1/p' Makefile | sort -u >"$work/targets"
{ grep -ohE '(^    |`)make [a-z-]+' "${documents[@]}" || true; } | sed 's/.*make //' | sort -u >"$work/used"
none "make has the $(wc -l <"$work/used") targets that the documents name" "$(comm -13 "$work/targets" "$work/used")"
exit "$failed"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz.sh - feeds the reader of recordings with damaged ones, under ASan and UBSan.
#
# usage: fuzz.sh [SECONDS [CORPUS_DIRECTORY]]      (20; a new directory, so each run begins anew)
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-20}
CLANG=${CLANG:-clang}
out=build/fuzz
mkdir -p $out
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=${2:-$work/corpus}
mkdir -p "$corpus"

echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 99999; }' >"$work/try.c"
if ! "$CLANG" -fsanitize=fuzzer "$work/try.c" -o "$work/try" 2>/dev/null; then
	echo "skip - fuzzing the reader of recordings: $CLANG has no libFuzzer (Debian: libclang-rt-dev)"
	exit 0
fi
flags=(-std=gnu11 -D_GNU_SOURCE '-DDAXSCOPE_VERSION="fuzz"' -Wall -Wextra -Werror -O1 -g
	-Iinclude -Itools -Itests/unit)
sources=(tools/record/*.c tools/util/lat.c)
"$CLANG" "${flags[@]}" -o "$work/seed" tests/unit/fuzz-seed.c "${sources[@]}" -lzstd
"$work/seed" "$corpus"
"$CLANG" "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	-o $out/fuzz-record tests/unit/fuzz-record.c "${sources[@]}" -lzstd

# What crashes it is kept as build/fuzz/crash-*: run it again with build/fuzz/fuzz-record FILE.
status=0
$out/fuzz-record -max_total_time="$seconds" -max_len=65536 -timeout=20 -rss_limit_mb=2048 \
	-artifact_prefix=$out/ -print_final_stats=1 "$corpus" >"$work/log" 2>&1 || status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
	echo "ok - $runs damaged recordings in $seconds s, and none crashed the reader"
	exit 0
fi
tail -40 "$work/log" >&2
echo "not ok - fuzzing the reader of recordings: status $status, see build/fuzz/"
exit 1

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz.sh - feeds the reader of recordings with damaged ones, and the parser of assertions with
# anything, under ASan and UBSan.
#
# usage: fuzz.sh [record|assert [SECONDS [CORPUS_DIRECTORY]]]
#        (record, 20 s, and a new directory, so that each run begins anew)
set -euo pipefail
cd "$(dirname "$0")/../.."

target=${1:-record}
seconds=${2:-20}
CLANG=${CLANG:-clang}
out=build/fuzz
mkdir -p $out
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
corpus=${3:-$work/corpus}
mkdir -p "$corpus"

flags=(-std=gnu11 -D_GNU_SOURCE '-DDAXSCOPE_VERSION="fuzz"' -Wall -Wextra -Werror -O1 -g
	-Iinclude -Itools -Itests/unit)
options=()
case $target in
record)
	what="damaged recordings" victim="the reader of recordings"
	sources=(tools/record/*.c tools/util/lat.c)
	libs=(-lzstd)
	options=(-max_len=65536)
	;;
assert)
	what="expressions" victim="the parser of assertions"
	sources=(tools/trace/assert*.c tools/trace/head.c tools/record/*.c tools/model/*.c tools/view/*.c
		tools/util/{lat,err,escape}.c)
	libs=(-lzstd -ljansson)
	options=(-max_len=2100 -dict="$work/dict" -close_fd_mask=2) # 2: no messages of the parser
	;;
*)
	echo "usage: fuzz.sh [record|assert [SECONDS [CORPUS_DIRECTORY]]]" >&2
	exit 2
	;;
esac

echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 99999; }' >"$work/try.c"
if ! "$CLANG" -fsanitize=fuzzer "$work/try.c" -o "$work/try" 2>/dev/null; then
	echo "skip - fuzzing $victim: $CLANG has no libFuzzer (Debian: libclang-rt-dev)"
	exit 0
fi
if [ "$target" = record ]; then
	"$CLANG" "${flags[@]}" -o "$work/seed" tests/unit/fuzz-seed.c "${sources[@]}" "${libs[@]}"
	"$work/seed" "$corpus"
else
	# Words that no random bytes would make up; \" and \\ as a dictionary has them.
	for word in pmd_coverage fallbacks faults lat_pmd_p99_us zero_bytes faults_per_s fallback_ratio \
		reason file process extent_short past_eof '{' '}' '=\"' '\"' ',' '>=' '==' '!=' ' < ' \
		0.99 1e9 18446744073709551614 '%' us KiB '\\xff' '*' '[a-z]' '?'; do
		echo "\"$word\""
	done >"$work/dict"
	printf 'fallbacks{reason="extent_short",file="/mnt/*",process="w*"} == 0' >"$corpus/labels"
	printf 'lat_pmd_p99_us <= 20.5 us' >"$corpus/latency"
	printf 'pmd_coverage{file="*"} >= 99%%' >"$corpus/ratio"
fi
"$CLANG" "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	-o "$out/fuzz-$target" "tests/unit/fuzz-$target.c" "${sources[@]}" "${libs[@]}"

# What crashes it is kept as build/fuzz/crash-*: run it again with build/fuzz/fuzz-TARGET FILE.
status=0
"$out/fuzz-$target" -max_total_time="$seconds" "${options[@]}" -timeout=20 -rss_limit_mb=2048 \
	-artifact_prefix=$out/ -print_final_stats=1 "$corpus" >"$work/log" 2>&1 || status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
	echo "ok - $runs $what in $seconds s, and none crashed $victim"
	exit 0
fi
tail -40 "$work/log" >&2
echo "not ok - fuzzing $victim: status $status, see build/fuzz/"
exit 1

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# fuzz.sh - feeds the reader of recordings with damaged ones, and the parser of assertions and the
# importers of daxdash with anything, under ASan and UBSan.
#
# usage: fuzz.sh [record|assert|dash [SECONDS [CORPUS_DIRECTORY]]]
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

flags=(-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -g
	-Iinclude -Itools -Itests/unit)
options=()
case $target in
record)
	what="damaged recordings" victim="the reader of recordings"
	sources=(tools/recording/*.c tools/util/{lat,version,counts}.c)
	libs=(-lzstd)
	options=(-max_len=65536)
	;;
assert)
	what="expressions" victim="the parser of assertions"
	sources=(tools/trace/assert*.c tools/recording/*.c tools/model/*.c tools/view/*.c
		tools/util/{lat,err,escape,version,counts,json-value}.c)
	libs=(-lzstd -ljansson)
	options=(-max_len=2100 -dict="$work/dict" -close_fd_mask=2) # 2: no messages of the parser
	;;
dash)
	what="files of runs" victim="an importer of daxdash"
	sources=(tools/dash/format/*.c tools/util/version.c)
	libs=(-ljansson -lm)
	options=(-max_len=4096 -dict="$work/dict" -detect_leaks=1)
	;;
*)
	echo "usage: fuzz.sh [record|assert|dash [SECONDS [CORPUS_DIRECTORY]]]" >&2
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
elif [ "$target" = dash ]; then
	# A seed of each format; its first byte says which.
	for word in '\"schema\"' 'daxdash-run/1' '\"uuid\"' '\"metrics\"' '\"workload\"' '\"name\"' '\"class\"' '\"exact\"' \
		'\"better\"' '\"lower\"' '\"value\"' '\"hist\"' '\"buckets\"' '\"commit\"' '\"sha\"' '\"num\"' '\"den\"' null \
		window.BENCHMARK_DATA '\"entries\"' '\"benches\"' '\"unit\"' '\"run_name\"' '\"time_unit\"' '\"clat_ns\"' \
		'\"bins\"' Benchmark 'Unit ' ns/op 1e308 -0 'commit,' 'time,' '\"\"'; do
		echo "\"$word\""
	done >"$work/dict"
	{ printf '\0' && printf '{"schema":"daxdash-run/1","uuid":"u","commit":{"sha":"aaaaaa1","order":3},"env":{"cpu":"x"},"metrics":[{"workload":"w","params":"a=b","name":"n","unit":"ns","class":"ratio","better":"lower","value":0.5,"num":1,"den":2,"hist":{"sum":3,"buckets":[[128,1],[null,2]]}}]}'; } >"$corpus/own"
	{ printf '\1' && printf '[{"name":"n","unit":"ns","value":1,"extra":"daxdash: 1"}]'; } >"$corpus/gab"
	{ printf '\1' && printf 'window.BENCHMARK_DATA = {"entries":{"s":[{"commit":{"id":"aaaaaa1","timestamp":"2026-11-27T10:00:00Z"},"benches":[{"name":"n","unit":"ns","value":1}]}]}};\n'; } >"$corpus/js"
	{ printf '\3' && printf '{"context":{"date":"2026-11-27"},"benchmarks":[{"name":"b","run_name":"b","run_type":"iteration","real_time":1,"time_unit":"us"}]}'; } >"$corpus/gbench"
	{ printf '\4' && printf '{"fio version":"x","jobs":[{"jobname":"j","error":0,"read":{"total_ios":1,"iops":2,"clat_ns":{"min":1,"max":2,"mean":1.5,"percentile":{"99.000000":2},"bins":{"1":1}}}}]}'; } >"$corpus/fio"
	{ printf '\5' && printf '{"b{x=y}":{"m":{"value":1,"lower_value":0,"upper_value":2}}}'; } >"$corpus/bmf"
	{ printf '\6' && printf 'cpu: x\nUnit ns/op better=lower\nBenchmarkA/k=v-8 1 2 ns/op 3 faults\n'; } >"$corpus/go"
	{ printf '\7' && printf 'time,commit,order,"w{a=b} m [ns]"\n2026-11-27 10:00:00 +0100,aaaaaa1,3,"1"\n'; } >"$corpus/csv"
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
"$out/fuzz-$target" -max_total_time="$seconds" "${options[@]}" -timeout=$((20 * ${DAXSCOPE_SLOWNESS:-100} / 100)) -rss_limit_mb=2048 \
	-artifact_prefix=$out/ -print_final_stats=1 "$corpus" >"$work/log" 2>&1 || status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
if [ $status -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
	echo "ok - $runs $what in $seconds s, and none crashed $victim"
	exit 0
fi
tail -40 "$work/log" >&2
echo "not ok - fuzzing $victim: status $status, see build/fuzz/"
exit 1

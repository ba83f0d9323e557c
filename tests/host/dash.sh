#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash.sh - daxdash on a store in a file: what it takes in, how it judges, what it writes, what it refuses.
# shellcheck disable=SC2016 # single quotes are for other shells and for jq
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
top=$PWD
PATH=$top/build:$PATH
export LC_ALL=C.UTF-8 TZ=UTC
unset DAXDASH_STORE GITHUB_SHA CI_COMMIT_SHA
python=/usr/bin/python3
make=$top/tests/host/dash/make-runs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# status WHAT STATUS COMMAND...
status() {
	status_what=$1 status_want=$2
	shift 2
	status_got=0
	status_said=$("$@" 2>&1) || status_got=$?
	if [ "$status_got" -eq "$status_want" ]; then
		ok "$status_what"
	else
		not_ok "$status_what" "status $status_got instead of $status_want: $status_said"
	fi
}
says() { # WHAT PATTERN FILE
	check "$1" grep -qe "$2" "$3"
}
valid() { # SCHEMA FILE
	$python -c 'import json, sys, jsonschema
schema, found = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
for one in found if isinstance(found, list) else [found]:
    jsonschema.Draft7Validator(schema).validate(one)' "$top/tools/dash/schema/$1" "$2"
}

# Verdicts.
$python "$make" 40 >good.json
daxdash import good.json >said
says "40 runs are imported" '40 runs of 1 files: 40 new, 0 were there' said
daxdash import good.json >said
says "... twice changes nothing" '0 new, 40 were there' said
check "... and it is where it is by default" test -s .daxdash/store.db
status "nothing changed: 0" 0 daxdash gate
check "our run files are as their schema says" valid daxdash-run-1.json good.json
for bug in fallback one icount p99; do
	$python "$make" 40 "$bug" >$bug.json
	daxdash import --store $bug.db $bug.json >/dev/null
	status "$bug: 1" 1 daxdash gate --store $bug.db
	daxdash gate --store $bug.db >$bug.txt || true
done
says "a bug that makes faults fall back is named by its reason" 'fail .*fallbacks{reason=extent_short}: 512 instead of 0 faults' fallback.txt
says "... with the commit" '^fail abc0022' fallback.txt
says "... as one event with the coverage beneath" 'pmd_coverage: 0.9488 instead of 1' fallback.txt
check "... and no other" test "$(grep -c '^fail' fallback.txt)" -eq 1
says "... and what else changed then" 'environment: kernel was 6.1.1, is 6.1.2' fallback.txt
says "1 fallback in 10,000 is found" 'extent_short}: 1 instead of 0' one.txt
says "2 % more instructions are found" 'instructions{tool=none}.*(+2.0. %)' icount.txt
says "a p99 that doubled is found" 'wait_p99_ns: .*(+10[0-9].[0-9]* %)' p99.txt
$python "$make" 40 lost >lost.json
daxdash import --store lost.db lost.json >/dev/null
status "a run that lost events is not judged: 4" 4 daxdash gate --store lost.db
status "... 0 when that is allowed" 0 daxdash gate --store lost.db --allow-inconclusive
daxdash explain --store p99.db wait_p99_ns >said
says "explain shows the rungs" '\[no\] levels beside a step are the same: .* superiority 1.000' said
says "... and the verdict" '^  regression: ' said
status "an unknown series is wrong usage" 2 daxdash explain no-such
$python "$make" 8 >few.json
daxdash import --store few.db few.json >/dev/null
daxdash gate --store few.db >said
says "what could not be judged is said" 'pass: 4 of 5 series judged; not judged: 1 too few runs' said

# Acceptance.
expect "a change is accepted with a reason only" 2 'give the reason' daxdash bless --store one.db abc0027 'counts/*'
daxdash bless --store one.db --acks acks.json abc0027 'counts/*' -m 'the file is one byte longer' --who me >/dev/null
status "... then it passes" 0 daxdash gate --store one.db --acks acks.json
daxdash gate --store one.db --acks acks.json >said
says "... and the reason is shown" 'accepted: the file is one byte longer' said
status "... of that metric alone" 1 daxdash gate --store icount.db --acks acks.json
echo '{"schema": "daxdash-acks/1", "acks": [{"sha": "abc0027", "metric": "*"}]}' >bad-acks.json
expect "an acknowledgement without a reason is refused" 2 "bad-acks.json: line 1: 'reason' is missing" \
	daxdash gate --store one.db --acks bad-acks.json

# The gate tries itself.
status "selftest: +10 % put in end with 1" 1 daxdash selftest --inject +10%
status "... also below the store's own noise it is not found: 0" 0 daxdash selftest --inject +0.001%
daxdash selftest --aa 200 >said
says "selftest: 200 times nothing, no false alarm" '^0 false alarms in 200 runs' said

# Comparing.
jq '.[39]' good.json >a.json
jq '.[39]' one.json >b.json
status "compare: the same file twice: 0" 0 daxdash compare a.json a.json
status "compare: files of one commit that differ: 1" 1 daxdash compare a.json b.json
status "compare: two commits of the store" 0 daxdash compare abc0001 abc0002
expect "compare: a commit that is not there" 2 'no such commit' daxdash compare abc0001 fffffff
status "gate --mode pr" 1 daxdash gate --store one.db --mode pr --base abc0026 --head abc0027

# Reports.
$python "$make" 40 fallback hostile >hostile.json
daxdash import --store h.db hostile.json >/dev/null
daxdash gate --store h.db --junit j.xml --markdown m.md --ktap k.txt --github=g.txt --openmetrics o.txt --json-file p.json >t.txt || true
check "JUnit is XML with its failures" $python -c 'import sys, xml.etree.ElementTree as e
s = e.parse("j.xml").getroot().find("testsuite")
assert s.get("failures") == "2" == str(len(s.findall("testcase/failure"))) and s.get("tests") == str(len(s.findall("testcase")))'
check "KTAP counts its tests" sh -c 'test "$(sed -n "s/^1\.\.//p" k.txt)" -eq "$(grep -cE "^(not )?ok [0-9]+ " k.txt)" && grep -q "^not ok .*extent_short" k.txt'
check "OpenMetrics ends with # EOF" sh -c 'tail -n 1 o.txt | grep -qx "# EOF"'
says "... and holds the newest value" 'metric="fallbacks{reason=extent_short}",unit="faults"} 512$' o.txt
check "annotations are at most ten, and errors" sh -c 'test "$(wc -l <g.txt)" -le 10 && grep -q "^::error title=.*extent_short" g.txt'
check "a hostile subject is no HTML, no code, no table, no name in Markdown" sh -c '! grep -qE "<img|\`|@x|alert\(1\)>\|" m.md && grep -q "&#60;img" m.md'
check "... and no control byte anywhere" sh -c '! cat t.txt j.xml m.md k.txt g.txt o.txt p.json | tr -d "\n" | grep -q "[[:cntrl:]]"'
daxdash gate --store h.db --json old.json >/dev/null || true
check "--json FILE, as it was called, is --json-file" cmp p.json old.json
check "page-data is as its schema says" valid daxdash-page-1.json p.json
check "the example of the page's data too" valid daxdash-page-1.json "$top/tests/host/dash/page.json"
check "... with what stacks" jq -e '.stacks[0].name == "fallbacks" and (.stacks[0].parts | length) == 2' p.json

# The verdict by itself, whatever it is, and of another commit.
for format in junit:j.xml markdown:m.md ktap:k.txt github:g.txt openmetrics:o.txt; do
	daxdash export --store h.db --format "${format%:*}" >exported
	check "export of ${format%:*} is what gate writes" sh -c "sed 's/daxdash export/daxdash gate/' exported | cmp - ${format#*:}"
done
daxdash export --store h.db --commit abc0010 --format junit -o exported
check "... of a commit before the change nothing has failed" grep -q 'failures="0"' exported
daxdash export --store h.db --format text >exported
says "... and as text" '^regression: 2 of 5 judged series' exported
expect "a format that is none is refused, with those that are" 2 'daxdash, gab.*junit, ktap' daxdash export --format xml

# What kernel developers read.
daxdash compare --store fallback.db abc0021 abc0022 --format lkp >lkp.txt || true
check "compare as lkp prints it: both commits in its columns" sh -c 'grep -qx "    abc002100000                abc002200000" lkp.txt &&
	grep -qx -- "---------------- ---------------------------" lkp.txt'
says "... counts that were 0 by what they rose by" '^      0.00             +512     512.00        counts/pmd-write{fs=xfs} fallbacks{reason=extent_short}$' lkp.txt
says "... ratios in points" '^      1.00            -5.12       0.95        counts/pmd-write{fs=xfs} pmd_coverage$' lkp.txt
check "... and only what changed" sh -c '! grep -q wait_p99 lkp.txt'
for value in 100 110 90 105 201 199 200 203; do
	side=$((value > 150 ? 2 : 1))
	printf 'commit,order,a_ns\naaaaaa%d,%d,%d\n' $side $side $value >one.csv
	daxdash import --store lkp.db one.csv >/dev/null
done
daxdash compare --store lkp.db aaaaaa1 aaaaaa2 --format lkp >lkp.txt || true
says "... repeats with their deviation from 3 % on" '^    102.50 ±  8%     +95.6%     200.50        csv a_ns$' lkp.txt
expect "compare has two formats" 2 'text or lkp' daxdash compare --format xml a b

# The rule for the last point.
for rule in z-score t-test:0.9999 log-normal iqr delta-iqr:5 interval percentage:0.5 static:30000; do
	daxdash explain --store .daxdash/store.db --last-point $rule wait_p99_ns >said
	says "the last point is held against the rule $rule" "\\[yes\\] last point is like those before: .* by the rule ${rule%:*}" said
done
$python "$make" 40 last >last.json
daxdash import --store last.db last.json >/dev/null
status "a last point of +40 % asks for a rerun by the rule interval" 4 daxdash gate --store last.db --last-point interval
status "... and not by a boundary of 50 %" 0 daxdash gate --store last.db --last-point percentage:0.5
expect "a rule that is none" 2 'mads, static' daxdash gate --last-point sigma
expect "static needs its boundary" 2 'needs a boundary' daxdash gate --last-point static
expect "a percentile is below 1" 2 'from 0.5 to 1' daxdash gate --last-point t-test:99

# Round trips: what is exported comes back as it was.
values() { daxdash export --store "$1" --format csv | cut -d, -f2- | sort; }
for format in daxdash csv; do
	daxdash export --format $format -o out.$format
	rm -f back.db
	daxdash import --store back.db --repo tree out.$format >/dev/null
	check "round trip of $format: values and commits" test "$(values .daxdash/store.db)" = "$(values back.db)"
done
rm -f back.db
daxdash import --store back.db out.daxdash >/dev/null
check "... of daxdash: everything" sh -c 'daxdash export --store back.db | cmp - out.daxdash'
for format in bmf gab go; do
	daxdash export --commit abc0005 --format $format -o out.$format
	[ $format != gab ] || daxdash export --commit abc0005 --format gab-bigger -o out.gab-bigger
	rm -f back.db
	for half in "out.$format"*; do
		daxdash import --store back.db --commit abc0005 --format "${half#out.}" "$half" >/dev/null
	done
	daxdash export --store back.db | jq -s 'flatten | map(.metrics[]) | map({workload, params, name, value}) | sort' >back
	daxdash export --commit abc0005 | jq '.metrics | map({workload, params, name, value}) | sort' >there
	check "round trip of $format: names and values" cmp back there
done
check "bmf is as Bencher's own schema asks" jq -e 'all(.[][]; (.value | type) == "number")' out.bmf

# Order of history, repeats, and what was imported twice.
run() { # uuid order value
	jq -n --arg u "$1" --argjson o "$2" --argjson v "$3" '{schema: "daxdash-run/1", uuid: $u, kind: "main",
		commit: {repo: "r", sha: ("aaaaaa" + ($o | tostring)), order: $o, time: (1000 - $o)},
		metrics: [{workload: "w", name: "m", unit: "ns", class: "time", better: "lower", value: $v}]}'
}
mkdir folder
run u5 5 50 >folder/a.json
run u3a 3 30 >folder/b.json
run u3b 3 33 >folder/c.json
run u3c 3 36 >folder/d.json
run u4 4 40 >folder/e.json
for file in a d b e c b; do daxdash import --store order.db folder/$file.json >/dev/null; done
daxdash page-data --store order.db >o.json
check "order is that of history, not of arrival" jq -ec '[.commits[].sha] == ["aaaaaa3", "aaaaaa4", "aaaaaa5"]' o.json
check "one commit thrice, and once again, is one point with n 3" \
	jq -e '.series[0].points | .n == [3, 1, 1] and .value == [33, 40, 50] and .lo[0] == 30 and .hi[0] == 36' o.json
daxdash import --store rebuilt.db folder >/dev/null
check "a store rebuilt from the folder of runs is the same" sh -c \
	'daxdash export --store rebuilt.db >x; daxdash export --store order.db | cmp - x'

# The odd one is the parent, which ran on a faster machine.
printf 'commit,order,ops_per_s\naaaaaa1,1,4455\naaaaaa2,2,5259\n' >slow.csv
printf 'commit,order,ops_per_s\naaaaaa3,3,9129\n' >fast.csv
printf 'commit,order,ops_per_s\naaaaaa4,4,4485\n' >child.csv
for pair in slow:one fast:two child:one; do
	daxdash import --store d4.db --env cpu=${pair#*:} --better higher ${pair%:*}.csv >/dev/null
done
status "a parent on a fast machine: inconclusive, not a regression" 4 daxdash gate --store d4.db
status "... nor between the two" 4 daxdash compare --store d4.db aaaaaa3 aaaaaa4
daxdash compare --store d4.db aaaaaa3 aaaaaa4 >said || true
says "... for which a rerun is asked" 'different machines: rerun' said
check "... and the CPU is kept beside each point" \
	sh -c 'daxdash page-data --store d4.db | jq -e ". as \$p | [.series[0].points.env[] | \$p.envs[.].cpu] == [\"one\", \"one\", \"two\", \"one\"]"'

# Events of a forge.
git -c init.defaultBranch=main init -q repo
git -C repo -c user.name=a -c user.email=a@b commit -q --allow-empty -m 'First <b>'
git -C repo -c user.name=a -c user.email=a@b commit -q --allow-empty -m Second
head=$(git -C repo rev-parse HEAD) first=$(git -C repo rev-parse HEAD~1)
zeros=0000000000000000000000000000000000000000
gone=1234567890123456789012345678901234567890
echo '{"m": {"value": 1}}' | jq '{b: .}' >bmf.json
event() { # before after
	jq -n --argjson before "$1" --argjson after "$2" '{ref: "refs/heads/main", before: $before, after: $after,
		repository: {full_name: "o/r"}}' >event.json
}
refused() { # what pattern
	expect "event: $1: 2, with the field" 2 "$2" daxdash import --store ev.db --git repo --github-event event.json bmf.json
	check "... and no run" test ! -s ev.db
}
event "\"$first\"" "\"$zeros\""
refused "the branch was deleted" "'after' is all zeros"
event "\"$gone\"" "\"$head\""
refused "a forced push whose before is gone" "'before' is 123456789012, which is gone"
event 7 "\"$head\""
refused "before is no string" "'before' is not a string"
event "\"$first\"" null
refused "after is null" "'after' is not a string"
event "\"$first\"" "\"--upload-pack=x\""
refused "after is an option" "'after' is '--upload-pack=x'"
event "\"$first\"" "\"$head\""
status "event: a push" 0 daxdash import --store ev.db --git repo --github-event event.json bmf.json
check "... gives the commit with its place in history and its subject" \
	sh -c "daxdash export --store ev.db | jq -e '.commit.sha == \"$head\" and .commit.order == 2 and .commit.subject == \"Second\" and .commit.repo == \"o/r\"'"
git clone -q --depth 1 "file://$work/repo" shallow
expect "a shallow clone does not know the place in history" 2 'shallow' daxdash import --store ev.db --git shallow bmf.json

# What is refused, with file, line and reason, and leaves the store as it was.
before=$(daxdash export --store order.db | sha256sum)
bad() { # what pattern text [option...]
	bad_what=$1 bad_pattern=$2
	printf '%b' "$3" >bad
	shift 3
	expect "refused: $bad_what" 2 "bad: $bad_pattern" daxdash import --store order.db --commit aaaaaa9 "$@" bad
	check "... and the store is as it was" test "$(daxdash export --store order.db | sha256sum)" = "$before"
}
bad "bare -nan" 'line 2: not JSON' '{"b": {"m":\n {"value": -nan}}}'
bad "bare inf" 'line 1: not JSON' '{"b": {"m": {"value": inf}}}'
bad "bare 12%" 'line 1: not JSON' '{"b": {"m": {"value": 12%}}}'
bad "a number in a string" "line 3: 'value' is the string '12%', not a number" '{"b": {\n "m": {\n "value": "12%"}}}'
bad "bounds that are the wrong way round" 'line 2: .*lower_value is above' '{"b":\n {"m": {"value": 1, "lower_value": 9223372036854776, "upper_value": 0}}}'
bad "a number beyond a double" 'line 1: not JSON: real number overflow' '{"b": {"m": {"value": 1e999}}}'
bad "one key twice" 'line 1: not JSON: duplicate' '{"b": {"m": {"value": 1}, "m": {"value": 2}}}'
bad "nan in a table" "line 3: column 'm': 'nan' is not a finite" 'commit,m\naaaaaa1,1\naaaaaa2,nan\n'
bad "% in a table" "line 2: column 'm': '12%' is not a finite" 'commit,m\naaaaaa1,12%\n'
bad "a row that is too long" 'line 3: 3 cells, but 2 columns' 'commit,m\naaaaaa1,1\naaaaaa2,1,2\n'
bad "nan in Go's text" "line 2: 'NaN' is not a finite number" 'pkg: x\nBenchmarkA 1 NaN ns/op\n'
bad "a value without a unit" 'line 1: .* has no unit' 'BenchmarkA 1 5\n'
bad "an empty file" 'empty' ''
bad "none of the formats" 'not one of the formats' 'hello\n'
bad "text behind JSON" 'line 1: not JSON' '{"b": {"m": {"value": 1}}} x'
bad "a run without a uuid" "line 1: 'uuid' is missing" '{"schema": "daxdash-run/1", "metrics": []}'
bad "a class that is none" "line 2: 'fast': no such class" '{"schema": "daxdash-run/1", "uuid": "x", "metrics": [\n{"workload": "w", "name": "n", "class": "fast"}]}'
bad "one metric twice" 'line 1: .* has two values' '{"schema": "daxdash-run/1", "uuid": "x", "metrics": [
{"workload": "w", "name": "n", "class": "time", "better": "lower", "value": 1}, {"workload": "w", "name": "n", "class": "time", "better": "lower", "value": 2}]}'
bad "a link that is code" 'line 1: .* is not an http or https' '{"schema": "daxdash-run/1", "uuid": "x", "ci_url": "javascript:alert(1)", "metrics": [
{"workload": "w", "name": "n", "class": "time", "better": "lower", "value": 1}]}'
head -c 70000 /dev/zero | tr '\0' '[' >deep
expect "refused: nested too deeply" 2 'deep: line 1: ' daxdash import --store order.db --commit aaaaaa9 deep
expect "refused: no commit" 2 'give it with --commit' daxdash import --store order.db bmf.json
expect "refused: a commit of zeros" 2 'all zeros' daxdash import --store order.db --commit $zeros bmf.json
echo 'no store' >text.db
expect "a file that is no store" 3 'text.db: file is not a database' daxdash import --store text.db good.json
check "... stays what it is" grep -qx 'no store' text.db
expect "judging without a store" 2 'there is no store: import runs first' daxdash gate --store none.db
printf '{' >half.json
expect "one bad file of several: nothing is stored" 2 'nothing was stored' daxdash import --store order.db half.json few.json
check "... nothing" test "$(daxdash export --store order.db | sha256sum)" = "$before"
status "... unless asked to go on" 2 daxdash import --store keep.db --keep-going half.json few.json
check "... which stores the others" test "$(daxdash export --store keep.db | jq length)" -eq 8

# Formats of others.
jq -n '{"fio version": "fio-3.33", timestamp: 1764000000, jobs: [{jobname: "mmap", error: 0, majf: 3, minf: 12,
	read: {total_ios: 4, iops: 100.5, bw_bytes: 411648, clat_ns: {min: 100, max: 900, mean: 400.5, N: 4,
		percentile: {"99.000000": 880}, bins: {"96": 1, "884": 3}}},
	write: {total_ios: 0, iops: 0, clat_ns: {min: 9223372036854776, max: 0, mean: 0}}}]}' >fio.json
daxdash import --store f.db --commit aaaaaa1 fio.json >/dev/null
daxdash export --store f.db >f.json
check "fio: rates, latencies and faults" jq -e '[.metrics[] | {(.name): .value}] | add == {read_iops: 100.5, read_bw_bytes: 411648,
	read_clat_mean_ns: 400.5, read_clat_p99_ns: 880, major_faults: 3, minor_faults: 12}' f.json
check "... with the histogram" jq -e '.metrics[] | select(.name == "read_clat_mean_ns") | .hist.buckets == [[97, 1], [885, 3]] and .lo == 100' f.json
jq -n '{context: {date: "2026-11-27T10:00:00+00:00"}, benchmarks: [
	{name: "BM/8", run_name: "BM/8", run_type: "iteration", repetition_index: 0, iterations: 10, real_time: 2, cpu_time: 1.5, time_unit: "us", items_per_second: 5e5},
	{name: "BM/8", run_name: "BM/8", run_type: "iteration", repetition_index: 1, iterations: 10, real_time: 4, cpu_time: 1.5, time_unit: "us", items_per_second: 5e5},
	{name: "BM/8", run_name: "BM/8", run_type: "iteration", repetition_index: 2, iterations: 10, real_time: 3, cpu_time: 1.5, time_unit: "us", items_per_second: 5e5},
	{name: "BM/8_mean", run_name: "BM/8", run_type: "aggregate", aggregate_name: "mean", real_time: 99, cpu_time: 99, time_unit: "us"},
	{name: "BM/bad", run_name: "BM/bad", run_type: "iteration", error_occurred: true, error_message: "x", real_time: 0, cpu_time: 0, time_unit: "us"}]}' >gb.json
daxdash import --store g.db --commit aaaaaa1 gb.json >/dev/null
check "Google Benchmark: repetitions are one value in ns, with its range" sh -c 'daxdash export --store g.db | jq -e ".metrics | length == 3 and
	(map(select(.name == \"real_time\"))[0] | .value == 3000 and .lo == 2000 and .hi == 4000 and .n == 3)"'
jq -n '{lastUpdate: 1, repoUrl: "x", entries: {Suite: [
	{commit: {id: "aaaaaa1", message: "m\nx", timestamp: "2026-11-27T10:00:00+01:00"}, date: 1, tool: "customSmallerIsBetter", benches: [{name: "t", unit: "ms", value: 5}]},
	{commit: {id: "aaaaaa2", message: "m", timestamp: "2026-11-27T11:00:00Z"}, date: 2, tool: "customSmallerIsBetter", benches: [{name: "t", unit: "ms", value: 6}]},
	{commit: {id: "aaaaaa2", message: "m", timestamp: "2026-11-27T11:00:00Z"}, date: 3, tool: "customSmallerIsBetter", benches: [{name: "t", unit: "ms", value: 6}]}]}}' |
	sed '1s/^/window.BENCHMARK_DATA = /' >data.js
daxdash import --store gab.db data.js >said
says "github-action-benchmark's data.js: an entry that was written twice is one run" '3 runs of 1 files: 2 new, 1 were there' said
check "... in the order of time" sh -c 'daxdash page-data --store gab.db | jq -ec "[.commits[].time] == [1795770000, 1795777200]"'
cat >go.txt <<-'GO'
	goos: linux
	Unit ns/op better=lower
	Unit faults assume=exact
	BenchmarkEncode/format=json-48 690848 1726 ns/op 3 faults
	BenchmarkEncode/format=json-48 684861 1723 ns/op 3 faults
	BenchmarkEncode/format=json-48 693285 1707 ns/op 3 faults
GO
daxdash import --store go.db --commit aaaaaa1 go.txt >/dev/null
check "Go's text: repeats are one value, an exact unit is an exact metric" sh -c 'daxdash export --store go.db | jq -e "
	(.metrics | map(select(.name == \"ns/op\"))[0] | .value == 1723 and .n == 3 and .workload == \"Encode\" and .params == \"format=json\") and
	(.metrics | map(select(.name == \"faults\"))[0] | .class == \"exact\")"'

# A suite is a program that writes runs; they become one. Found beside the sources, whatever folders these lie in.
mkdir -p build/tree/build build/tree/tools/dash/suites
cp "$top/build/daxdash" build/tree/build
cat >build/tree/tools/dash/suites/two <<-'SUITE'
	#!/bin/sh
	jq -n --arg other "${2-b}" '[{uuid: "u1", build: "a", m: "x"}, {uuid: "u2", build: (if $other == "" then null else $other end), m: "y"}] | map({schema: "daxdash-run/1",
		uuid, build, metrics: [{workload: "w", name: .m, class: "exact", better: "lower", value: 1}]})' >"$1"
SUITE
chmod +x build/tree/tools/dash/suites/two
build/tree/build/daxdash run two --commit abcdef1 -o run1.json
build/tree/build/daxdash run two --commit abcdef2 -o run2.json -- b
build/tree/build/daxdash run two --commit abcdef3 -o run3.json -- c
check "run: the runs of a suite are one" jq -e '[.metrics[].name] == ["x", "y"] and .commit.sha == "abcdef1"' run1.json
check "... whose build is that of all of them" test "$(jq -r .build run1.json run2.json run3.json | uniq -c | awk '{ print $1 }' | paste -s -d ' ')" = "2 1"
build/tree/build/daxdash run two --commit abcdef3 -o run3.json -- ''
check "... and unknown when that of one is" jq -e '.build == null' run3.json

# Pairs of a base and a head: none is merged, and each is of its commit.
cat >build/tree/tools/dash/suites/paired <<-'SUITE'
	#!/bin/sh
	jq -n '[("p0", "p1") as $pair | ("1111111", null) as $sha | {schema: "daxdash-run/1", uuid: "\($pair)\($sha)", $pair,
		commit: (if $sha then {$sha} else null end), metrics: [{workload: "w", name: "t", class: "time", better: "lower", value: 5}]}]' >"$1"
SUITE
chmod +x build/tree/tools/dash/suites/paired
build/tree/build/daxdash run paired --commit 2222222 --order 7 --repo r -o pairs.json
check "run: pairs stay runs, of the base and of the head" jq -e 'map([.pair, .commit.sha, .commit.order, .commit.repo]) ==
	[["p0", "1111111", null, "r"], ["p0", "2222222", 7, "r"], ["p1", "1111111", null, "r"], ["p1", "2222222", 7, "r"]]' pairs.json
expect "... whose pair cannot be given" 2 'the suite makes pairs itself' build/tree/build/daxdash run paired --commit 2222222 --pair x
git init -q history
for i in 1 2; do
	git -C history -c user.name=x -c user.email=x@x commit -q --allow-empty -m "change $i"
done
sed -i "s/1111111/$(git -C history rev-parse HEAD~)/" build/tree/tools/dash/suites/paired
build/tree/build/daxdash run paired --git history -o pairs.json
check "... git gives each its place in history" jq -e 'map([.commit.order, .commit.subject]) ==
	[[1, "change 1"], [2, "change 2"], [1, "change 1"], [2, "change 2"]]' pairs.json
build/tree/build/daxdash run two --commit abcdef1 --pair q -o run1.json
check "a suite without pairs takes the given one" jq -e '.pair == "q"' run1.json

# Limits, in CPU time of a machine as fast as the reference: others may use this one.
TIMEFORMAT='%U %S'
cpu_within() { # WHAT SECONDS: of what `time` wrote into took
	local ms
	ms=$(awk 'END { print int(1000 * ($1 + $2)) }' took)
	check "$1: $ms ms of CPU time, at most $2 s" test "$ms" -gt 10 -a $((ms * 100)) -le $(($2 * 1000 * ${DAXSCOPE_SLOWNESS:-100}))
}
$python "$make" 5000 series=50 >big.json
daxdash import --store big.db big.json >/dev/null
(time daxdash gate --store big.db --allow-inconclusive >/dev/null) 2>took || true
cpu_within "50 series x 5,000 runs: loaded and judged" 1
mkdir files
$python -c 'import json
runs = json.load(open("big.json"))[:1000]
for k in range(10):
    for i, run in enumerate(runs):
        json.dump(dict(run, uuid=f"{k}-{i}"), open(f"files/{k}-{i:04}.json", "w"))'
(time daxdash import --store many.db files >said) 2>took
says "10,000 files of one run each" '10000 runs of 10000 files: 10000 new' said
cpu_within "10,000 files of 50 metrics: imported" 10

# Usage.
expect "no command is wrong usage" 2 'missing command' daxdash
check "daxdash help COMMAND is COMMAND --help" test "$(daxdash help gate)" = "$(daxdash gate --help)"
expect "... of a command that there is" 2 'no such command' daxdash help nonesuch
expect "an unknown command too" 2 "'no-such': no such command" daxdash no-such
expect "an option of another command too" 2 'daxdash gate --help' daxdash gate --format csv
expect "... which is named" 2 '^daxdash: --format: unknown option$' daxdash gate --format csv
expect "an option without its value" 2 '^daxdash: --store: lacks its value$' daxdash gate --store
expect "a value where none is taken" 2 'takes no value' daxdash gate --otava-compat=1
expect "what is short for two options" 2 '^daxdash: --j: short for several: --junit or --json-file$' daxdash gate --j x
expect "a word that a value cannot be" 2 "^daxdash: --kind: 'x': main, pr, confirm or manual$" daxdash import --kind x good.json
expect "... of --mode" 2 "^daxdash: --mode: 'x': history or pr$" daxdash gate --mode x
expect "... of --better" 2 "lower or higher" daxdash import --better x good.json
expect "... of --algorithm" 2 "robust, otava or edivisive" daxdash gate --algorithm x
for command in export analyze gate page-data serve selftest; do
	expect "$command takes no words" 2 "^daxdash: 'x': $command takes no words, only options$" daxdash $command x
done
expect "a word too many" 2 "^daxdash: 'c': one word too many for compare$" daxdash compare a.json b.json c
expect "... of html" 2 "^daxdash: 'b': one word too many for html$" daxdash html a b
expect "a word too few" 2 '^daxdash: missing B: what is compared with A' daxdash compare a.json
expect "... of bless" 2 '^daxdash: missing METRIC: ' daxdash bless abc0027 -m x
expect "... of explain" 2 '^daxdash: missing SERIES: ' daxdash explain
expect "... of import" 2 '^daxdash: missing FILE|FOLDER: ' daxdash import
expect "... of run" 2 '^daxdash: missing SUITE: what to run: counts, icount or wall$' daxdash run
check "what did nothing in a command still does nothing" cmp <(daxdash export --order 3 --time 5 --pair x --keep-going) <(daxdash export)
check "... and its --help does not list it" sh -c '! daxdash export --help | grep -q -- --pair'
check "-V is --version" test "$(daxdash -V)" = "$(daxdash --version)"
for command in "" run import export analyze gate compare explain bless page-data html serve selftest; do
	# shellcheck disable=SC2086 # without a command there is no word
	check "daxdash $command --help" sh -c "daxdash $command --help | grep -q '^Usage: daxdash'"
done
expect "a full disk is an error" 3 'No space left' sh -c 'daxdash export >/dev/full'
exit "$failed"

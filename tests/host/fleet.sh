#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# fleet.sh - daxtop's figures for Prometheus: over HTTP, as a textfile, and in a real Prometheus with the rules
# and the dashboard that are shipped.
#
# This machine has no DAX, so the faults are those of report/recording.data; guest/fleet.sh has real ones.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
pids=()
finish() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap finish EXIT
export LC_ALL=C.UTF-8
rec=$PWD/tests/host/report/recording.data
here=$PWD
cp "$rec" "$work/a.data"
head -c 2000 "$rec" >"$work/b.data"
cd "$work"

until_so() { # command...: until it succeeds; the list of tests bounds how long
	until "$@"; do sleep 0.1; done
}
gone() { ! kill -0 "$1" 2>/dev/null; }
# serve NAME OPTION...: a daxtop at a port of the kernel's choice, which is in url_NAME
serve() {
	local name=$1
	shift
	daxtop --listen 0 "$@" 2>"$name.err" &
	pids+=($!)
	pid=$!
	until_so grep -q 'figures are at' "$name.err"
	url=$(sed -n 's/^daxtop: figures are at \(.*\)metrics$/\1/p' "$name.err")
}
address() { # url: ADDR:PORT of it
	local rest=${1#*//}
	echo "${rest%/}"
}
value() { # series: of figures on standard input
	awk -v series="$1" 'index($0, series " ") == 1 { print $NF }'
}

# What is handed out is what daxtrace report counts, number by number.
daxtrace report --json -i a.data >a.json
daxtrace report --json -i b.data >b.json 2>/dev/null
serve a -r a.data -d 0.1
a=$url
all_there() { # url report
	test "$(curl -s "$1metrics" | awk '/^dax_faults_total/ { n += $NF } END { print n }')" = \
		"$(jq '[.counts.faults[] | .read, .write] | add' "$2")"
}
until_so all_there "$a" a.json
curl -s "${a}metrics" >a.prom
jq -r '.counts.faults | to_entries[] | .key as $k | .value | to_entries[] |
	"\($k | if startswith("pte") then "4KiB" else "2MiB" end) \($k[4:]) \(.key) \(.value)"' a.json | sort >want
sed -n 's/^dax_faults_total{mount="",device="259:0",size="\(.*\)",outcome="\(.*\)",access="\(.*\)"}/\1 \2 \3/p' a.prom | sort >got
check "faults are those of daxtrace report, by size, outcome and access" diff want got
jq -r '.counts.fallbacks | to_entries[] | "\(.key) \(.value)"' a.json | sort >want
sed -n 's/^dax_fallbacks_total{mount="",device="259:0",reason="\(.*\)"}/\1/p' a.prom | sort >got
check "so are fallbacks by reason" diff want got
jq -r '.latency | to_entries[] | select(.key != "wait") | "\(.key) \(.value.count) \(.value.sum_ns)"' a.json | sort >want
sed -n 's/^dax_fault_duration_seconds_\(count\|sum\){mount="",device="259:0",class="\(.*\)"} /\2 \1 /p' a.prom |
	awk '$2 == "count" { n[$1] = $3 } $2 == "sum" { sub(/\./, "", $3); sub(/^0+/, "", $3); s[$1] = $3 == "" ? 0 : $3 }
		END { for (c in n) print c, n[c], s[c] }' | sort >got
check "so are the number and the sum of each histogram, to the nanosecond" diff want got
# The report's buckets end below their bound, le includes it.
jq -r '.latency | to_entries[] | select(.key != "wait") | .key as $k | .value.buckets as $b |
	range(7; 35) | pow(2; .) as $to | "\($k) \($to - 1) \([$b[] | select(.[0] != null and .[0] <= $to) | .[1]] | add // 0)"' \
	a.json | sort >want
sed -n 's/^dax_fault_duration_seconds_bucket{mount="",device="259:0",class="\(.*\)",le="\([0-9.]*\)"} /\1 \2 /p' a.prom |
	awk '{ sub(/\./, "", $2); sub(/^0+/, "", $2); print }' | sort >got
check "so is each bucket" diff want got
check "... 28 of each class" test "$(wc -l <got)" -eq $((5 * 28))
for pair in ranges_touched_total:ranges_touched ranges_pmd_total:ranges_pmd sticky_faults_total:sticky_faults \
	never_tried_faults_total:never_tried_faults zero_page_bytes_total:zero_bytes; do
	check "dax_${pair%:*} is ${pair#*:}" test \
		"$(value "dax_${pair%:*}{mount=\"\",device=\"259:0\"}" <a.prom)" = "$(jq ".totals.${pair#*:}" a.json)"
done
check "what a recording does not hold is absent, not 0" \
	bash -c "! grep -E '^dax_(entry_wait|downgrades|zero_page_splits|upgrades|mapped|zero_pages_replaced)' a.prom"
check "... and said to be so" test "$(value 'dax_known{what="entry_waits"}' <a.prom)" = 0
check "neither process nor file is a label" bash -c "! grep -E 'pid=|comm=|path=|/good' a.prom"

# HTTP: only GET, only two pages, within bounds.
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
check "the type is the format's" test "$(curl -s -o /dev/null -w '%{content_type}' "${a}metrics")" = \
	'text/plain; version=0.0.4; charset=utf-8'
check "/ has a link" bash -c "curl -s '$a' | grep -q 'href=\"/metrics\"'"
check "any other page is 404" test "$(code "${a}metrics/x")" = 404
for method in POST PUT DELETE OPTIONS; do
	check "$method is 405" test "$(code -X $method -d x "${a}metrics")" = 405
done
check "HEAD is 405" test "$(code -I "${a}metrics")" = 405
check "a request of 20 kB is refused" bash -c "[[ $(code "$a$(printf 'x%.0s' {1..20000})") == 4* ]]"
check "so are headers of 20 kB" bash -c "[[ $(code -H "X: $(printf 'x%.0s' {1..20000})" "${a}metrics") == 4* ]]"
cat >ask.py <<'EOF'
import socket, sys
host, port = sys.argv[1].split("//")[1].strip("/").rsplit(":", 1)
def connect():
    return socket.create_connection((host, int(port)))
def all_of(s):
    data = b""
    try:
        while True:
            more = s.recv(65536)
            if not more:
                return data
            data += more
    except ConnectionError:
        return data
what = sys.argv[2]
if what == "twice":
    s = connect()
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    print(all_of(s).count(b"HTTP/1.1 "))
elif what == "garbage":
    s = connect()
    s.sendall(bytes(range(256)) * 64)
    all_of(s)
elif what == "crowd":  # more than there may be sit there and say a word now and then
    crowd = [connect() for _ in range(40)]
    print("ready", flush=True)
    while True:
        try:
            for s in crowd:
                s.settimeout(0.02)
                try:
                    s.sendall(b"G")
                    if not s.recv(1):
                        crowd.remove(s)
                except socket.timeout:
                    pass
                except OSError:
                    crowd.remove(s)
        except ValueError:
            pass
        if not crowd:
            break
    print("all ended", flush=True)
EOF
check "one connection is one answer" test "$(python3 ask.py "$a" twice)" = 1
check "garbage is borne" python3 ask.py "$a" garbage
python3 ask.py "$a" crowd >crowd.out &
crowd=$!
until_so grep -q ready crowd.out
until_so all_there "$a" a.json
ok "a crowd that only sits there does not keep others out"
until_so gone $crowd
check "... and its connections end" grep -q 'all ended' crowd.out
expect "a port that is taken ends with 3" 3 'another program listens there: choose another' \
	daxtop -i a.data --listen "$(address "$a")"
expect "an address that is none ends with 2" 2 'not an address' daxtop -i a.data --listen example.org:1
expect "a port that is none ends with 2" 2 'not an address' daxtop -i a.data --listen 127.0.0.1:65536
expect "another machine's address ends with 3" 3 'no address of this machine' daxtop -i a.data --listen 192.0.2.1:9
expect "--listen with --json ends with 2" 2 'go without' daxtop -i a.data --json --listen 0
expect "--by-cgroup alone ends with 2" 2 'goes with' daxtop -i a.data --by-cgroup
check "localhost it is when no address is told" test "${a%:*}" = 'http://127.0.0.1'
serve six -r a.data --listen '[::1]:0'
check "IPv6 has its brackets" test "$(code "${url}metrics") ${url%:*}" = '200 http://[::1]'
serve once -r a.data -d 0.1 --by-cgroup
until_so all_there "$url" a.json
curl -s "${url}metrics" >cgroups.prom
check "--by-cgroup has each cgroup's faults, which add up" test "$(grep -c '^dax_cgroup_faults_total' cgroups.prom) $(
	awk '/^dax_cgroup_faults_total/ { n += $NF } END { print n }' cgroups.prom)" = \
	"$(jq '[.cgroups | length * 24, (map(.counts.faults[] | .read, .write) | add)] | join(" ")' -r a.json)"
status=0
kill -TERM "$pid"
wait "$pid" || status=$?
check "SIGTERM ends it with 0" test $status -eq 0
check "-n ends it" timeout 60 daxtop -i a.data --listen 0 -d 0.1 -n 2

# The textfile.
(umask 077 && daxtop -i a.data --textfile t.prom)
check "the textfile has the same figures" diff <(sort a.prom) <(sort t.prom)
check "... may be read by all, and nothing lies beside it" test "$(stat -c %a t.prom) $(find . -name '.t.prom*')" = '644 '
daxtop -i a.data --listen 0 --textfile loop.prom -d 0.01 2>/dev/null &
pids+=($!)
until_so test -e loop.prom
torn=0
for ((i = 0; i < 200; i++)); do
	tail -n 1 loop.prom | grep -q '^dax_build_info' || torn=$((torn + 1))
done
check "whoever reads it while it is written sees all of it" test $torn -eq 0
expect "a directory that is not there is said, with 3" 3 '--textfile no/t.prom: No such file' \
	daxtop -i a.data --textfile no/t.prom
expect "a directory in its place too" 3 'textfile ./: ' daxtop -i a.data --textfile ./

# The unit: only what it grants.
unit=$here/tools/packaging/systemd/daxtop-exporter.service
if command -v systemd-analyze >/dev/null; then
	sed "s,/usr/bin/daxtop,$here/build/daxtop," "$unit" >daxtop-exporter.service
	check "the unit is as systemd wants it" test -z "$(systemd-analyze verify --man=no ./daxtop-exporter.service 2>&1)"
	check "... exposed 2.3 of 10 at most" systemd-analyze security --offline=yes --threshold=23 ./daxtop-exporter.service
else
	skip "the unit as systemd sees it" "no systemd-analyze"
fi
check "it grants CAP_BPF and CAP_PERFMON" test "$(sed -n 's/^\(Ambient.*\|.*BoundingSet\)=//p' "$unit" | sort -u)" = 'CAP_BPF CAP_PERFMON'
if [ "$(id -u)" -eq 0 ] && [ -e /sys/kernel/btf/vmlinux ]; then
	caps=+bpf,+perfmon
	mkdir own && cp "$here/build/daxtop" own && chmod 755 . own
	setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all,$caps --inh-caps=-all,$caps \
		--ambient-caps=-all,$caps own/daxtop --listen 0 2>live.err &
	live=$!
	pids+=("$live")
	until_so bash -c "grep -q 'figures are at' live.err || ! kill -0 $live"
	url=$(sed -n 's/^daxtop: figures are at \(.*\)metrics$/\1/p' live.err)
	curl -s "${url}metrics" >live.prom || true
	check "with these two alone it counts, on this kernel" test "$(value dax_tier <live.prom)" = 1
	check "... all reasons" test "$(value 'dax_known{what="extent_reasons"}' <live.prom)" = 1
	check "... and has 0 of what has not happened" test \
		"$(value 'dax_fallbacks_total{mount="other",device="",reason="extent_short"}' <live.prom)" = 0
else
	skip "counting with two capabilities" "needs root and BTF"
fi

# Prometheus itself.
if ! prometheus=$("$here/tests/host/fleet/fetch-prometheus"); then
	skip "Prometheus" "it cannot be had"
	exit "$failed"
fi
lint() { # file
	local said
	said=$("$prometheus/promtool" check metrics <"$1" 2>&1) && test -z "$said"
}
for file in a.prom cgroups.prom t.prom live.prom; do
	[ ! -s "$file" ] || check "promtool has nothing to say of $file" lint "$file"
done
cp "$here/tools/packaging/prometheus/daxtop.rules.yml" "$here/tests/host/fleet/rules-test.yml" .
check "promtool takes the rules" "$prometheus/promtool" check rules daxtop.rules.yml
check "alerts fire when they should, and only then" "$prometheus/promtool" test rules rules-test.yml
sed -i 's/> 0.05$/> 0.5/' daxtop.rules.yml
check "... which is noticed when a limit is another" bash -c "! '$prometheus/promtool' test rules rules-test.yml"
cp "$here/tools/packaging/prometheus/daxtop.rules.yml" .
serve b -r b.data -d 0.1
until_so all_there "$url" b.json
cat >prometheus.yml <<EOF
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [daxtop.rules.yml]
scrape_configs:
  - job_name: daxtop
    static_configs:
      - {targets: ['$(address "$a")'], labels: {instance: host-a}}
      - {targets: ['$(address "$url")'], labels: {instance: host-b}}
EOF
check "promtool takes the configuration" "$prometheus/promtool" check config prometheus.yml
"$prometheus/prometheus" --config.file=prometheus.yml --storage.tsdb.path=tsdb --web.listen-address=127.0.0.1:0 \
	--log.level=info >prometheus.log 2>&1 &
pids+=($!)
until_so grep -q 'msg="Listening on"' prometheus.log
server=http://$(sed -n 's/.*msg="Listening on" address=\([0-9.:]*\).*/\1/p' prometheus.log)
query() { # PromQL: 'instance value' lines
	curl -s --data-urlencode "query=$1" "$server/api/v1/query" |
		jq -r '.data.result[] | "\(.metric.instance) \(.value[1])"' | sort
}
both_up() { test "$(query 'up == 1' | wc -l)" -eq 2; }
until_so both_up
ratio() { # report: fallbacks of all that had an end
	jq -r '(.counts.faults | (.pmd_fallback | .read + .write) as $f |
		$f / ($f + ([.pmd_mapped, .pmd_zero, .pmd_sync | .read + .write] | add)))' "$1"
}
# As many digits as both print.
rounded() { awk '{ printf "%s %.12f\n", $1, $2 }'; }
fallbacks='sum by (instance) (dax_faults_total{outcome="fallback"})'
done='sum by (instance) (dax_faults_total{size="2MiB", outcome=~"mapped|zero|sync|fallback"})'
check "a query gives the fallback ratio by host" diff \
	<(printf 'host-a %s\nhost-b %s\n' "$(ratio a.json)" "$(ratio b.json)" | rounded) <(query "$fallbacks / $done" | rounded)
check "... which differ" test "$(ratio a.json)" != "$(ratio b.json)"
check "... by reason the same" diff <(query 'sum by (instance) (dax_fallbacks_total)') <(query "$fallbacks")
coverage() { test "$(query instance:dax_coverage:ratio | wc -l)" -eq 2; }
until_so coverage
check "a rule gives the coverage by host" diff \
	<(for host in a b; do jq -r "\"host-$host \(.counts.ranges | .pmd / .touched)\"" $host.json; done | rounded) \
	<(query instance:dax_coverage:ratio | rounded)
check "a quantile of the histogram lies in the bucket of daxtrace report's" test "$(
	query 'histogram_quantile(0.5, sum by (instance, le) (dax_fault_duration_seconds_bucket{class="pte", instance="host-a"}))' |
		awk -v p50="$(jq .totals.lat_pte_p50_ns a.json)" '{ print ($2 * 1e9 >= p50 / 2 && $2 * 1e9 <= p50 * 2) }')" = 1
curl -s "$server/api/v1/targets" >targets.json
check "no scrape failed" jq -e '[.data.activeTargets[].lastError] == ["", ""]' targets.json

# Grafana's file: each query is one that Prometheus takes, of figures that there are.
dashboard=$here/tools/packaging/grafana/daxscope.json
check "the dashboard has an id for each panel, and no two alike" \
	jq -e '[.panels[].id] | length > 8 and (unique | length) == length' "$dashboard"
# shellcheck disable=SC2016 # Grafana's variables
jq -r '.panels[].targets[].expr' "$dashboard" | sed 's/\$__rate_interval/1m/g; s/\$__range/15m/g; s/\$[a-z]*/.*/g' >queries
bad=
while read -r expr; do
	[ "$(curl -s --data-urlencode "query=$expr" "$server/api/v1/query" | jq -r .status)" = success ] || bad+=" $expr"
done <queries
check "Prometheus takes each of its $(wc -l <queries) queries$bad" test -z "$bad"
grep -ho 'dax_[a-z_]*' queries daxtop.rules.yml | grep -v ':\|^dax_coverage$\|^dax_fallback_ratio$\|^dax_fault_duration_seconds$' |
	sort -u >named
sed -n 's/^# TYPE \(dax_[a-z_]*\) .*/\1/p' a.prom | sed 'p; s/$/_bucket/' | sort -u >there
check "... and they and the rules name only figures there are" test -z "$(comm -23 named there)"
exit "$failed"

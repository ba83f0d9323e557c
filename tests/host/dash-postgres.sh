#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash-postgres.sh - the store in a real PostgreSQL server, which this test starts and ends: the same as in a
# file, also when two write at once.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
top=$PWD
PATH=$top/build:$PATH
make=$top/tests/host/dash/make-runs
bin=$(find /usr/lib/postgresql -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ]; then
	skip "PostgreSQL" "no server is installed (Debian: postgresql)"
	exit 0
fi
work=$(mktemp -d)
server() { # command...: as whom a server may run
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$work" "$@"
	else
		"$@"
	fi
}
# shellcheck disable=SC2317,SC2329 # called by the trap
finish() {
	[ ! -e "$work/data/postmaster.pid" ] || server "$bin/pg_ctl" -D "$work/data" -m immediate -w stop >/dev/null
	rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"
mkdir "$work/data" "$work/socket"
[ "$(id -u)" -ne 0 ] || chown postgres: "$work/data" "$work/socket"
echo secret >"$work/password"
server "$bin/initdb" -D "$work/data" -U dash -A scram-sha-256 --pwfile="$work/password" --no-sync >"$work/log" 2>&1 ||
	{ cat "$work/log" >&2; exit 1; }
# On loopback, on a port that is free now; another may take it first, then on the next one.
port=$((20000 + $$ % 20000))
until server "$bin/pg_ctl" -D "$work/data" -w -l "$work/data/log" -o "-p $port -k $work/socket -c listen_addresses=127.0.0.1 -c fsync=off" start >"$work/log" 2>&1; do
	port=$((port + 1))
	[ $port -lt 40100 ] || { cat "$work/log" "$work/data/log" >&2; exit 1; }
done
export PGPASSWORD=secret
store="postgresql://dash@127.0.0.1:$port/postgres"
cd "$work"

"$make" 40 fallback p99 >runs.json
daxdash import --store "$store" runs.json >said
check "a store in a server takes 40 runs" grep -q '40 new' said
daxdash import --store "$store" runs.json >said
check "... once" grep -q '0 new, 40 were there' said
daxdash import --store file.db runs.json >/dev/null
daxdash export --store "$store" >server.json
daxdash export --store file.db >file.json
check "... and gives back what a file does, bit for bit" cmp server.json file.json
got=0
daxdash gate --store "$store" >server.txt || got=$?
check "the gate judges it: 1" test $got -eq 1
daxdash gate --store file.db >file.txt || true
check "... as it judges the file" cmp server.txt file.txt

# Two writers at once, ten times each, of other runs and of the same ones.
for i in 1 2; do
	for k in 0 1 2 3 4 5 6 7 8 9; do
		jq --arg n "$i-$k" '.[:20] | map(.uuid = $n + "-" + .uuid)' runs.json >"w$i-$k.json"
	done
done
writer() { # number
	for k in 0 1 2 3 4 5 6 7 8 9; do
		daxdash import --store "$store" --repo tree "w$1-$k.json" runs.json
	done
}
writer 1 >said1 2>&1 &
one=$!
writer 2 >said2 2>&1 &
two=$!
both=0
wait $one || both=1
wait $two || both=1
check "two writers at once both end well" test $both -eq 0
check "... each stored all of its runs" test "$(cat said1 said2 | grep -c '60 runs of 2 files: 20 new, 40 were there')" -eq 20
daxdash export --store "$store" >all.json
check "... and nothing is lost, and nothing there twice" jq -e '(map(.uuid) | (length == 440) and (unique | length == 440)) and
	(map(.metrics | length) | add) == 2200' all.json
expect "a half run is not stored" 2 'nothing was stored' sh -c "echo '{' >bad.json; daxdash import --store '$store' w1-0.json bad.json"
check "... it is as it was" sh -c "daxdash export --store '$store' | cmp - all.json"
expect "a wrong password is said, and not shown" 3 '^daxdash: 127.0.0.1.*password authentication failed' \
	env PGPASSWORD=wrong daxdash gate --store "$store"
server "$bin/pg_ctl" -D data -m fast -w stop >/dev/null
expect "a server that is gone: 3" 3 'refused' daxdash gate --store "$store"
exit "$failed"

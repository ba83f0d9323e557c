#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# page.sh - daxdash's page in a real Chromium, and as daxdash serve gives it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
web=$PWD/tools/dash/web
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

[ -s build/web/page.html ] || {
	skip "the page" "this daxdash was built without npm"
	exit 0
}
check "the page's programs are locked with their integrity" test \
	"$(jq '[.packages[] | select(.version) | .integrity | startswith("sha512-")] | all and length == 3' "$web/package-lock.json")" = true
check "none of them is in the tree" test -z "$(git ls-files | grep -iE 'uplot|node_modules' || true)"
check "the licence of uPlot is in the page" grep -q 'Copyright (c) .* Leon Sorokin' build/web/page.html

# The document.
for kind in small large hostile empty; do
	node "$web/test/document.mjs" $kind >"$work/$kind.json"
	check "the page of a document: $kind" daxdash html -o "$work/$kind.html" "$work/$kind.json"
done
expect "what is no document is refused" 2 'bad.json: line 2' sh -c "echo '{' >'$work/bad.json'; daxdash html '$work/bad.json'"
expect "so is one of another kind" 2 'not a daxdash-page/1' sh -c "echo '{\"schema\":\"x\"}' >'$work/bad.json'; daxdash html '$work/bad.json'"
jq -c '.series[0].points.run |= .[1:]' "$work/large.json" >"$work/bad.json"
expect "and one whose columns differ in length" 2 'not a daxdash-page/1' daxdash html -o "$work/bad.html" "$work/bad.json"
expect "a full disk is an error" 3 'No space left' sh -c "daxdash html '$work/small.json' >/dev/full"

# In the browser.
if command -v chromium >/dev/null; then
	cp "$web/package.json" "$web/package-lock.json" "$work"
	if (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1); then
		said=0
		node "$web/test/page.mjs" "$work" >"$work/said" || said=$?
		cat "$work/said"
		[ $said -eq 0 ] || failed=1
	else
		skip "the page in a browser" "npm's registry cannot be reached"
	fi
else
	skip "the page in a browser" "no chromium"
fi

# Served from a store.
cd "$work"
run() { # sha order value
	printf '{"bench":{"latency":{"value":%s}}}' "$3" >"run-$2.json"
	daxdash import --store store.db --format bmf --commit "$1" --order "$2" --subject '</script><b>x' --timestamp $((1780000000 + $2)) "run-$2.json" >/dev/null
}
for i in 1 2 3; do run "$(printf 'abcdef%02d' $i)$(printf '0%.0s' {1..32})" $i $((100 + i)); done
check "the page of a store" daxdash html --store store.db -o store.html
check "... has its commits" grep -q abcdef03 store.html
daxdash serve --store store.db --listen 0 2>err &
server=$!
until grep -q 'the page is at' err; do sleep 0.1; done
url=$(sed -n 's/^daxdash: the page is at //p' err)
curl -s -D head "$url" >served.html
check "what is served is the same page" cmp store.html served.html
check "... under the same policy, and not in a frame" grep -qi "^content-security-policy: default-src 'none'; script-src 'sha256-.*frame-ancestors 'none'" head
check "/api/verdict tells the verdict" test "$(curl -s "${url}api/verdict" | jq -r '.schema, .coverage.series')" = $'daxdash-page/1\n1'
id=$(curl -s "${url}api/series" | jq -r '.[0].id')
check "/api/series lists series" test "$(curl -s "${url}api/series" | jq -r '.[0] | .metric, has("points")')" = $'latency\nfalse'
check "... and gives one" test "$(curl -s "${url}api/series?id=$id" | jq -c .points.value)" = '[101,102,103]'
check "... or says that there is none" test "$(curl -s -o /dev/null -w '%{http_code}' "${url}api/series?id=x")" = 404
check "/api/page is the document" cmp <(curl -s "${url}api/page" | jq -S .) <(daxdash page-data --store store.db | jq -S .)
run "abcdef04$(printf '0%.0s' {1..32})" 4 104
check "a reload shows a new run" sh -c "curl -s '$url' | grep -q abcdef04"
check "another name than localhost is refused" test "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example:80' "$url")" = 403
check "POST is refused" test "$(curl -s -o /dev/null -w '%{http_code}' -X POST -d x "$url")" = 405
mv store.db away.db
check "a store that is gone is said, and the server stays" sh -c "curl -s '$url' | grep -q 'there is no store' && mv away.db store.db && curl -s '$url' | grep -q abcdef04"
status=0
kill -TERM $server
wait $server || status=$?
server=
check "SIGTERM ends it with 0" test $status -eq 0
exit "$failed"

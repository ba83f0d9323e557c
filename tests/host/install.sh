#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# install.sh - what 'make install' puts below DESTDIR and prefix, and that clang builds it all too.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make --no-print-directory install DESTDIR="$work/root" prefix=/usr >"$work/log" 2>&1 || {
	not_ok "make install" "$(tail -5 "$work/log")"
	exit 1
}
for program in daxtop daxtrace daxbench daxdoctor daxdash; do
	check "$program is installed and says its version" \
		sh -c "'$work/root/usr/bin/$program' --version | grep -q '[0-9]'"
	check "$program --help goes to standard output, status 0" \
		sh -c "'$work/root/usr/bin/$program' --help 2>/dev/null | grep -qi '^usage'"
	check "$program has a man page without a complaint" \
		sh -c "test -s '$work/root/usr/share/man/man1/$program.1' &&
			! mandoc -T lint -W warning '$work/root/usr/share/man/man1/$program.1' | grep -v 'mandoc.db'"
	check "$program has its completion" bash -c \
		". '$work/root/usr/share/bash-completion/completions/$program' && complete -p $program"
done
check "the recording format has its man page" test -s "$work/root/usr/share/man/man5/daxtrace.data.5"
root=$work/root/usr
check "so are the rules, the dashboard and the unit for a fleet" test -s "$root/share/daxscope/prometheus/daxtop.rules.yml" \
	-a -s "$root/share/daxscope/grafana/daxscope.json" -a -s "$root/lib/systemd/system/daxtop-exporter.service"
check "make help names each target" sh -c 'make help | grep -q "make bench" && make help | grep -q "make check"'

nice make --no-print-directory CC=clang B="$work/clang" all >"$work/log" 2>&1 || true
check "clang builds everything without a warning" test -x "$work/clang/daxtop" -a -x "$work/clang/daxtrace" \
	-a -x "$work/clang/daxbench" -a -x "$work/clang/daxdoctor"
exit "$failed"

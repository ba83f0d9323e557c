#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# package.sh - the source archive is always the same, and the packages made of it install and run in a clean system.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT

if ! git rev-parse --verify -q HEAD >/dev/null 2>&1; then
	skip "packages" "not a git checkout: packages are made of a commit"
	exit 0
fi

# One archive, whatever the time zone, umask and language of who makes it.
first=$(tools/packaging/make-dist "$work/one")
second=$(umask 077 && TZ=Asia/Tokyo LC_ALL=C tools/packaging/make-dist "$work/two")
check "two source archives of a commit are the same to the byte" cmp "$first" "$second"
version=$(tools/packaging/version)
tar -C "$work" -xzf "$first"
tree=$work/daxscope-$version
check "the archive knows its version without git" test "$("$tree/tools/packaging/version")" = "$version"
check "the archive holds every file of the commit" sh -c "git ls-tree -r --name-only HEAD | sort >'$work/committed' &&
	(cd '$tree' && find . -type f -o -type l | sed 's|^\./||' | grep -vx .version | sort) | cmp '$work/committed' -"

# An RPM by rpm's own tools, where they are.
if command -v rpmbuild >/dev/null; then
	rpm=$(tools/packaging/make-rpm "$work/rpm" 2>"$work/log") || rpm=
	check "an RPM package can be built" test -s "${rpm:-none}"
	[ -n "$rpm" ] || tail -n 5 "$work/log" | sed 's/^/# /'
	check "... it holds the programs" sh -c "rpm -qpl '${rpm:-none}' 2>/dev/null | grep -qx /usr/bin/daxtop"
	rm -rf "$work/rpm"
else
	skip "an RPM package can be built" "rpmbuild is not installed"
fi

if ! command -v dh >/dev/null || ! command -v lintian >/dev/null; then
	skip "the Debian package" "debhelper or lintian is not installed"
	exit "$failed"
fi
deb=$(tools/packaging/make-deb "$work/deb" 2>"$work/log") || deb=
check "a Debian package can be built" test -s "${deb:-none}"
if [ -z "$deb" ]; then
	sed 's/^/# /' "$work/log"
	exit "$failed"
fi
lintian --allow-root --fail-on error,warning "$work/deb/"*.changes >"$work/lintian" 2>&1 || true
check "... lintian has nothing to say about it" test "$(grep -cE '^[EW]:' "$work/lintian" || true)" = 0
grep -E '^[EW]:' "$work/lintian" | sed 's/^/# /' || true

if [ "$(id -u)" -ne 0 ] || ! command -v mmdebstrap >/dev/null; then
	skip "the package in a clean system" "needs root and mmdebstrap"
	exit "$failed"
fi
# A system with apt and nothing else; what the package needs comes from the archive, as for any user.
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
root=$work/root
# A mirror fails now and then: apt asks again, and what still failed is begun again.
fetched=
for try in 1 2 3; do
	rm -rf --one-file-system "$root"
	if mmdebstrap --quiet --skip=cleanup/apt --variant=apt --aptopt='Acquire::Retries "5"' \
		--aptopt='Acquire::http::Timeout "120"' "$suite" "$root" >"$work/log" 2>&1; then
		fetched=1
		break
	fi
	echo "# try $try: $(grep -m 1 '^[EW]:' "$work/log" || tail -n 1 "$work/log")"
done
if [ -z "$fetched" ]; then
	skip "the package in a clean system" "no Debian system could be fetched: $(tail -n 1 "$work/log")"
	exit "$failed"
fi
cp "$deb" "$root/tmp/daxscope.deb"
# shellcheck disable=SC2016 # the inner shell expands them
in_root() { # command... with the machine's own /proc, /sys and tracing, which go away with the namespace
	unshare --mount sh -c 'mount --rbind /proc "$0/proc" && mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" &&
		exec chroot "$0" "$@"' "$root" "$@"
}
check "... apt installs it in a clean system" \
	in_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=5 install -y --no-install-recommends /tmp/daxscope.deb
check "... daxtop runs there" test "$(in_root daxtop --version 2>&1)" = "daxtop $version"
if [ -e /sys/kernel/btf/vmlinux ]; then
	in_root daxtop --json -n 1 >"$work/json" 2>"$work/log" || true
	check "... and counts" jq -en 'input | .schema == "daxtop/1" and (.tier | test("^T[0-3]$"))' "$work/json"
else
	skip "... and counts" "this kernel has no BTF"
fi
check "... with its man pages" test -s "$root/usr/share/man/man1/daxtop.1.gz" -o -s "$root/usr/share/man/man1/daxtop.1"
check "... and its completion" test -s "$root/usr/share/bash-completion/completions/daxtop" \
	-a -s "$root/usr/share/zsh/vendor-completions/_daxscope" -a -s "$root/usr/share/fish/vendor_completions.d/daxtop.fish"
check "... apt removes it again" in_root env DEBIAN_FRONTEND=noninteractive apt-get -qq purge -y daxscope
check "... and nothing of it is left" sh -c "! find '$root/usr' '$root/etc' -name '*dax*' ! -path '*/tmp/*' | grep ."
exit "$failed"

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# own-apt.sh - packages of any Debian suite, with lists of one's own, so that nothing is changed for this machine's.
# Sourced, with $work, a directory that is the caller's.

# own_suite SUITE: the lists of that suite, as bookworm-backports
own_suite() {
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian %s main\n' \
		"$1" >"$work/sources.list"
	own_apt update
}

own_apt() {
	apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@"
}

# own_unpack ROOT PACKAGE...: what they hold, into ROOT; the packages stay in $work/debs
own_unpack() {
	local root=$1 deb

	shift
	mkdir -p "$work/debs" "$root"
	(cd "$work/debs" && own_apt download "$@") || return 1
	for deb in "$work"/debs/*.deb; do
		dpkg-deb -x "$deb" "$root" || return 1
	done
}

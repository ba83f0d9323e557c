# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# source.sh - Debian's tarball of a kernel's source: installed, in the cache, or downloaded and never installed.
# Sourced, with $top, $cache and a function die that are the caller's.

# shellcheck source=tests/own-apt.sh
. "$top/tests/own-apt.sh"

# This machine's apt may not know the package: 6.12 is in the security updates of bookworm, and in trixie; later ones are
# in trixie's backports only.
download_of_trixie() { # package directory
	local work=$2/.apt suite=trixie-backports

	case $1 in
	linux-source-6.1) return 1 ;;
	linux-source-6.12) suite=trixie ;;
	esac
	rm -rf "$work"
	mkdir -p "$work"
	(own_suite $suite && cd "$2" && own_apt download "$1") >&2 || return 1
	rm -rf "$work"
}

# find_source PACKAGE: sets source_tar and source_version
find_source() {
	local package=$1 tar=/usr/src/$1.tar.xz dir=$cache/source deb

	source_version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null || true)
	if [[ -n $source_version && -r $tar ]]; then
		source_tar=$tar
		return
	fi
	mkdir -p "$dir"
	# Two builds at once would download into the same place.
	exec 7>"$dir/.lock"
	flock 7
	deb=$(find "$dir" -maxdepth 1 -name "${package}_*.deb" | sort -V | tail -n 1)
	if [[ -z $deb ]]; then
		(cd "$dir" && apt-get -q download "$package" >&2) || download_of_trixie "$package" "$dir" ||
			die "$package: neither installed nor to be downloaded (apt install $package)"
		deb=$(find "$dir" -maxdepth 1 -name "${package}_*.deb" | sort -V | tail -n 1)
	fi
	source_version=$(dpkg-deb -f "$deb" Version)
	source_tar=$dir/$source_version/usr/src/$package.tar.xz
	if [[ ! -r $source_tar ]]; then
		dpkg-deb -x "$deb" "$dir/$source_version.tmp$$"
		mv -T "$dir/$source_version.tmp$$" "$dir/$source_version" 2>/dev/null ||
			rm -rf "$dir/$source_version.tmp$$"
	fi
	exec 7>&-
}

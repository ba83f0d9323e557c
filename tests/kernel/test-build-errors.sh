#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# What build-kernel says when it cannot build: one error each, exit status 3. Builds no kernel.
set -euo pipefail
cd "$(dirname "$0")/../.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
read -r package version <kernel-patches/6.1/BASE

# A source package as far as build-kernel looks into it before the first patch
mkdir -p "$tmp/linux-source/fs" "$tmp/cache"
echo 'not the file that the series changes' >"$tmp/linux-source/fs/dax.c"
tar -C "$tmp" -cJf "$tmp/source.tar.xz" linux-source
head -c 100 "$tmp/source.tar.xz" >"$tmp/cut.tar.xz"
printf -- '--- a/fs/dax.c\n+++ b/fs/dax.c\n@@ -1 +1 @@\n-something else\n+new\n' >"$tmp/extra.patch"

# expect WHAT REGEX COMMAND...: status 3, and one line of the program's own that matches
expect() {
	local what=$1 regex=$2 status=0 said
	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	said=$(grep -v '^build-kernel: unpacking' "$tmp/err" | grep -c '^build-kernel: ' || true)
	if [[ $status == 3 && $said == 1 && ! -s $tmp/out ]] && grep -qE "^build-kernel: .*$regex" "$tmp/err"; then
		echo "ok - $what"
	else
		echo "not ok - $what (status $status, $said messages)"
		sed 's/^/# /' "$tmp/err" "$tmp/out"
		failed=1
	fi
	if compgen -G "$tmp/cache/kernel/tree*" >/dev/null; then
		echo "not ok - $what: leaves $tmp/cache/kernel/tree behind"
		failed=1
	fi
}

failed=0
build=(env DAXSCOPE_CACHE="$tmp/cache" tests/kernel/build-kernel)
first=trace/$(head -n 1 kernel-patches/6.1/trace/series)

expect 'a patch that does not apply is named' "$first: does not apply to $package $version\$" \
	"${build[@]}" K=trace SOURCE="$tmp/source.tar.xz" VERSION="$version"
expect 'with a source of another version both versions are' \
	"$first: does not apply to $package 6\.1\.999-1; the series was made for $version\$" \
	"${build[@]}" K=pmd SOURCE="$tmp/source.tar.xz" VERSION=6.1.999-1
expect 'a patch put on top is named too' "$tmp/extra.patch: does not apply to" \
	"${build[@]}" K=stock EXTRA="$tmp/extra.patch" SOURCE="$tmp/source.tar.xz" VERSION="$version"
expect 'a source that is cut off is named' "$tmp/cut.tar.xz: cannot be unpacked\$" \
	"${build[@]}" K=stock SOURCE="$tmp/cut.tar.xz" VERSION="$version"

# The series of another kernel: its own patches, and its own base in the message
read -r other other_version <kernel-patches/6.12/BASE
expect "a patch of another series is named, with that series' base" \
	"6\.12/trace/$(head -n 1 kernel-patches/6.12/trace/series): does not apply to $other 6\.12\.999-1; the series was made for $other_version\$" \
	"${build[@]}" K=trace-6.12 SOURCE="$tmp/source.tar.xz" VERSION=6.12.999-1
# 7.3 has trace/ only
for name in 7.3 6.13 6 6.1.2 ../6.1; do
	status=0
	"${build[@]}" "K=pmd-$name" >"$tmp/out" 2>"$tmp/err" || status=$?
	if [[ $status == 2 && ! -s $tmp/out ]] && grep -qF "$name" "$tmp/err"; then
		echo "ok - a series that is not there is refused: $name"
	else
		echo "not ok - a series that is not there is refused: $name (status $status)"
		failed=1
	fi
done

# A PATH with all programs but one
mkdir "$tmp/bin"
for dir in /usr/sbin /usr/bin; do
	ln -sf "$dir"/* "$tmp/bin/"
done
for tool in gcc flex pahole; do
	mv "$tmp/bin/$tool" "$tmp/gone"
	expect "a missing $tool is named, with the packages" "$tool: not found \\(apt install .*build-essential flex .*dwarves" \
		env PATH="$tmp/bin" "${build[@]}" K=stock SOURCE="$tmp/source.tar.xz" VERSION="$version"
	mv "$tmp/gone" "$tmp/bin/$tool"
done

# A filesystem too small for a build, or one that fills up: only root can mount it
# shellcheck disable=SC2016 # $1 is the inner shell's
small='mount -t tmpfs -o size=64m small "$1" && shift && exec "$@"'
if unshare -m true 2>/dev/null; then
	expect 'too little disk space is told with what is needed' \
		"$tmp/cache/kernel: [0-9]+ MiB free, a build needs [0-9]+ \\(DAXSCOPE_CACHE" \
		unshare -m sh -c "$small" sh "$tmp/cache" "${build[@]}" K=stock SOURCE="$tmp/source.tar.xz" VERSION="$version"
else
	echo 'skip - too little disk space: only root can mount a small filesystem'
fi
exit "$failed"

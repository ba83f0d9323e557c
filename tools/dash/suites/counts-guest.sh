#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# counts-guest.sh - in a guest: run all kinds of faults, each on a file with its name, and write the run to /out.
#
# usage: counts-guest.sh DIRECTORY_ON_DAX PARAMS COUNT [KIND|NAME=KIND[:COUNT][+KIND[:COUNT]]...]...
set -eu
dir=$1 params=$2 count=$3
shift 3
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(daxbench kinds | awk '{ print $1 }' | grep -v mixed)
for word; do
	name=${word%%=*}
	for part in $(echo "${word#*=}" | tr + ' '); do
		case $part in *:*) ;; *) part=$part:$count ;; esac
		echo "daxbench faults --kind ${part%:*} --count ${part#*:} --force $dir/$name"
		# Truncating frees the blocks, and keeps the name for the report.
		echo ": >$dir/$name"
	done
done >/tmp/faults
daxtrace stat --run /out/counts.run --run-name "counts/%f{$params}" --run-build "$(command -v daxbench)" -- \
	sh -e /tmp/faults >/dev/null 2>/tmp/err || {
	cat /tmp/err
	exit 1
}

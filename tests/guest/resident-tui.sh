#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# resident-tui.sh - in a guest with Linux 6.7 or later: the details of a file or process tell what is mapped
# now, without having been asked to on the command line, and no longer when the process has ended.
#
# usage: resident-tui.sh DIRECTORY_ON_DAX
set -euo pipefail
dir=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
# shellcheck source=tests/lib-tui.sh
. "$here/../lib-tui.sh"
DAXTOP=$(command -v daxtop)
export DAXTOP

dax-touch make "$dir/file" 8
truncate -s 32M "$dir/file"
mkfifo "$work/pipe"
start 80x24 "daxtop -d 0.3"
sees "the screen comes up" 'tier T'
hold "$dir/file" huge:0:3 huge:8:1 small:4:5 <"$work/pipe" >"$work/out" &
exec 7>"$work/pipe"
sees "the file is there" '^>.*/file '
check "... and nothing is said of what is mapped" hides '^now '
keys Enter
sees "its details say what is mapped now" '^now     at 2 MiB 8.00MiB  at 4 KiB 20.0KiB  2M zero 2.00MiB  4K zero 0B'
keys Escape Tab Enter
sees "so do those of the process" '^now     at 2 MiB 8.00MiB  at 4 KiB 20.0KiB'
exec 7>&-
sees "when it has ended nothing is" '^now     at 2 MiB 0B  at 4 KiB 0B'
keys Escape
sees "Escape goes back" '\[processes'
soon hides '^now ' || true
check "... where it is not read any more" hides '^now '
keys q
given_back "q" 0
exit "$failed"

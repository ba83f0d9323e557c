#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# cross.sh - all programs build for arm64, with what Debian has for it.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! make --no-print-directory -j "$(nproc)" cross >"$work/log" 2>&1; then
	not_ok "everything builds for arm64" "$(tail -n 15 "$work/log")"
	exit 1
fi
for program in daxtop daxtrace daxbench daxdoctor daxdash; do
	check "$program is a program for arm64" sh -c "readelf -h 'build/aarch64/$program' | grep -q 'Machine: *AArch64'"
done
exit "$failed"

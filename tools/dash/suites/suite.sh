# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # what is set here is for the suites
# suite.sh - what the suites share: options, the kernel's name in a series, and what built this tree. Sourced, not run.

kernel=debian-6.1 fs=xfs

# suite_options SUITE 'NAME...' OPTION...: each --NAME VALUE into the variable NAME
suite_options() {
	local suite=$1 names=$2 name
	shift 2
	while [ $# -gt 0 ]; do
		name=${1#--}
		case " $names " in
		*" $name "*) [ "$1" != "$name" ] ;;
		*) false ;;
		esac || {
			echo "$suite: '$1': no such option; --${names// /, --}" >&2
			exit 2
		}
		[ $# -ge 2 ] || {
			echo "$suite: $1: needs a value" >&2
			exit 2
		}
		printf -v "${name//-/_}" '%s' "$2"
		shift 2
	done
}

# A file's name is not what is measured: the environment says which kernel it is.
kernel_name() {
	case $kernel in
	debian-*) echo "$kernel" ;;
	*) echo built ;;
	esac
}

# version PROGRAM: the first number in its first line
version() {
	"$@" 2>/dev/null | sed -nE '1s/^[^0-9]*([0-9]+(\.[0-9]+)*).*/\1/p'
}

# What beside this tree and the guest's kernel decides how many instructions a fault takes.
toolchain() {
	printf 'clang %s, %s %s, libbpf %s, mkfs %s, qemu %s\n' "$(version "${CLANG:-clang}" --version)" "${CC:-gcc}" \
		"$(version "${CC:-gcc}" --version)" "$(pkg-config --modversion libbpf 2>/dev/null)" \
		"$(version "mkfs.$fs" -V)" "$(version "$(tests/vm/fetch-qemu)" --version)"
}

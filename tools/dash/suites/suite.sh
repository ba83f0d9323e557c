# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # the suites use these variables
# suite.sh - functions shared by the suites: options, the kernel's name in a series, and the build tools. Sourced, not run.

kernel=debian-6.1 fs=xfs

# suite_options SUITE 'NAME...' OPTION...: assign each --NAME VALUE to the variable NAME
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

# For a kernel given as a file, its file name means nothing: the environment shows which kernel it is.
kernel_name() {
	case $kernel in
	debian-*) echo "$kernel" ;;
	*) echo built ;;
	esac
}

# version PROGRAM: print the first number in the first line of its version output
version() {
	"$@" 2>/dev/null | sed -nE '1s/^[^0-9]*([0-9]+(\.[0-9]+)*).*/\1/p'
}

# What decides the instructions of a fault, besides this tree and the guest's kernel.
toolchain() {
	printf 'clang %s, %s %s, libbpf %s, mkfs %s, qemu %s\n' "$(version "${CLANG:-clang}" --version)" "${CC:-gcc}" \
		"$(version "${CC:-gcc}" --version)" "$(pkg-config --modversion libbpf 2>/dev/null)" \
		"$(version "mkfs.$fs" -V)" "$(version "$(tests/vm/fetch-qemu)" --version)"
}

// SPDX-License-Identifier: GPL-2.0-only
/* version.c - the version of the programs, as the Makefile found it in git or in the release. */
#include <stdio.h>
#include "util/version.h"

#ifndef DAXSCOPE_VERSION
#define DAXSCOPE_VERSION "unknown"
#endif

_Static_assert(sizeof(DAXSCOPE_VERSION) <= DAXSCOPE_VERSION_SIZE, "a longer version");
/*
 * In a section of its own, always of the same length: a hash of the program leaves it out
 * (tools/dash/format/measured.c).
 */
__attribute__((section(".daxscope_version"))) const char daxscope_version[DAXSCOPE_VERSION_SIZE] = DAXSCOPE_VERSION;

void print_version(const char *program)
{
	printf("%s %s\n", program, daxscope_version);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * version.h - the version of the programs, in a file of its own so that a new version rebuilds
 * little.
 */
#ifndef DAX_UTIL_VERSION_H
#define DAX_UTIL_VERSION_H

/* Such as "0.2.0", or "0.2.0~dev.206.g1a2b3c4" for a build between releases. */
#define DAXSCOPE_VERSION_SIZE 96
extern const char daxscope_version[DAXSCOPE_VERSION_SIZE];

/* Print `PROGRAM VERSION` to stdout. */
void print_version(const char *program);

#endif /* DAX_UTIL_VERSION_H */

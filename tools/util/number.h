/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * number.h - parse the numbers of a command line. Each function ends the program when @text is not
 * such a number.
 */
#ifndef DAX_UTIL_NUMBER_H
#define DAX_UTIL_NUMBER_H

#include <linux/types.h>

__u64 parse_number(const char *option, const char *text, __u64 least, __u64 most);
/* Seconds, with a fraction. Returns ns. */
__u64 parse_seconds(const char *option, const char *text, double least, double most);
/* A size with a suffix K, M or G. Returns bytes. */
__u64 parse_size(const char *option, const char *text);

#endif

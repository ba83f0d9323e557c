/* SPDX-License-Identifier: GPL-2.0-only */
/* parse-time.h - parse a time in a recording that a user typed. */
#ifndef DAX_TOP_PARSE_TIME_H
#define DAX_TOP_PARSE_TIME_H

#include <stdbool.h>
#include <linux/types.h>

/*
 * Convert @text to a time in @ns since the start of a recording of @length_ns: seconds from its
 * start (90, 1.5), from its end (-10), or local time of day (14:05, 14:05:30) at or after the
 * start, if @begin_real_ns, the clock at the start, is known (not 0). A time after the end means
 * the end. False when it is none of these.
 */
bool parse_time(const char *text, __u64 begin_real_ns, __u64 length_ns, __u64 *ns);

#endif

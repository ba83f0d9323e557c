/* SPDX-License-Identifier: GPL-2.0-only */
/* parse-time.h - a time in a recording as people type it. */
#ifndef DAX_TOP_PARSE_TIME_H
#define DAX_TOP_PARSE_TIME_H

#include <stdbool.h>
#include <linux/types.h>

/*
 * The time that @text means, in @ns since the start of a recording @length_ns long: seconds from
 * its start (90, 1.5), from its end (-10), or of the local clock (14:05, 14:05:30) at or after the
 * start, when the clock then, @begin_real_ns, is known (not 0). What lies beyond the end is the
 * end. False when it is none of these.
 */
bool parse_time(const char *text, __u64 begin_real_ns, __u64 length_ns, __u64 *ns);

#endif

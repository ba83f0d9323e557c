/* SPDX-License-Identifier: GPL-2.0-only */
/* maps.h - open files of /proc/PID, and parse a line of its maps. */
#ifndef DAX_PROC_MAPS_H
#define DAX_PROC_MAPS_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

/* Open /proc/@pid/@name for reading; NULL with errno set. */
FILE *proc_open(__u32 pid, const char *name);

/* Read the name of process @pid into @comm, any bytes; "" when it cannot be read. */
void proc_comm(__u32 pid, char *comm, int size);

struct maps_line {
	unsigned long long start, end, offset, ino;
	unsigned int major, minor;
	char perms[5];
	const char *path; /* points into the line, which has \012 for a newline; "" when there is none */
};

/*
 * Parse @line, which is changed: a line of maps, or the first line of a mapping in smaps. False
 * when it is neither.
 */
bool maps_parse(char *line, struct maps_line *out);

/* The device number as the kernel side encodes it. */
static inline __u32 maps_dev(const struct maps_line *line)
{
	return line->major << 20 | line->minor;
}

#endif

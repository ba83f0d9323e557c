/* SPDX-License-Identifier: GPL-2.0-only */
/* mountinfo.h - parse one line of a mount table in the format of /proc/self/mountinfo. */
#ifndef DAX_PROC_MOUNTINFO_H
#define DAX_PROC_MOUNTINFO_H

#include <stdbool.h>
#include <linux/types.h>

struct mountinfo {
	__u64 id;
	unsigned int major, minor;
	char *root;  /* the mounted directory of the filesystem */
	char *point; /* where it is mounted */
	/* NULL if the line ends before: */
	char *type, *source;
	char *options; /* of the filesystem, still escaped: names in an overlay's options have escapes of their own */
};

/*
 * Parse @line, which is changed; @out points into it. False when it is not a line of a mount table.
 */
bool mountinfo_parse(char *line, struct mountinfo *out);

/* The character at *@at; mountinfo writes some characters as \ooo, in octal. Moves *@at past it. */
char mountinfo_char(const char **at);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* mountinfo.h - one line of a mount table as /proc/self/mountinfo writes it. */
#ifndef DAX_PROC_MOUNTINFO_H
#define DAX_PROC_MOUNTINFO_H

#include <stdbool.h>
#include <linux/types.h>

struct mountinfo {
	__u64 id;
	unsigned int major, minor;
	char *root;  /* the directory of the filesystem that is mounted */
	char *point; /* where it is mounted */
	/* NULL where the line ends before them: */
	char *type, *source;
	char *options; /* of the filesystem, still escaped: an overlay's names hold escapes of their own */
};

/* Take @line apart, which is changed; @out points into it. False when it is no line of a mount table. */
bool mountinfo_parse(char *line, struct mountinfo *out);

/* The character at *@at, of which mountinfo writes some as \ooo, in octal. Moves *@at behind it. */
char mountinfo_char(const char **at);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* mountinfo.c - parse one line of a mount table in the format of /proc/self/mountinfo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "proc/mountinfo.h"

char mountinfo_char(const char **at)
{
	const char *p = *at;

	if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7' &&
	    (p[1] != '0' || p[2] != '0' || p[3] != '0')) {
		*at += 4;
		return (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
	}
	++*at;
	return *p;
}

/* In place. */
static void unescape(char *text)
{
	const char *from = text;

	while (*from)
		*text++ = mountinfo_char(&from);
	*text = '\0';
}

/* id parent major:minor root point options [tag...] - type source options */
bool mountinfo_parse(char *line, struct mountinfo *out)
{
	char *field[6], *word, *save = NULL;
	int i;

	for (i = 0; i < 6; i++) {
		field[i] = strtok_r(i ? NULL : line, " \n", &save);
		if (!field[i])
			return false;
	}
	*out = (struct mountinfo){.id = strtoull(field[0], NULL, 10), .root = field[3], .point = field[4]};
	/* The kernel's device numbers have 12 bits (major) and 20 bits (minor). */
	if (sscanf(field[2], "%u:%u", &out->major, &out->minor) != 2 || out->major > 0xfff || out->minor > 0xfffff)
		return false;
	unescape(out->root);
	unescape(out->point);
	do
		word = strtok_r(NULL, " \n", &save);
	while (word && strcmp(word, "-"));
	out->type = word ? strtok_r(NULL, " \n", &save) : NULL;
	out->source = out->type ? strtok_r(NULL, " \n", &save) : NULL;
	out->options = out->source ? strtok_r(NULL, " \n", &save) : NULL;
	if (out->type)
		unescape(out->type);
	if (out->source)
		unescape(out->source);
	return true;
}

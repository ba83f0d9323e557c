// SPDX-License-Identifier: GPL-2.0-only
/* cpus.c - which of the possible CPUs are online now. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "collect/cpus.h"

#define LIST_MAX 65536 /* 8192 CPUs, no two of them adjacent */

int cpus_parse(const char *list, bool *online, int nr)
{
	int count = 0;

	memset(online, 0, (size_t)nr * sizeof(*online));
	while (isdigit((unsigned char)*list)) {
		char *end;
		long first = strtol(list, &end, 10), last = first;

		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtol(end + 1, &end, 10);
		for (; first <= last && first < nr; first++) {
			count += !online[first];
			online[first] = true;
		}
		list = end + (*end == ',');
	}
	return *list && *list != '\n' ? 0 : count;
}

int cpus_online(bool *online, int nr)
{
	FILE *in = fopen("/sys/devices/system/cpu/online", "re");
	char *list = malloc(LIST_MAX);
	int count = 0;

	if (in && list && fgets(list, LIST_MAX, in))
		count = cpus_parse(list, online, nr);
	if (in)
		fclose(in);
	free(list);
	if (count)
		return count;
	memset(online, true, (size_t)nr * sizeof(*online));
	return nr;
}

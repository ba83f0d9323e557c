// SPDX-License-Identifier: GPL-2.0-only
/* number.c - parse the numbers of a command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "util/err.h"
#include "util/number.h"

__u64 parse_number(const char *option, const char *text, __u64 least, __u64 most)
{
	char *end;
	__u64 value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || text[0] < '0' || text[0] > '9' || *end || value < least || value > most)
		die_usage("%s: '%s' is not a whole number from %llu to %llu", option, text, (unsigned long long)least,
			  (unsigned long long)most);
	return value;
}

__u64 parse_seconds(const char *option, const char *text, double least, double most)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	/* Not written with ">", which would accept "nan". */
	if (errno || end == text || *end || !(value >= least && value <= most))
		die_usage("%s: '%s' is not a number of seconds from %g to %.0f", option, text, least, most);
	return (__u64)(value * 1e9 + 0.5);
}

__u64 parse_size(const char *option, const char *text)
{
	static const char suffix[] = "KMG";
	const char *found;
	char *end;
	__u64 value;
	int shift = 0;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end) {
		found = strchr(suffix, *end >= 'a' ? *end - 'a' + 'A' : *end);
		shift = found && !end[1] ? 10 * (int)(found - suffix + 1) : -1;
	}
	if (errno || text[0] < '0' || text[0] > '9' || shift < 0 || value > ~0ULL >> shift)
		die_usage("%s: '%s' is not a size such as 512K or 8M", option, text);
	return value << shift;
}

// SPDX-License-Identifier: GPL-2.0-only
/* parse-time.c - parse a time in a recording that a user typed. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "top/parse-time.h"

#define NSEC 1000000000ULL
#define DAY  86400

static bool of_clock(const char *text, __u64 begin_real_ns, __u64 *ns)
{
	time_t begin = (time_t)(begin_real_ns / NSEC), then;
	unsigned int hour, minute, second = 0;
	int used = 0;
	struct tm tm;

	if (text[strspn(text, "0123456789:")])
		return false;
	if (sscanf(text, "%2u:%2u%n:%2u%n", &hour, &minute, &used, &second, &used) < 2 ||
	    text[used])
		return false;
	if (hour > 23 || minute > 59 || second > 60 || !begin_real_ns || !localtime_r(&begin, &tm))
		return false;
	tm.tm_hour = (int)hour;
	tm.tm_min = (int)minute;
	tm.tm_sec = (int)second;
	tm.tm_isdst = -1;
	then = mktime(&tm);
	if (then < begin) {
		tm.tm_mday++;
		tm.tm_isdst = -1;
		then = mktime(&tm);
	}
	if (then < begin)
		return false;
	*ns = (__u64)then * NSEC < begin_real_ns ? 0 : (__u64)then * NSEC - begin_real_ns;
	return true;
}

bool parse_time(const char *text, __u64 begin_real_ns, __u64 length_ns, __u64 *ns)
{
	bool back = *text == '-';
	double seconds;
	char *end;

	if (strchr(text, ':')) {
		if (!of_clock(text, begin_real_ns, ns))
			return false;
	} else {
		text += *text == '-' || *text == '+';
		seconds = strtod(text, &end);
		if (!isdigit((unsigned char)*text) || *end || !(seconds >= 0))
			return false;
		*ns = seconds * 1e9 < (double)length_ns ? (__u64)(seconds * 1e9) : length_ns;
		if (back)
			*ns = length_ns - *ns;
	}
	if (*ns > length_ns)
		*ns = length_ns;
	return true;
}

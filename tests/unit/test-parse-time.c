// SPDX-License-Identifier: GPL-2.0-only
/* test-parse-time.c - times in a recording as people type them. */
#include <stdlib.h>
#include <time.h>
#include "top/parse-time.h"
#include "unit.h"

#define NSEC   1000000000ULL
#define BEGIN  (1763791437ULL * NSEC + 500000000) /* 2025-11-22 06:03:57.5 UTC */
#define LENGTH (100000ULL * NSEC)		  /* more than a day */

int main(void)
{
	static const struct {
		const char *text;
		__u64 ns;
	} good[] = {
		{"0", 0},
		{"90", 90 * NSEC},
		{"1.5", 3 * NSEC / 2},
		{"+2", 2 * NSEC},
		{"-10", LENGTH - 10 * NSEC},
		{"-0", LENGTH},
		{"1e9", LENGTH},
		{"-1e9", 0},
		{"06:03:58", NSEC / 2},
		{"06:04", 2 * NSEC + NSEC / 2},
		{"6:04", 2 * NSEC + NSEC / 2},
		{"06:03:57", 0}, /* the clock shows it */
		{"06:03:56", 86399 * NSEC - NSEC / 2},
		{"06:03", 86400 * NSEC - 57 * NSEC - NSEC / 2},
		{"23:59:59", (17 * 3600 + 56 * 60 + 2) * NSEC - NSEC / 2},
	};
	static const char *const bad[] = {"",	       "x",	      "-",	  "+",
					  "1x",	       "--1",	      "nan",	  "inf",
					  "-inf",      "12:",	      ":30",	  "24:00",
					  "12:60",     "12:30:",      "12:30:61", "12:30x",
					  "12:30:00x", "12:30:00:00", "1 2",	  "1,5",
					  " 5"};
	__u64 ns;
	size_t i;

	setenv("TZ", "UTC", 1);
	tzset();
	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		bool is = parse_time(good[i].text, BEGIN, LENGTH, &ns);

		CHECK(is && ns == good[i].ns, "%s is %llu (%llu)", good[i].text,
		      (unsigned long long)good[i].ns, (unsigned long long)ns);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!parse_time(bad[i], BEGIN, LENGTH, &ns), "'%s' is none", bad[i]);
	CHECK(!parse_time("06:04", 0, LENGTH, &ns) && parse_time("7", 0, LENGTH, &ns) &&
		      ns == 7 * NSEC,
	      "without a clock there is no time of day, but there are seconds");
	CHECK(parse_time("05:00", BEGIN, NSEC, &ns) && ns == NSEC,
	      "a time of day beyond the end is the end");
	return UNIT_STATUS;
}

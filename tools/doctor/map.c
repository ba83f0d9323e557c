// SPDX-License-Identifier: GPL-2.0-only
/* map.c - draw ranges as one character each. */
#include <string.h>
#include "doctor/map.h"

char fate_char(unsigned fate)
{
	static const char chars[NR_FATES] = {
		[DAX_WHY_NONE] = ' ',		  [DAX_WHY_MISALIGNED_ADDR] = 'a',
		[DAX_WHY_PRIVATE_WRITE] = 'p',	  [DAX_WHY_VMA_START] = '<',
		[DAX_WHY_VMA_END] = '>',	  [DAX_WHY_PAST_EOF] = 'e',
		[DAX_WHY_PTE_ENTRY] = 'x',	  [DAX_WHY_LOOKUP_FAILED] = 'l',
		[DAX_WHY_EXTENT_SHORT] = 's',	  [DAX_WHY_EXTENT_MISALIGNED] = 'm',
		[DAX_WHY_DEVICE_SHORT] = 'd',	  [DAX_WHY_NO_ZERO_PAGE] = '0',
		[DAX_WHY_LOST_RACE] = 'r',	  [DAX_WHY_UNKNOWN] = '?',
		[FATE_PMD] = '#',		  [FATE_ZERO] = '.',
		[FATE_NEVER] = 'n',
	};

	return chars[fate];
}

/* The characters of ranges @from to @to. @i is the first run that may contain them. */
static void draw(const struct runs *runs, size_t i, __u64 from, __u64 to, char *read, char *write)
{
	for (; from < to; from++) {
		while (from >= runs->run[i].first + runs->run[i].count)
			i++;
		*read++ = fate_char(runs->run[i].read);
		*write++ = fate_char(runs->run[i].write);
	}
	*read = *write = '\0';
}

static void print_legend(FILE *to, const struct runs *runs)
{
	static const char *const means[NR_FATES] = {
		[FATE_PMD] = "2 MiB page", [FATE_ZERO] = "2 MiB zero page"};
	__u64 read[NR_FATES], write[NR_FATES];
	int width = 0;

	runs_count(runs, read, write);
	for (unsigned fate = 0; fate < NR_FATES; fate++) {
		const char *name = means[fate] ? means[fate] : fate_name(fate);

		if (!read[fate] && !write[fate])
			continue;
		if (width + strlen(name) > 70) {
			fputc('\n', to);
			width = 0;
		}
		width += fprintf(to, "%s%c %s", width ? "   " : "  ", fate_char(fate), name);
	}
	if (width)
		fputc('\n', to);
}

void map_print(FILE *to, const struct runs *runs, size_t rows)
{
	__u64 first = runs->nr ? runs->run[0].first : 0, at = first, end = first + runs->ranges;
	size_t i = 0, row;

	for (row = 0; at < end && (!rows || row < rows); row++) {
		__u64 next = end - at > MAP_COLUMNS ? at + MAP_COLUMNS : end, left, same;
		char read[MAP_COLUMNS + 1], write[MAP_COLUMNS + 1];

		while (at >= runs->run[i].first + runs->run[i].count)
			i++;
		draw(runs, i, at, next, read, write);
		if (!strcmp(read, write)) {
			fprintf(to, "  %10llu MiB  rw %s\n", at * 2, read);
		} else {
			fprintf(to, "  %10llu MiB  r  %s\n", at * 2, read);
			fprintf(to, "  %10s      w  %s\n", "", write);
		}
		left = runs->run[i].first + runs->run[i].count - at;
		same = left / MAP_COLUMNS;
		at = next;
		if (same > 2) {
			at += (same - 1) * MAP_COLUMNS;
			fprintf(to, "  %10s          the same up to %llu MiB\n", "*", at * 2);
		}
	}
	if (at < end)
		fprintf(to, "  %10s          %llu ranges more; --rows 0 shows all\n", "...", end - at);
	print_legend(to, runs);
}

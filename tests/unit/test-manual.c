// SPDX-License-Identifier: GPL-2.0-only
/* test-manual.c - the manual of daxtop names every field, reason and tier, with the same words. */
#include <stdlib.h>
#include <string.h>
#include "unit.h"
#include "fields.h"

/* The page without what troff needs: \- for a minus, \(aq for a quote, font changes. */
static char *page(void)
{
	FILE *from = fopen("tools/man/daxtop.1", "r");
	char *text = calloc(1, 1 << 17);
	size_t used = 0;
	int c;

	while (from && text && (c = getc(from)) != EOF && used < (1 << 17) - 1) {
		if (c == '\\') {
			c = getc(from);
			if (c == 'f') {
				getc(from);
				continue;
			}
			if (c == '&')
				continue;
		}
		text[used++] = (char)(c == '\n' ? ' ' : c);
	}
	if (from)
		fclose(from);
	return text;
}

int main(void)
{
	char *text = page(), line[512];
	size_t i;

	if (!CHECK(text && strlen(text) > 1000, "the manual is there"))
		return UNIT_STATUS;
	for (i = 0; i < dax_nr_fields; i++) {
		snprintf(line, sizeof(line), ".B %s %s", dax_fields[i].name, dax_fields[i].what);
		EXPECT(strstr(text, line));
	}
	CHECK(unit_quiet(), "it explains every field as -s help does");
	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++) {
		snprintf(line, sizeof(line), ".B %s %s", dax_reason_name((enum dax_reason)i),
			 dax_reason_means((enum dax_reason)i));
		EXPECT(strstr(text, line));
	}
	CHECK(unit_quiet(), "it explains every reason as the screen does");
	for (i = DAX_T0; i <= DAX_T3; i++) {
		snprintf(line, sizeof(line), ".B %s %s", dax_tier_name((enum dax_tier)i),
			 dax_tier_means((enum dax_tier)i));
		EXPECT(strstr(text, line));
	}
	CHECK(unit_quiet(), "it explains every tier as the screen does");
	free(text);
	return UNIT_STATUS;
}

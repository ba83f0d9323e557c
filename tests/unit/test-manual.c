// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-manual.c - the manual of daxtop names every field, reason and tier, with the same words; that of daxdash every
 * command, option and operand.
 */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "unit.h"
#include "fields.h"

/* The page without what troff needs: \- for a minus, \(aq for a quote, font changes. */
static char *page(const char *path)
{
	FILE *from = fopen(path, "r");
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

/* "--kind WHAT The text... (run, import)": each row of the table, with the commands that take it. */
static void test_daxdash(void)
{
	char *text = page("tools/man/daxdash.1"), line[512];

	for (size_t c = 0; c < cli_nr_commands; c++) {
		const struct cli_command *command = &cli_commands[c];
		size_t rows = 0;

		if (strcmp(command->program, "daxdash") || !command->name)
			continue;
		for (size_t i = 0; i < cli_nr_options; i++) {
			const struct cli_option *o = &cli_options[i];
			bool value = o->value == CLI_VALUE, may = o->value == CLI_OPTIONAL;
			const char *at, *end, *whose;

			if (!(o->on & command->on))
				continue;
			rows++;
			snprintf(line, sizeof(line), "--%s%s%s%s ", o->name, value ? " " : may ? "[=" : "", value || may ? o->takes : "",
				 may ? "]" : "");
			/* One option may have several entries, of several commands. */
			for (at = text, whose = NULL; !whose && at && (at = strstr(at, line)); at++) {
				end = strstr(at, " .TP ");
				whose = strstr(at, command->name);
				if (o->key == CLI_HELP)
					whose = at;
				if (end && whose > end)
					whose = NULL;
			}
			if (!EXPECT(whose))
				printf("# daxdash %s %s\n", command->name, line);
		}
		EXPECT(rows >= 3);
		snprintf(line, sizeof(line), "daxdash %s", command->name);
		EXPECT(strstr(text, line));
	}
	for (size_t i = 0; i < cli_nr_operands; i++) {
		const char *help = cli_operands[i].help;

		if (!(cli_operands[i].on & CLI_DASH_COMMANDS))
			continue;
		/* As a sentence, and up to a quote, which troff writes in its own way. */
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(help, "'") - 1, help + 1);
		EXPECT(strstr(text, line));
	}
	CHECK(unit_quiet(), "that of daxdash has every command, with every option of it and its operands");
	free(text);
}

int main(void)
{
	char *text = page("tools/man/daxtop.1"), line[512];
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
	test_daxdash();
	return UNIT_STATUS;
}

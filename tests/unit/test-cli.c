// SPDX-License-Identifier: GPL-2.0-only
/* test-cli.c - the table of options: a letter means the same in all programs, and nothing in it contradicts itself. */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "unit.h"

/* One letter, one long name; one long name, one letter, and everywhere a value or everywhere none. */
static void test_same_everywhere(void)
{
	for (size_t i = 0; i < cli_nr_options; i++)
		for (size_t k = 0; k < i; k++) {
			const struct cli_option *a = &cli_options[i], *b = &cli_options[k];
			bool name = a->name && b->name && !strcmp(a->name, b->name);

			if (!EXPECT((a->key == b->key) == name))
				printf("# --%s and --%s\n", a->name, b->name);
			if (name)
				EXPECT((a->value == CLI_VALUE) == (b->value == CLI_VALUE));
			/* Two rows of one option are for different programs. */
			if (name && !EXPECT(!(a->on & b->on)))
				printf("# --%s is twice in the table for one program\n", a->name);
		}
	CHECK(unit_quiet(), "a letter and a name mean the same in each program");
}

static const struct cli_option *taken(const struct cli_command *command, const char *spelling)
{
	for (size_t i = 0; i < cli_nr_options; i++) {
		const struct cli_option *o = &cli_options[i];

		if (!(o->on & command->on) || !o->name)
			continue;
		if (spelling[1] == '-' ? !strcmp(o->name, spelling + 2) : o->key == (enum cli_key)spelling[1])
			return o;
	}
	return NULL;
}

/* An old spelling stands for an option that its program has, and is no present one there. */
static void test_old(void)
{
	for (size_t i = 0; i < cli_nr_olds; i++)
		for (size_t c = 0; c < cli_nr_commands; c++) {
			const struct cli_command *command = &cli_commands[c];
			bool there = false;

			if (!(cli_olds[i].on & command->on))
				continue;
			EXPECT(!taken(command, cli_olds[i].spelling));
			for (size_t k = 0; k < cli_nr_options; k++)
				there |= cli_options[k].key == cli_olds[i].key && cli_options[k].on & command->on;
			EXPECT(there);
		}
	CHECK(unit_quiet(), "an old spelling stands for an option of its program");
}

static void test_help(void)
{
	for (size_t c = 0; c < cli_nr_commands; c++) {
		char *text = NULL, *line, *rest;
		size_t size = 0;
		FILE *to = open_memstream(&text, &size);

		cli_help(to, &cli_commands[c]);
		fclose(to);
		rest = text;
		while ((line = strsep(&rest, "\n")))
			if (!EXPECT(strlen(line) < 80))
				printf("# %s\n", line);
		free(text);
	}
	CHECK(unit_quiet(), "--help of each command is below 80 columns");
}

int main(void)
{
	test_same_everywhere();
	test_old();
	test_help();
	return UNIT_STATUS;
}

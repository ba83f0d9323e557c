// SPDX-License-Identifier: GPL-2.0-only
/* help.c - --help, from the tables of commands and options. */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "util/err.h"

#define TEXT_COLUMN 24 /* where the text of an option begins */

/* What is typed, as in "-d, --delay SEC". */
static void option_sign(char *to, size_t size, const struct cli_option *o)
{
	const char *open = "", *takes = "", *close = "";
	char letter[8] = "    ";

	if (o->key < 256)
		snprintf(letter, sizeof(letter), "-%c, ", (char)o->key);
	if (o->value != CLI_NONE && o->takes) {
		open = o->value == CLI_OPTIONAL ? "[=" : " ";
		takes = o->takes;
		close = o->value == CLI_OPTIONAL ? "]" : "";
	}
	snprintf(to, size, "%s--%s%s%s%s", letter, o->name, open, takes, close);
}

/* A sign, and beside it its text. */
static void print_row(FILE *to, const char *sign, const char *line)
{
	const char *end;
	int width = fprintf(to, "  %s", sign);

	if (width > TEXT_COLUMN - 2) {
		fputc('\n', to);
		width = 0;
	}
	for (; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		fprintf(to, "%*s%.*s\n", TEXT_COLUMN - width, "", (int)(end - line), line);
		width = 0;
	}
}

static void print_option(FILE *to, const struct cli_option *o)
{
	char sign[80];

	option_sign(sign, sizeof(sign), o);
	print_row(to, sign, o->help);
}

bool cli_has_commands(const struct cli_command *command)
{
	size_t i;

	for (i = 0; !command->name && i < cli_nr_commands; i++)
		if (!strcmp(cli_commands[i].program, command->program) && cli_commands[i].name)
			return true;
	return false;
}

/* How an operand is written behind its command, as in [FILE...]. */
static void put_operand(FILE *to, const struct cli_operand *operand)
{
	fprintf(to, " %s%s%s%s", operand->least ? "" : "[", operand->name, operand->most > 1 ? "..." : "",
		operand->least ? "" : "]");
}

char *cli_usage(const struct cli_command *command)
{
	const char *line = command->operands, *end;
	char *text = NULL;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	do {
		fprintf(to, "%s%s%s", command->program, command->name ? " " : "", command->name ? command->name : "");
		if (line) {
			end = strchrnul(line, '\n');
			fprintf(to, "%s%.*s\n", end > line ? " " : "", (int)(end - line), line);
			line = *end ? end + 1 : end;
			continue;
		}
		fputs(" [OPTION]...", to);
		for (i = 0; i < cli_nr_operands; i++)
			if (cli_operands[i].on & command->on)
				put_operand(to, &cli_operands[i]);
		fputc('\n', to);
	} while (line && *line);
	if (fclose(to))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	return text;
}

static void print_usage(FILE *to, const struct cli_command *command)
{
	char *usage = cli_usage(command), *rest = usage, *line;
	const char *begin = "Usage: ";

	while ((line = strsep(&rest, "\n")) && *line) {
		fprintf(to, "%s%s\n", begin, line);
		begin = "       ";
	}
	free(usage);
}

void cli_help(FILE *to, const struct cli_command *command)
{
	size_t i;

	print_usage(to, command);
	fprintf(to, "%s\n", command->about);
	if (cli_has_commands(command))
		for (i = 0; i < cli_nr_commands; i++) {
			const struct cli_command *c = &cli_commands[i];

			if (!strcmp(c->program, command->program) && c->name)
				fprintf(to, "  %-10s %s\n", c->name, c->what);
		}
	if (cli_has_commands(command))
		fputc('\n', to);
	for (i = 0; i < cli_nr_operands; i++)
		if (cli_operands[i].on & command->on && cli_operands[i].help)
			print_row(to, cli_operands[i].name, cli_operands[i].help);
	for (i = 0; i < cli_nr_options; i++)
		if (cli_options[i].on & command->on && cli_options[i].help)
			print_option(to, &cli_options[i]);
	if (command->end)
		fprintf(to, "\n%s", command->end);
}

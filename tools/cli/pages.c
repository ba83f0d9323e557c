// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages.c - print what manuals and completions have from the table of options. tools/cli/update-pages puts it there.
 *
 * usage: cli-pages man PROGRAM [COMMAND] | bash | zsh | fish
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"

/* ---- Manuals */

static void roff_char(char c)
{
	if (c == '\\')
		fputs("\\e", stdout);
	else if (c == '-')
		fputs("\\-", stdout);
	else if (c == '\'')
		fputs("\\(aq", stdout);
	else
		putchar(c);
}

/* One paragraph: `bold`, _italic_. */
static void roff_text(const char *text, size_t len)
{
	bool bold = false, italic = false;
	size_t i;

	for (i = 0; i < len; i++) {
		bool before = !i || strchr(" (=[", text[i - 1]);

		if (text[i] == '`') {
			bold = !bold;
			fputs(bold ? "\\fB" : "\\fR", stdout);
		} else if (text[i] == '_' && !bold && (italic || before)) {
			italic = !italic;
			fputs(italic ? "\\fI" : "\\fR", stdout);
		} else {
			if (!i && (text[i] == '.' || text[i] == '\''))
				fputs("\\&", stdout);
			roff_char(text[i]);
		}
	}
	putchar('\n');
}

/* Paragraphs; lines that begin with a space stay as they are. */
static void roff_paragraphs(const char *text)
{
	const char *end;
	bool first = true;

	for (; *text; text = *end ? end + 2 : end) {
		end = strstr(text, "\n\n");
		if (!end)
			end = text + strlen(text);
		if (!first)
			puts(".IP");
		first = false;
		if (*text != ' ') {
			roff_text(text, (size_t)(end - text));
			continue;
		}
		puts(".nf");
		while (text < end) {
			const char *line = strchrnul(text, '\n');

			roff_text(text + 1, (size_t)(line - text) - 1);
			text = *line ? line + 1 : line;
		}
		puts(".fi");
	}
}

/* The text for --help as a sentence, and what the manual adds. */
static void option_text(const struct cli_option *o)
{
	char *text = NULL, *c;
	size_t len;

	if (o->more && *o->more == '=') {
		roff_paragraphs(o->more + 1);
		return;
	}
	if (asprintf(&text, "%s.%s%s", o->help, o->more ? " " : "", o->more ? o->more : "") < 0)
		exit(3);
	len = strlen(o->help);
	for (c = text; c < text + len; c++)
		if (*c == '\n')
			*c = ' ';
	*text = (char)toupper((unsigned char)*text);
	roff_paragraphs(text);
	free(text);
}

static void man_option(const struct cli_option *o)
{
	puts(".TP");
	if (o->key == CLI_COMMAND) {
		printf("\\fB\\-\\-\\fR \\fI%s\\fR\n", o->takes);
		option_text(o);
		return;
	}
	if (o->key < 256)
		printf("\\fB\\-%c\\fR, ", o->key);
	fputs("\\fB\\-\\-", stdout);
	for (const char *c = o->name; *c; c++)
		roff_char(*c);
	fputs("\\fR", stdout);
	if (o->value == CLI_VALUE)
		printf(" \\fI%s\\fR", o->takes);
	if (o->value == CLI_OPTIONAL)
		printf("[=\\fI%s\\fR]", o->takes);
	putchar('\n');
	option_text(o);
}

static void man(const struct cli_command *command)
{
	bool any = false;
	size_t i;

	for (i = 0; i < cli_nr_options; i++)
		if (cli_options[i].on & command->on && cli_options[i].help)
			man_option(&cli_options[i]);
	for (i = 0; i < cli_nr_olds; i++) {
		const struct cli_old *old = &cli_olds[i];
		const char *now = NULL;
		size_t k;

		if (!(old->on & command->on))
			continue;
		for (k = 0; k < cli_nr_options; k++)
			if (cli_options[k].key == old->key && cli_options[k].on & command->on)
				now = cli_options[k].name;
		if (!any)
			puts(".PP\nSpellings of release 0.1, which this release still accepts:");
		else
			puts(";");
		any = true;
		fputs("\\fB", stdout);
		for (const char *c = old->spelling; *c; c++)
			roff_char(*c);
		fputs("\\fR for \\fB\\-\\-", stdout);
		for (const char *c = now ? now : ""; *c; c++)
			roff_char(*c);
		fputs("\\fR", stdout);
	}
	if (any)
		puts(".");
}

/* ---- Completion. What a value can be follows from what the option takes. */

static void bash(void)
{
	size_t c, i;

	puts("_daxscope_table='");
	for (c = 0; c < cli_nr_commands; c++) {
		const struct cli_command *command = &cli_commands[c];
		const char *name = command->name ? command->name : "-";

		if (command->name)
			printf("%s - %s\n", command->program, command->name);
		for (i = 0; i < cli_nr_options; i++) {
			const struct cli_option *o = &cli_options[i];
			const char *takes = o->value == CLI_VALUE ? o->takes : "";

			if (!(o->on & command->on) || !o->name)
				continue;
			if (o->key < 256)
				printf("%s %s -%c%s%s\n", command->program, name, o->key, *takes ? " " : "", takes);
			printf("%s %s --%s%s%s\n", command->program, name, o->name, *takes ? " " : "", takes);
		}
	}
	puts("'");
}

static void zsh_quoted(const char *text)
{
	for (; *text && *text != '\n'; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr("[]:\\", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
	if (*text)
		fputs(" ...", stdout);
}

static const char *zsh_action(const char *takes)
{
	static const struct {
		const char *takes, *action;
	} actions[] = {
		{"FILE", "_files"},	{"PATH", "_files -/"},		    {"NAME", "_users"},
		{"PID", "_pids"},	{"PID[,PID]", "_sequence _pids"},   {"FIELD", "_daxscope_fields"},
		{"KIND", "_daxscope_kinds"}, {"WHEN", "(auto always never)"}, {"WHICH", "(sampled all)"},
	};
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (!strcmp(actions[i].takes, takes))
			return actions[i].action;
	return " ";
}

static void zsh_option(const struct cli_option *o)
{
	/* A name of a run is none of a user. */
	const char *action = o->value == CLI_VALUE || o->value == CLI_OPTIONAL ? zsh_action(o->takes) : NULL;
	const char *name = o->name, *sign = o->value == CLI_OPTIONAL ? "=-" : o->value == CLI_VALUE ? "=" : "";

	if (o->key == CLI_RUN_NAME)
		action = " ";
	if (o->key < 256)
		printf("\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", o->key, name, o->key,
		       o->value == CLI_OPTIONAL ? "-" : o->value == CLI_VALUE ? "+" : "", name, sign);
	else
		printf("\t\t'--%s%s[", name, sign);
	zsh_quoted(o->help ? o->help : o->name);
	putchar(']');
	if (action) {
		printf("%s:", o->value == CLI_OPTIONAL ? "::" + 1 : "");
		zsh_quoted(o->takes);
		printf(":%s", action);
	}
	puts("' \\");
}

static void zsh(void)
{
	size_t c, i;

	for (c = 0; c < cli_nr_commands; c++) {
		const struct cli_command *command = &cli_commands[c];
		const char *rest = "*:file:_files";

		if (command->on & CLI_WATCH)
			rest = "*::command:_normal";
		if (command->on & CLI_KINDS)
			rest = "";
		printf("_%s%s%s() {\n\t_arguments -s -S \\\n", command->program, command->name ? "_" : "",
		       command->name ? command->name : "");
		for (i = 0; i < cli_nr_options; i++)
			if (cli_options[i].on & command->on && cli_options[i].name)
				zsh_option(&cli_options[i]);
		if (command->on & (CLI_TRACE | CLI_BENCH)) {
			printf("\t\t'1:command:((");
			for (i = 0; i < cli_nr_commands; i++) {
				if (strcmp(cli_commands[i].program, command->program) || !cli_commands[i].name)
					continue;
				printf("%s\\:\"", cli_commands[i].name);
				zsh_quoted(cli_commands[i].what);
				printf("\" ");
			}
			puts("))'");
		} else {
			printf("\t\t'%s'\n", rest);
		}
		puts("}");
	}
}

static void fish_quoted(const char *text)
{
	putchar('\'');
	for (; *text && *text != '\n'; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	printf("%s'", *text ? " ..." : "");
}

static void fish_value(const struct cli_option *o)
{
	static const struct {
		const char *takes, *values;
	} values[] = {
		{"PATH", "-x -a '(__fish_complete_directories)'"},
		{"NAME", "-x -a '(__fish_complete_users)'"},
		{"PID", "-x -a '(__fish_complete_pids)'"},
		{"PID[,PID]", "-x -a '(__fish_complete_pids)'"},
		{"FIELD", "-x -a '(__daxscope_fields)'"},
		{"KIND", "-x -a '(__daxscope_kinds)'"},
		{"WHEN", "-x -a 'auto always never'"},
		{"WHICH", "-x -a 'sampled all'"},
		{"FILE", "-r -F"},
	};
	size_t i;

	if (o->value != CLI_VALUE)
		return;
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (!strcmp(values[i].takes, o->takes) && o->key != CLI_RUN_NAME) {
			printf(" %s", values[i].values);
			return;
		}
	fputs(" -x", stdout);
}

static void fish_command(const struct cli_command *command)
{
	char when[80] = "";
	size_t i;

	if (command->name)
		snprintf(when, sizeof(when), " -n '__fish_seen_subcommand_from %s'", command->name);
	else if (command->on & (CLI_TRACE | CLI_BENCH))
		snprintf(when, sizeof(when), " -n __fish_use_subcommand");
	if (command->name) {
		printf("complete -c %s -n __fish_use_subcommand -f -a %s -d ", command->program, command->name);
		fish_quoted(command->what);
		putchar('\n');
	}
	if (command->on & (CLI_TOP | CLI_KINDS | CLI_TRACE | CLI_BENCH))
		printf("complete -c %s%s -f\n", command->program, when);
	for (i = 0; i < cli_nr_options; i++) {
		const struct cli_option *o = &cli_options[i];

		if (!(o->on & command->on) || !o->name)
			continue;
		printf("complete -c %s%s", command->program, when);
		if (o->key < 256)
			printf(" -s %c", o->key);
		printf(" -l %s", o->name);
		fish_value(o);
		fputs(" -d ", stdout);
		fish_quoted(o->help ? o->help : o->name);
		putchar('\n');
	}
}

static void fish(void)
{
	size_t c;

	for (c = 0; c < cli_nr_commands; c++)
		fish_command(&cli_commands[c]);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const struct cli_command *command;

	if (!strcmp(what, "man") && argc > 2) {
		command = cli_find(argv[2], argc > 3 ? argv[3] : NULL);
		if (!command)
			return 2;
		man(command);
	} else if (!strcmp(what, "bash")) {
		bash();
	} else if (!strcmp(what, "zsh")) {
		zsh();
	} else if (!strcmp(what, "fish")) {
		fish();
	} else {
		return 2;
	}
	return fflush(stdout) ? 3 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages.c - print what manuals and completions have from the table of options. tools/cli/update-pages puts it there.
 *
 * usage: cli-pages man PROGRAM [COMMAND] | synopsis PROGRAM | bash | zsh | fish
 * man of a program that has commands: of all of them
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

/* The text for --help as a sentence, what the manual adds, and @whose it is. */
static void row_text(const char *help, const char *more, const char *whose)
{
	bool instead = more && *more == '=';
	size_t len = instead ? 0 : strlen(help);
	char *text = NULL, *c;

	if (asprintf(&text, "%s%s%s%s%s", instead ? more + 1 : help, instead ? "" : ".", !instead && more ? " " : "",
		     !instead && more ? more : "", whose) < 0)
		exit(3);
	for (c = text; c < text + len; c++)
		if (*c == '\n')
			*c = ' ';
	if (!instead)
		*text = (char)toupper((unsigned char)*text);
	roff_paragraphs(text);
	free(text);
}

static void man_option(const struct cli_option *o, const char *whose)
{
	puts(".TP");
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
	row_text(o->help, o->more, whose);
}

static void man_operand(const struct cli_operand *o, const char *whose)
{
	const char *name = strncmp(o->name, "-- ", 3) ? o->name : o->name + 3;

	printf(".TP\n%s\\fI", name == o->name ? "" : "\\fB\\-\\-\\fR ");
	for (; *name; name++)
		fputs(*name == '|' ? "\\fR | \\fI" : (char[]){*name, '\0'}, stdout);
	printf("\\fR%s\n", o->most > 1 ? " ..." : "");
	row_text(o->help, o->more, whose);
}

/* The page of a program has the options of all its commands, and says at each which commands take it. */
static unsigned mask_of(const struct cli_command *command)
{
	unsigned all = command->on;
	size_t i;

	for (i = 0; cli_has_commands(command) && i < cli_nr_commands; i++)
		if (!strcmp(cli_commands[i].program, command->program))
			all |= cli_commands[i].on;
	return all;
}

/* " (import, export)", or nothing when all commands take it. */
static const char *takers(const struct cli_command *self, unsigned on)
{
	static char text[256];
	bool all = true;
	size_t i, used = 0;

	*text = '\0';
	for (i = 0; cli_has_commands(self) && i < cli_nr_commands; i++) {
		const struct cli_command *c = &cli_commands[i];

		if (strcmp(c->program, self->program) || !c->name)
			continue;
		all &= (c->on & on) != 0;
		if (c->on & on && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used ? ", " : " (", c->name);
	}
	if (cli_has_commands(self) && !used)
		return " (without a command)";
	if (all || !used)
		return "";
	strncat(text, ")", sizeof(text) - used - 1);
	return text;
}

static void man(const struct cli_command *command)
{
	unsigned on = mask_of(command);
	bool any = false;
	size_t i;

	for (i = 0; i < cli_nr_operands; i++)
		if (cli_operands[i].on & on && cli_operands[i].help)
			man_operand(&cli_operands[i], takers(command, cli_operands[i].on));
	for (i = 0; i < cli_nr_options; i++)
		if (cli_options[i].on & on && cli_options[i].help)
			man_option(&cli_options[i], takers(command, cli_options[i].on));
	for (i = 0; i < cli_nr_olds; i++) {
		const struct cli_old *old = &cli_olds[i];
		const char *now = NULL;
		size_t k;

		if (!(old->on & on))
			continue;
		for (k = 0; k < cli_nr_options; k++)
			if (cli_options[k].key == old->key && cli_options[k].on & on)
				now = cli_options[k].name;
		if (!any)
			puts(".PP\nSpellings of earlier versions, which this release still accepts:");
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

/* A usage line: what is typed as it is in bold, what stands for something in italics. */
static void roff_usage(const char *line)
{
	while (*line) {
		size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");

		if (!len) {
			roff_char(*line++);
			continue;
		}
		fputs(isupper((unsigned char)*line) ? "\\fI" : "\\fB", stdout);
		while (len--)
			roff_char(*line++);
		fputs("\\fR", stdout);
	}
	putchar('\n');
}

static void synopsis(const char *program)
{
	bool first = true;
	size_t i;

	for (i = 0; i < cli_nr_commands; i++) {
		char *usage, *rest, *line;

		if (strcmp(cli_commands[i].program, program) || cli_has_commands(&cli_commands[i]))
			continue;
		usage = rest = cli_usage(&cli_commands[i]);
		while ((line = strsep(&rest, "\n")) && *line) {
			if (!first)
				puts(".br");
			first = false;
			roff_usage(line);
		}
		free(usage);
	}
}

/* ---- Completion. What a value can be follows from what the option takes. */

/* What the operands of @command can be, without what follows --: words, FILE, COMMAND, or nothing that can be listed. */
static const char *operand_words(const struct cli_command *command)
{
	size_t i;

	for (i = 0; i < cli_nr_operands; i++)
		if (cli_operands[i].on & command->on && cli_operands[i].words && strncmp(cli_operands[i].name, "-- ", 3) != 0)
			return cli_operands[i].words;
	return "";
}

static void bash_option(const struct cli_command *command, const char *name, const struct cli_option *o)
{
	const char *words = cli_words(command, o->key);
	char takes[256] = "", *c;

	if (o->value == CLI_VALUE)
		snprintf(takes, sizeof(takes), " %s%s", words ? words : o->takes, words ? "|" : "");
	for (c = takes + 1; words && *takes && *c; c++)
		if (*c == ' ')
			*c = '|';
	if (o->key < 256)
		printf("%s %s -%c%s\n", command->program, name, o->key, takes);
	printf("%s %s --%s%s\n", command->program, name, o->name, takes);
}

static void bash(void)
{
	size_t c, i;

	puts("_daxscope_table='");
	for (c = 0; c < cli_nr_commands; c++) {
		const struct cli_command *command = &cli_commands[c];
		const char *name = command->name ? command->name : "-";

		if (command->name)
			printf("%s - %s\n", command->program, command->name);
		for (i = 0; i < cli_nr_options; i++)
			if (cli_options[i].on & command->on && cli_options[i].name)
				bash_option(command, name, &cli_options[i]);
		if (!cli_has_commands(command))
			printf("%s %s operands%s%s\n", command->program, name, *operand_words(command) ? " " : "",
			       operand_words(command));
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

/* Is the value a NAME that completion cannot list? Only that of --user can be listed. */
static bool is_any_name(const struct cli_option *o)
{
	return o->key != CLI_USER && o->takes && !strcmp(o->takes, "NAME");
}

static const char *zsh_action(const char *takes)
{
	static const struct {
		const char *takes, *action;
	} actions[] = {
		{"FILE", "_files"},	{"PATH", "_files -/"},		    {"NAME", "_users"},
		{"PID", "_pids"},	{"PID[,PID]", "_sequence _pids"},   {"FIELD", "_daxscope_fields"},
		{"KIND", "_daxscope_kinds"}, {"DIR", "_files -/"},
	};
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (!strcmp(actions[i].takes, takes))
			return actions[i].action;
	return " ";
}

static void zsh_option(const struct cli_command *command, const struct cli_option *o)
{
	const char *action = o->value == CLI_VALUE || o->value == CLI_OPTIONAL ? zsh_action(o->takes) : NULL;
	const char *words = cli_words(command, o->key);
	const char *name = o->name, *sign = o->value == CLI_OPTIONAL ? "=-" : o->value == CLI_VALUE ? "=" : "";

	if (is_any_name(o))
		action = " ";
	if (o->key < 256)
		printf(" \\\n\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", o->key, name, o->key,
		       o->value == CLI_OPTIONAL ? "-" : o->value == CLI_VALUE ? "+" : "", name, sign);
	else
		printf(" \\\n\t\t'--%s%s[", name, sign);
	zsh_quoted(o->help ? o->help : o->name);
	putchar(']');
	if (action) {
		printf("%s:", o->value == CLI_OPTIONAL ? "::" + 1 : "");
		zsh_quoted(o->takes);
		printf(":%s%s%s", words ? "(" : "", words ? words : action, words ? ")" : "");
	}
	putchar('\'');
}

static void zsh_operands(const struct cli_command *command)
{
	size_t i, place = 1;

	for (i = 0; i < cli_nr_operands; i++) {
		const struct cli_operand *o = &cli_operands[i];

		if (!(o->on & command->on))
			continue;
		if (o->most == 1)
			printf(" \\\n\t\t'%zu:%s", place++, o->least ? "" : ":");
		else
			printf(" \\\n\t\t'*:%s", o->words && !strcmp(o->words, "COMMAND") ? ":" : "");
		zsh_quoted(strncmp(o->name, "-- ", 3) ? o->name : o->name + 3);
		if (o->words && !strcmp(o->words, "FILE"))
			printf(":_files'");
		else if (o->words && !strcmp(o->words, "COMMAND"))
			printf(":_normal'");
		else if (o->words)
			printf(":(%s)'", o->words);
		else
			printf(": '");
	}
}

static void zsh(void)
{
	size_t c, i;

	for (c = 0; c < cli_nr_commands; c++) {
		const struct cli_command *command = &cli_commands[c];

		printf("_%s%s%s() {\n\t_arguments -s -S", command->program, command->name ? "_" : "",
		       command->name ? command->name : "");
		for (i = 0; i < cli_nr_options; i++)
			if (cli_options[i].on & command->on && cli_options[i].name)
				zsh_option(command, &cli_options[i]);
		if (cli_has_commands(command)) {
			printf(" \\\n\t\t'1:command:((");
			for (i = 0; i < cli_nr_commands; i++) {
				if (strcmp(cli_commands[i].program, command->program) || !cli_commands[i].name)
					continue;
				printf("%s\\:\"", cli_commands[i].name);
				zsh_quoted(cli_commands[i].what);
				printf("\" ");
			}
			printf("))'");
		} else {
			zsh_operands(command);
		}
		puts("\n}");
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

static void fish_value(const struct cli_command *command, const struct cli_option *o)
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
		{"DIR", "-x -a '(__fish_complete_directories)'"},
		{"FILE", "-r -F"},
	};
	const char *words = cli_words(command, o->key);
	size_t i;

	if (o->value != CLI_VALUE)
		return;
	if (words) {
		printf(" -x -a '%s'", words);
		return;
	}
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (!strcmp(values[i].takes, o->takes) && !is_any_name(o)) {
			printf(" %s", values[i].values);
			return;
		}
	fputs(" -x", stdout);
}

static void fish_command(const struct cli_command *command)
{
	const char *words = operand_words(command);
	bool listed = *words && strcmp(words, "FILE") != 0 && strcmp(words, "COMMAND") != 0;
	char when[80] = "";
	size_t i;

	if (command->name)
		snprintf(when, sizeof(when), " -n '__fish_seen_subcommand_from %s'", command->name);
	else if (cli_has_commands(command))
		snprintf(when, sizeof(when), " -n __fish_use_subcommand");
	if (command->name) {
		printf("complete -c %s -n __fish_use_subcommand -f -a %s -d ", command->program, command->name);
		fish_quoted(command->what);
		putchar('\n');
	}
	if (!*words || listed)
		printf("complete -c %s%s -f%s%s%s\n", command->program, when, listed ? " -a '" : "", words, listed ? "'" : "");
	for (i = 0; i < cli_nr_options; i++) {
		const struct cli_option *o = &cli_options[i];

		if (!(o->on & command->on) || !o->name)
			continue;
		printf("complete -c %s%s", command->program, when);
		if (o->key < 256)
			printf(" -s %c", o->key);
		printf(" -l %s", o->name);
		fish_value(command, o);
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
	} else if (!strcmp(what, "synopsis") && argc > 2) {
		synopsis(argv[2]);
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

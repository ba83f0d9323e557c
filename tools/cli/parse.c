// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - read a command line by the table of options. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"
#include "util/err.h"
#include "util/version.h"

const struct cli_command *cli_find(const char *program, const char *name)
{
	size_t i;

	for (i = 0; i < cli_nr_commands; i++) {
		const struct cli_command *c = &cli_commands[i];

		if (!strcmp(c->program, program) && (name ? c->name && !strcmp(c->name, name) : !c->name))
			return c;
	}
	return NULL;
}

static const struct cli_option *find_key(const struct cli_command *command, enum cli_key key)
{
	size_t i;

	for (i = 0; i < cli_nr_options; i++)
		if (cli_options[i].key == key && cli_options[i].on & command->on)
			return &cli_options[i];
	return NULL;
}

/* An option that @command accepts and ignores. */
static const struct cli_option *find_idle(const struct cli_command *command, enum cli_key key)
{
	size_t i, k;

	for (i = 0; i < cli_nr_idles; i++)
		for (k = 0; k < cli_nr_options && cli_idles[i].on & command->on; k++)
			if (cli_idles[i].key == key && cli_options[k].key == key)
				return &cli_options[k];
	return NULL;
}

static const struct cli_option *find_taken(const struct cli_command *command, enum cli_key key)
{
	const struct cli_option *listed = find_key(command, key);

	return listed ? listed : find_idle(command, key);
}

static int has_arg(enum cli_value value)
{
	return value == CLI_NONE ? no_argument : value == CLI_VALUE ? required_argument : optional_argument;
}

static void add_letter(char **at, char letter, enum cli_value value)
{
	*(*at)++ = letter;
	if (value == CLI_VALUE || value == CLI_OPTIONAL)
		*(*at)++ = ':';
	if (value == CLI_OPTIONAL)
		*(*at)++ = ':';
}

/* What getopt_long() gets: the options of @command, the idle ones, and the old spellings. */
static void list_options(struct cli *cli, char *shorts)
{
	const struct cli_command *command = cli->command;
	size_t i, nr = 0;

	for (i = 0; i < cli_nr_options; i++) {
		const struct cli_option *o = &cli_options[i];

		if (!(o->on & command->on) || !o->name)
			continue;
		cli->longs[nr++] = (struct option){o->name, has_arg(o->value), NULL, (int)o->key};
		if (o->key < 256)
			add_letter(&shorts, (char)o->key, o->value);
	}
	for (i = 0; i < cli_nr_idles; i++) {
		const struct cli_option *o = find_idle(command, cli_idles[i].key);

		if (o && cli_idles[i].on & command->on)
			cli->longs[nr++] = (struct option){o->name, has_arg(o->value), NULL, (int)o->key};
	}
	for (i = 0; i < cli_nr_olds; i++) {
		const struct cli_old *old = &cli_olds[i];
		const struct cli_option *o = old->on & command->on ? find_taken(command, old->key) : NULL;

		if (!o)
			continue;
		/* The same number as the new spelling: what both begin with is short for one option, not for two. */
		if (old->spelling[1] == '-') {
			cli->olds[nr] = old;
			cli->longs[nr++] = (struct option){old->spelling + 2, has_arg(o->value), NULL, (int)o->key};
		} else {
			add_letter(&shorts, old->spelling[1], o->value);
		}
	}
}

void cli_begin(struct cli *cli, const struct cli_command *command, int argc, char **argv, bool stop)
{
	size_t max = cli_nr_options + cli_nr_idles + cli_nr_olds;
	char *at;

	*cli = (struct cli){
		.command = command,
		.argc = argc,
		.argv = argv,
		.longs = calloc(max + 1, sizeof(*cli->longs)),
		.olds = calloc(max + 1, sizeof(*cli->olds)),
		.shorts = calloc(3, max + 2),
	};
	if (!cli->longs || !cli->olds || !cli->shorts)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(ENOMEM));
	if (!command->name && argc == 2 && !strcmp(argv[1], "help")) {
		cli_help(stdout, command);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	at = cli->shorts;
	if (stop)
		*at++ = '+';
	*at++ = ':';
	list_options(cli, at);
	optind = 1;
	opterr = 0; /* getopt_long() would print any bytes as they are */
}

/* For people; a script's output stays as it is. */
static void note_old(const char *spelling, const struct cli_option *now)
{
	if (isatty(STDERR_FILENO))
		warn_msg("%s is now --%s; the old spelling goes away with the next release", spelling, now->name);
}

static void note_idle(const struct cli *cli, enum cli_key key)
{
	const struct cli_option *o = find_idle(cli->command, key);

	if (o && isatty(STDERR_FILENO))
		warn_msg("--%s has no effect in %s", o->name, cli->command->name);
}

static void list_free(struct cli *cli)
{
	free(cli->longs);
	free(cli->olds);
	free(cli->shorts);
	cli->longs = NULL;
	cli->olds = NULL;
	cli->shorts = NULL;
}

/* The options that @word, as in --re, may be short for: "--rows or --resident". */
static size_t list_meant(const struct cli *cli, const char *word, char *to, size_t size)
{
	size_t len = strcspn(word, "=") - 2, i, nr = 0, used = 0;

	*to = '\0';
	for (i = 0; cli->longs[i].name; i++) {
		if (strncmp(cli->longs[i].name, word + 2, len) || cli->olds[i])
			continue;
		if (used < size)
			used += (size_t)snprintf(to + used, size - used, "%s--%s", nr ? " or " : "", cli->longs[i].name);
		nr++;
	}
	return nr;
}

static void wrong(const struct cli *cli, bool lacks)
{
	const char *word = cli->argv[optind - 1];
	const struct cli_option *known = optopt ? find_taken(cli->command, (enum cli_key)optopt) : NULL;
	char meant[512];

	if (lacks)
		die_usage("%s: lacks its value", word);
	if (known && known->value == CLI_NONE)
		die_usage("%s: takes no value", word);
	if (optopt && !known && optopt < 256)
		die_usage("-%c: unknown option", optopt);
	if (!strncmp(word, "--", 2) && list_meant(cli, word, meant, sizeof(meant)) > 1)
		die_usage("%s: short for several: %s", word, meant);
	die_usage("%s: unknown option", word);
}

/* Are there as many words as the table has operands? Nothing where the command counts them itself. */
static void check_operands(const struct cli *cli)
{
	size_t given = (size_t)(cli->argc - optind), least = 0, most = 0, i;

	if (cli->command->operands)
		return;
	for (i = 0; i < cli_nr_operands; i++) {
		const struct cli_operand *o = &cli_operands[i];

		if (!(o->on & cli->command->on))
			continue;
		least += o->least;
		if (given < least)
			die_usage("missing %s: %s", o->name, o->help);
		if (o->most == CLI_MANY || most == CLI_MANY)
			most = CLI_MANY;
		else
			most += o->most;
	}
	if (given > most)
		die_usage(most ? "'%s': one word too many for %s" : "'%s': %s takes no words, only options",
			  cli->argv[(size_t)optind + most], cli->command->name);
}

enum cli_key cli_next(struct cli *cli)
{
	int place = -1, got = getopt_long(cli->argc, cli->argv, cli->shorts, cli->longs, &place);
	const struct cli_old *old = got >= 0 && place >= 0 ? cli->olds[place] : NULL;
	const struct cli_option *now;
	size_t i;

	if (got == -1) {
		list_free(cli);
		check_operands(cli);
		return CLI_END;
	}
	if (got == '?' || got == ':')
		wrong(cli, got == ':');
	if (got == CLI_HELP) {
		cli_help(stdout, cli->command);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	now = find_key(cli->command, (enum cli_key)got);
	for (i = 0; !now && place < 0 && i < cli_nr_olds; i++)
		if (cli_olds[i].on & cli->command->on && cli_olds[i].spelling[1] == got && !cli_olds[i].spelling[2])
			old = &cli_olds[i];
	if (old)
		note_old(old->spelling, find_taken(cli->command, old->key));
	else if (!now)
		note_idle(cli, (enum cli_key)got);
	return old ? old->key : (enum cli_key)got;
}

const char *cli_words(const struct cli_command *command, enum cli_key key)
{
	size_t i;

	for (i = 0; i < cli_nr_choices; i++)
		if (cli_choices[i].key == key && cli_choices[i].on & command->on)
			return cli_choices[i].words;
	return NULL;
}

unsigned cli_choose_word(const struct cli *cli, enum cli_key key, const char *text)
{
	const char *words = cli_words(cli->command, key), *word;
	char list[256] = "";
	unsigned nr = 0;
	size_t len;

	for (word = words; word && *word; word += len + (word[len] == ' '), nr++) {
		len = strcspn(word, " ");
		if (strlen(text) == len && !strncmp(word, text, len))
			return nr;
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%.*s",
			 !nr ? "" : word[len] ? ", " : " or ", (int)len, word);
	}
	die_usage("--%s: '%s': %s", find_taken(cli->command, key)->name, text, list);
}

void cli_version(const struct cli_command *command)
{
	print_version(command->program);
	exit(finish_stdout(DAX_EXIT_OK));
}

/* "record, report or stat" */
static void list_commands(char *to, size_t size, const char *program)
{
	const char *last = NULL;
	size_t i, used = 0;

	*to = '\0';
	for (i = 0; i < cli_nr_commands; i++) {
		if (strcmp(cli_commands[i].program, program) || !cli_commands[i].name)
			continue;
		if (last && used < size)
			used += (size_t)snprintf(to + used, size - used, "%s%s", used ? ", " : "", last);
		last = cli_commands[i].name;
	}
	if (last && used < size)
		snprintf(to + used, size - used, "%s%s", used ? " or " : "", last);
}

const struct cli_command *cli_choose(const char *program, int argc, char **argv)
{
	const struct cli_command *self = cli_find(program, NULL), *command;
	const char *word = argc > 1 ? argv[1] : NULL;
	char list[256];

	list_commands(list, sizeof(list), program);
	if (!word)
		die_usage("missing command: %s", list);
	if (!strcmp(word, "help") && argc > 2) {
		command = cli_find(program, argv[2]);
		if (!command)
			die_usage("'%s': no such command; use %s", argv[2], list);
		cli_help(stdout, command);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		cli_help(stdout, self);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	command = cli_find(program, word);
	if (!command)
		die_usage("'%s': no such command; use %s", word, list);
	return command;
}

// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - read a command line by the table of options. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"
#include "util/err.h"
#include "util/version.h"

#define OLD_BASE 4096 /* what getopt_long() returns for an old spelling: this and its place in the table */

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

void cli_begin(struct cli *cli, const struct cli_command *command, int argc, char **argv, bool stop)
{
	size_t max = cli_nr_options + cli_nr_olds, i, nr = 0;
	char *at;

	*cli = (struct cli){
		.command = command,
		.argc = argc,
		.argv = argv,
		.longs = calloc(max + 1, sizeof(*cli->longs)),
		.shorts = calloc(3, max + 2),
	};
	if (!cli->longs || !cli->shorts)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(ENOMEM));
	if (!command->name && argc == 2 && !strcmp(argv[1], "help")) {
		cli_help(stdout, command);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	at = cli->shorts;
	if (stop)
		*at++ = '+';
	*at++ = ':';
	for (i = 0; i < cli_nr_options; i++) {
		const struct cli_option *o = &cli_options[i];

		if (!(o->on & command->on) || !o->name)
			continue;
		cli->longs[nr++] = (struct option){o->name, has_arg(o->value), NULL, (int)o->key};
		if (o->key < 256)
			add_letter(&at, (char)o->key, o->value);
	}
	for (i = 0; i < cli_nr_olds; i++) {
		const struct cli_old *old = &cli_olds[i];
		const struct cli_option *o = old->on & command->on ? find_key(command, old->key) : NULL;

		if (!o)
			continue;
		if (old->spelling[1] == '-')
			cli->longs[nr++] = (struct option){old->spelling + 2, has_arg(o->value), NULL,
							   OLD_BASE + (int)i};
		else
			add_letter(&at, old->spelling[1], o->value);
	}
	optind = 1;
	opterr = 0; /* getopt_long() would print any bytes as they are */
}

/* For people; a script's output stays as it is. */
static void note_old(const char *spelling, const struct cli_option *now)
{
	if (isatty(STDERR_FILENO))
		warn_msg("%s is now --%s; the old spelling goes away with the next release", spelling, now->name);
}

static void wrong(const struct cli *cli, bool lacks)
{
	const char *word = cli->argv[optind - 1];
	const struct cli_option *known = optopt ? find_key(cli->command, (enum cli_key)optopt) : NULL;

	free(cli->longs);
	free(cli->shorts);
	if (lacks)
		die_usage("%s: lacks its value", word);
	if (known && known->value == CLI_NONE)
		die_usage("%s: takes no value", word);
	if (optopt && !known && optopt < 256)
		die_usage("-%c: unknown option", optopt);
	die_usage("%s: unknown option, or short for several", word);
}

enum cli_key cli_next(struct cli *cli)
{
	int got = getopt_long(cli->argc, cli->argv, cli->shorts, cli->longs, NULL);
	size_t i;

	if (got == -1) {
		free(cli->longs);
		free(cli->shorts);
		cli->longs = NULL;
		cli->shorts = NULL;
		return CLI_END;
	}
	if (got == '?' || got == ':')
		wrong(cli, got == ':');
	if (got == CLI_HELP) {
		cli_help(stdout, cli->command);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	if (got < OLD_BASE && find_key(cli->command, (enum cli_key)got))
		return (enum cli_key)got;
	for (i = 0; i < cli_nr_olds; i++) {
		const struct cli_old *old = &cli_olds[i];

		if (got == OLD_BASE + (int)i ||
		    (old->on & cli->command->on && old->spelling[1] == got && !old->spelling[2])) {
			note_old(old->spelling, find_key(cli->command, old->key));
			return old->key;
		}
	}
	return (enum cli_key)got;
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

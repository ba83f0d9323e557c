// SPDX-License-Identifier: GPL-2.0-only
/* test-cli.c - the table of options: a letter means the same in all programs, and nothing in it contradicts itself. */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "dash/format/format.h"
#include "dash/judge/judge.h"
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

static bool is_idle(const struct cli_command *command, enum cli_key key)
{
	for (size_t i = 0; i < cli_nr_idles; i++)
		if (cli_idles[i].key == key && cli_idles[i].on & command->on)
			return true;
	return false;
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
			EXPECT(there || is_idle(command, cli_olds[i].key));
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

/* Each command has a bit of its own in the masks. */
static void test_masks(void)
{
	unsigned seen = 0;

	for (size_t c = 0; c < cli_nr_commands; c++) {
		EXPECT(cli_commands[c].on && !(cli_commands[c].on & (cli_commands[c].on - 1)));
		EXPECT(!(seen & cli_commands[c].on));
		seen |= cli_commands[c].on;
	}
	for (size_t i = 0; i < cli_nr_options; i++)
		EXPECT(!(cli_options[i].on & ~seen));
	CHECK(unit_quiet(), "each command has one bit, and each bit of an option is that of a command");
}

/* What is idle in a command is an option of another, and not listed there. */
static void test_idle(void)
{
	for (size_t i = 0; i < cli_nr_idles; i++) {
		bool known = false;

		for (size_t k = 0; k < cli_nr_options; k++) {
			known |= cli_options[k].key == cli_idles[i].key;
			EXPECT(cli_options[k].key != cli_idles[i].key || !(cli_options[k].on & cli_idles[i].on));
		}
		EXPECT(known);
	}
	CHECK(unit_quiet(), "an option that does nothing in a command is not listed there");
}

/* --help or the manual names each word that a value can be. */
static void test_choices(void)
{
	for (size_t i = 0; i < cli_nr_choices; i++)
		for (size_t k = 0; k < cli_nr_options; k++) {
			const struct cli_option *o = &cli_options[k];
			char words[200], *rest = words, *word;

			if (o->key != cli_choices[i].key || !(o->on & cli_choices[i].on))
				continue;
			snprintf(words, sizeof(words), "%s", cli_choices[i].words);
			while ((word = strsep(&rest, " ")))
				if (!EXPECT(strstr(o->help, word) || (o->more && strstr(o->more, word))))
					printf("# --%s: %s\n", o->name, word);
		}
	for (size_t i = 0; i < nr_formats; i++) {
		const char *words = cli_words(cli_find("daxdash", formats[i]->write ? "export" : "import"), CLI_FORMAT);

		EXPECT(words && strstr(words, formats[i]->name));
	}
	for (size_t i = 0; i < PREDICT_NR; i++)
		EXPECT(strstr(cli_words(cli_find("daxdash", "gate"), CLI_LAST_POINT), predict_names[i].name));
	CHECK(unit_quiet(), "the words that a value can be are in --help or in the manual, and are all there are");
}

/* The options of daxdash before it had a part of this table: scripts have them. */
static const struct {
	const char *commands, *options;
} spelled[] = {
	{"run import export analyze gate compare explain bless page-data html serve selftest", "--store= --repo="},
	{"run import export", "--commit= --order= --parent= --branch= --subject= --time= --git= --github-event= --env= "
			      "--workload= --kind= --pair= --better= --advisory --keep-going"},
	{"gate", "--github-event= --mode= --base="},
	{"import export compare", "--format="},
	{"run export page-data html", "-o --output="},
	{"serve", "--listen="},
	{"analyze gate compare explain page-data html serve selftest",
	 "--acks= --algorithm= --otava-compat --window= --p-value= --magnitude= --permutations= --seed= --recent= "
	 "--false-discovery= --all --last-point= --head= --alg= --otava --false= --perm= --last="},
	{"analyze gate compare", "--junit= --markdown= --ktap= --github --github=x --openmetrics= --json= --js= "
			       "--allow-inconclusive"},
	{"bless", "--acks= -m --message= --who="},
	{"selftest", "--seed= --inject= --aa="},
};

static void try_spelling(const char *command, const char *option)
{
	size_t len = strlen(option);
	bool takes = option[len - 1] == '=' || option[1] != '-';
	char word[64], value[] = "x", *argv[] = {(char *)command, word, value, NULL};
	const struct cli_command *its = cli_find("daxdash", command);
	struct cli_command like;
	struct cli cli;

	snprintf(word, sizeof(word), "%.*s", (int)(option[len - 1] == '=' ? len - 1 : len), option);
	if (!EXPECT(its))
		return;
	like = *its;
	like.operands = ""; /* no operand is missing */
	cli_begin(&cli, &like, takes ? 3 : 2, argv, false);
	if (!EXPECT(cli_next(&cli) != CLI_END && (!takes || (optarg && !strcmp(optarg, "x")))))
		printf("# daxdash %s %s\n", command, word);
	EXPECT(cli_next(&cli) == CLI_END && optind == (takes ? 3 : 2));
}

static void test_daxdash(void)
{
	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
		char commands[200], *more = commands, *command;

		snprintf(commands, sizeof(commands), "%s", spelled[i].commands);
		while ((command = strsep(&more, " "))) {
			char options[400], *rest = options, *option;

			snprintf(options, sizeof(options), "%s", spelled[i].options);
			while ((option = strsep(&rest, " ")))
				try_spelling(command, option);
		}
	}
	CHECK(unit_quiet(), "daxdash takes each spelling that it took before, short forms too");
}

int main(void)
{
	test_masks();
	test_idle();
	test_choices();
	test_daxdash();
	test_same_everywhere();
	test_old();
	test_help();
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* args.c - what the command line says, from the table of options of all programs, into one struct for all commands. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/command/command.h"
#include "dash/format/build.h"
#include "util/err.h"

static double real(const char *option, const char *text, double least, double most)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= least && value <= most))
		die_usage("--%s: '%s' is not a number from %g to %g", option, text, least, most);
	return value;
}

static __u64 whole(const char *option, const char *text, double least, double most)
{
	double value = real(option, text, least, most);

	if (value != rint(value))
		die_usage("--%s: '%s' is not a whole number", option, text);
	return (__u64)value;
}

static void add_env(struct dash_args *args, const char *text)
{
	struct format_given *g = &args->given;
	const char *equal = strchr(text, '=');
	struct dash_pair *more;

	if (!equal || equal == text)
		die_usage("--env: '%s' is not KEY=VALUE", text);
	more = reallocarray(g->env, g->nr_env + 1, sizeof(*more));
	if (!more)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	g->env = more;
	more[g->nr_env].key = clean_text(text, (size_t)(equal - text), FORMAT_MAX_NAME);
	more[g->nr_env++].value = clean(equal + 1);
}

static double factor(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || strcmp(end, "%") || !(fabs(value) <= 1000) || value <= -100)
		die_usage("--inject: '%s' is not a percentage, as +10%%", text);
	return 1 + value / 100;
}

/* RULE, or RULE:BOUNDARY. */
static void put_last(struct judge_opts *j, const char *text)
{
	size_t len = strcspn(text, ":"), i;
	char list[200] = "";

	for (i = 0; i < PREDICT_NR; i++) {
		const struct predict_name *p = &predict_names[i];

		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "", p->name);
		if (strncmp(p->name, text, len) || p->name[len])
			continue;
		j->last = (enum predict_rule)i;
		if (!text[len] && isnan(p->boundary))
			die_usage("--last-point: %s needs a boundary, as %s:100", p->name, p->name);
		if (text[len] && j->last == PREDICT_MADS)
			die_usage("--last-point: mads takes no boundary");
		j->last_boundary = text[len] ? real("last-point", text + len + 1, p->least, p->most) : p->boundary;
		return;
	}
	die_usage("--last-point: '%s': %s", text, list);
}

static bool put_commit_option(struct dash_args *args, const struct cli *cli, enum cli_key key, char *arg)
{
	struct dash_commit *c = &args->given.commit;

	switch (key) {
	case CLI_COMMIT:
		c->sha = arg;
		return true;
	case CLI_ORDER:
		c->order = (__s64)whole("order", arg, 0, 1e12);
		return true;
	case CLI_PARENT:
		c->parent = arg;
		return true;
	case CLI_BRANCH:
		c->branch = arg;
		return true;
	case CLI_SUBJECT:
		c->subject = arg;
		return true;
	case CLI_TIMESTAMP:
		c->time = (__s64)whole("timestamp", arg, 0, 1e12);
		return true;
	case CLI_GIT:
		args->git = arg;
		return true;
	case CLI_GITHUB_EVENT:
		args->event = arg;
		return true;
	case CLI_ENV:
		add_env(args, arg);
		return true;
	case CLI_WORKLOAD:
		args->given.workload = arg;
		return true;
	case CLI_KIND:
		cli_choose_word(cli, key, arg);
		args->given.kind = arg;
		return true;
	case CLI_PAIR:
		args->given.pair = arg;
		return true;
	case CLI_BETTER:
		args->given.better = cli_choose_word(cli, key, arg) ? DASH_HIGHER : DASH_LOWER;
		return true;
	case CLI_ADVISORY:
		args->given.advisory = true;
		return true;
	case CLI_KEEP_GOING:
		args->keep_going = true;
		return true;
	default:
		return false;
	}
}

static bool put_judge_option(struct dash_args *args, const struct cli *cli, enum cli_key key, char *arg)
{
	struct judge_opts *j = &args->judge;

	switch (key) {
	case CLI_ACKS:
		args->acks = arg;
		return true;
	case CLI_ALGORITHM:
		j->algo = (enum judge_algo)cli_choose_word(cli, key, arg);
		return true;
	case CLI_OTAVA_COMPAT:
		j->algo = JUDGE_OTAVA;
		j->hunter.ddof = 0;
		return true;
	case CLI_WINDOW:
		j->hunter.window = whole("window", arg, 2, 100000);
		return true;
	case CLI_P_VALUE:
		j->hunter.p = real("p-value", arg, 0, 1);
		return true;
	case CLI_MAGNITUDE:
		j->hunter.magnitude = real("magnitude", arg, 0, 1e9);
		return true;
	case CLI_PERMUTATIONS:
		j->permutations = (unsigned)whole("permutations", arg, 19, 1e6);
		return true;
	case CLI_SEED:
		j->seed = whole("seed", arg, 0, 1e15);
		return true;
	case CLI_RECENT:
		j->recent = whole("recent", arg, 1, 1e6);
		return true;
	case CLI_LAST_POINT:
		put_last(j, arg);
		return true;
	case CLI_FALSE_DISCOVERY:
		j->q = real("false-discovery", arg, 0, 1);
		return true;
	case CLI_ALL:
		args->all_series = true;
		return true;
	case CLI_HEAD:
		args->head = arg;
		return true;
	default:
		return false;
	}
}

static void put_option(struct dash_args *args, const struct cli *cli, enum cli_key key, char *arg)
{
	if (put_commit_option(args, cli, key, arg) || put_judge_option(args, cli, key, arg))
		return;
	switch (key) {
	case CLI_STORE:
		args->store = arg;
		break;
	case CLI_REPO:
		args->repo = args->given.commit.repo = arg;
		break;
	case CLI_FORMAT:
		args->format = arg;
		break;
	case CLI_OUTPUT:
		args->output = arg;
		break;
	case CLI_MODE:
		args->pr_mode = cli_choose_word(cli, key, arg);
		break;
	case CLI_BASE:
		args->base = arg;
		break;
	case CLI_JUNIT:
		args->junit = arg;
		break;
	case CLI_MARKDOWN:
		args->markdown = arg;
		break;
	case CLI_KTAP:
		args->ktap = arg;
		break;
	case CLI_GITHUB:
		args->github = arg ? arg : "-";
		break;
	case CLI_OPENMETRICS:
		args->openmetrics = arg;
		break;
	case CLI_JSON_FILE:
		args->json = arg;
		break;
	case CLI_ALLOW_INCONCLUSIVE:
		args->allow_inconclusive = true;
		break;
	case CLI_MESSAGE:
		args->reason = arg;
		break;
	case CLI_WHO:
		args->who = arg;
		break;
	case CLI_INJECT:
		args->inject = factor(arg);
		break;
	case CLI_LISTEN:
		args->listen = arg;
		break;
	case CLI_AA:
		args->aa = (unsigned)whole("aa", arg, 1, 1e6);
		break;
	default:
		try_help();
	}
}

void args_parse(struct dash_args *args, const struct cli_command *command, int argc, char *argv[])
{
	enum cli_key key;
	struct cli cli;

	*args = (struct dash_args){.store = getenv("DAXDASH_STORE"),
				   .acks = DASH_DEFAULT_ACKS,
				   .judge = judge_defaults,
				   .inject = NAN};
	args->given.better = DASH_NONE;
	args->given.commit.order = args->given.commit.time = -1;
	if (!args->store || !*args->store)
		args->store = DASH_DEFAULT_STORE;
	cli_begin(&cli, command, argc, argv, false);
	while ((key = cli_next(&cli)) != CLI_END)
		put_option(args, &cli, key, optarg);
	args->word = argv + optind;
	args->nr_words = (size_t)(argc - optind);
}

void args_free(struct dash_args *args)
{
	size_t i;

	for (i = 0; i < args->given.nr_env; i++) {
		free(args->given.env[i].key);
		free(args->given.env[i].value);
	}
	free(args->given.env);
}

// SPDX-License-Identifier: GPL-2.0-only
/* args.c - the options of all commands: one table, of which each command takes some groups. */
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/command/command.h"
#include "dash/format/build.h"
#include "util/err.h"

enum {
	OPT_STORE = 256,
	OPT_REPO,
	OPT_ACKS,
	OPT_FORMAT,
	OPT_COMMIT,
	OPT_ORDER,
	OPT_PARENT,
	OPT_BRANCH,
	OPT_SUBJECT,
	OPT_TIME,
	OPT_GIT,
	OPT_EVENT,
	OPT_ENV,
	OPT_WORKLOAD,
	OPT_KIND,
	OPT_PAIR,
	OPT_BETTER,
	OPT_ADVISORY,
	OPT_KEEP_GOING,
	OPT_ALGO,
	OPT_OTAVA,
	OPT_WINDOW,
	OPT_P,
	OPT_MAGNITUDE,
	OPT_PERMUTATIONS,
	OPT_SEED,
	OPT_RECENT,
	OPT_Q,
	OPT_ALL,
	OPT_MODE,
	OPT_BASE,
	OPT_HEAD,
	OPT_JUNIT,
	OPT_MARKDOWN,
	OPT_KTAP,
	OPT_GITHUB,
	OPT_OPENMETRICS,
	OPT_JSON,
	OPT_INCONCLUSIVE,
	OPT_WHO,
	OPT_INJECT,
	OPT_AA,
	OPT_LISTEN,
	OPT_LAST,
};

static const struct {
	struct option option;
	unsigned group;
	const char *help;
} table[] = {
	{{"store", 1, NULL, OPT_STORE}, TAKES_STORE, "FILE      SQLite file (.daxdash/store.db), or postgresql://..."},
	{{"repo", 1, NULL, OPT_REPO}, TAKES_STORE, "NAME       of which repository"},
	{{"acks", 1, NULL, OPT_ACKS}, TAKES_JUDGE | TAKES_REASON, "FILE       accepted changes (.daxdash/acks.json)"},
	{{"format", 1, NULL, OPT_FORMAT}, TAKES_FORMAT, "NAME     see below"},
	{{"output", 1, NULL, 'o'}, TAKES_OUTPUT, "FILE     instead of standard output"},
	{{"listen", 1, NULL, OPT_LISTEN}, TAKES_LISTEN, "ADDRESS  [ADDR:]PORT (127.0.0.1:9742)"},
	{{"commit", 1, NULL, OPT_COMMIT}, TAKES_GIVEN, "SHA      the commit that was measured"},
	{{"order", 1, NULL, OPT_ORDER}, TAKES_GIVEN, "N         its place in history: git rev-list --first-parent --count"},
	{{"parent", 1, NULL, OPT_PARENT}, TAKES_GIVEN, "SHA      its first parent"},
	{{"branch", 1, NULL, OPT_BRANCH}, TAKES_GIVEN, "NAME     its branch"},
	{{"subject", 1, NULL, OPT_SUBJECT}, TAKES_GIVEN, "TEXT    its first line"},
	{{"time", 1, NULL, OPT_TIME}, TAKES_GIVEN, "SECONDS    when it was made, since 1970"},
	{{"git", 1, NULL, OPT_GIT}, TAKES_GIVEN, "DIR         take all of these from the repository there (of HEAD)"},
	{{"github-event", 1, NULL, OPT_EVENT}, TAKES_GIVEN | TAKES_BASE, "FILE  take the commits from GITHUB_EVENT_PATH"},
	{{"env", 1, NULL, OPT_ENV}, TAKES_GIVEN, "KEY=VALUE   of the environment; may be given again"},
	{{"workload", 1, NULL, OPT_WORKLOAD}, TAKES_GIVEN, "NAME   of formats that do not say"},
	{{"kind", 1, NULL, OPT_KIND}, TAKES_GIVEN, "WHAT       main, pr, confirm or manual"},
	{{"pair", 1, NULL, OPT_PAIR}, TAKES_GIVEN, "NAME       runs that were made side by side"},
	{{"better", 1, NULL, OPT_BETTER}, TAKES_GIVEN, "WAY      lower or higher, of formats that do not say"},
	{{"advisory", 0, NULL, OPT_ADVISORY}, TAKES_GIVEN, "        show it, but never fail because of it"},
	{{"keep-going", 0, NULL, OPT_KEEP_GOING}, TAKES_GIVEN, "      store the files that are good, although others are not"},
	{{"algorithm", 1, NULL, OPT_ALGO}, TAKES_JUDGE, "NAME  robust, otava or edivisive"},
	{{"otava-compat", 0, NULL, OPT_OTAVA}, TAKES_JUDGE, "    the same numbers as Apache Otava"},
	{{"window", 1, NULL, OPT_WINDOW}, TAKES_JUDGE, "RUNS     of otava (50)"},
	{{"p-value", 1, NULL, OPT_P}, TAKES_JUDGE, "P       of otava (0.001)"},
	{{"magnitude", 1, NULL, OPT_MAGNITUDE}, TAKES_JUDGE, "M     of otava (0)"},
	{{"permutations", 1, NULL, OPT_PERMUTATIONS}, TAKES_JUDGE, "TIMES  of edivisive (999)"},
	{{"seed", 1, NULL, OPT_SEED}, TAKES_JUDGE | TAKES_SELFTEST, "N          of edivisive and selftest (1)"},
	{{"recent", 1, NULL, OPT_RECENT}, TAKES_JUDGE, "N        a change so many points back is still news (10)"},
	{{"false-discovery", 1, NULL, OPT_Q}, TAKES_JUDGE, "Q  rate over the gate set (0.05)"},
	{{"all", 0, NULL, OPT_ALL}, TAKES_JUDGE, "             series that passed too"},
	{{"mode", 1, NULL, OPT_MODE}, TAKES_BASE, "MODE       history, or pr: base against head"},
	{{"base", 1, NULL, OPT_BASE}, TAKES_BASE, "SHA        of a pull request"},
	{{"last-point", 1, NULL, OPT_LAST}, TAKES_JUDGE, "RULE  of the newest point alone: RULE[:BOUNDARY] (mads), see the man page"},
	{{"head", 1, NULL, OPT_HEAD}, TAKES_JUDGE, "SHA        judge this commit, not the newest"},
	{{"junit", 1, NULL, OPT_JUNIT}, TAKES_REPORTS, "FILE      also write JUnit XML; - is standard output"},
	{{"markdown", 1, NULL, OPT_MARKDOWN}, TAKES_REPORTS, "FILE   ... Markdown, as for GITHUB_STEP_SUMMARY"},
	{{"ktap", 1, NULL, OPT_KTAP}, TAKES_REPORTS, "FILE       ... KTAP"},
	{{"github", 2, NULL, OPT_GITHUB}, TAKES_REPORTS, "[=FILE]    ... annotations of GitHub Actions"},
	{{"openmetrics", 1, NULL, OPT_OPENMETRICS}, TAKES_REPORTS, "FILE  ... OpenMetrics"},
	{{"json", 1, NULL, OPT_JSON}, TAKES_REPORTS, "FILE       ... what the page shows"},
	{{"allow-inconclusive", 0, NULL, OPT_INCONCLUSIVE}, TAKES_REPORTS, "  end with 0 instead of 4"},
	{{"message", 1, NULL, 'm'}, TAKES_REASON, "TEXT    why it is accepted"},
	{{"who", 1, NULL, OPT_WHO}, TAKES_REASON, "NAME        who accepts it"},
	{{"inject", 1, NULL, OPT_INJECT}, TAKES_SELFTEST, "PERCENT  add a regression, such as +10%, that the gate must find: ends with 1"},
	{{"aa", 1, NULL, OPT_AA}, TAKES_SELFTEST, "N            compare N times what did not change: false alarms"},
};
#define NR_OPTIONS (sizeof(table) / sizeof(table[0]))

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

static const char *word_of(const char *option, const char *text, const char *const *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(words[i], text))
			return text;
	die_usage("--%s: '%s': no such one", option, text);
}

static double factor(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || strcmp(end, "%") || !(fabs(value) <= 1000) || value <= -100)
		die_usage("--inject: '%s' is not a percentage, as +10%%", text);
	return 1 + value / 100;
}

static void put_algorithm(struct dash_args *args, const char *text)
{
	static const char *const names[] = {"robust", "otava", "edivisive"};
	unsigned i;

	for (i = 0; i < 3 && strcmp(names[i], text); i++)
		;
	if (i == 3)
		die_usage("--algorithm: '%s': robust, otava or edivisive", text);
	args->judge.algo = (enum judge_algo)i;
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

static bool put_commit_option(struct dash_args *args, int opt, char *arg)
{
	static const char *const kinds[] = {"main", "pr", "confirm", "manual"};
	struct dash_commit *c = &args->given.commit;

	switch (opt) {
	case OPT_COMMIT:
		c->sha = arg;
		return true;
	case OPT_ORDER:
		c->order = (__s64)whole("order", arg, 0, 1e12);
		return true;
	case OPT_PARENT:
		c->parent = arg;
		return true;
	case OPT_BRANCH:
		c->branch = arg;
		return true;
	case OPT_SUBJECT:
		c->subject = arg;
		return true;
	case OPT_TIME:
		c->time = (__s64)whole("time", arg, 0, 1e12);
		return true;
	case OPT_GIT:
		args->git = arg;
		return true;
	case OPT_EVENT:
		args->event = arg;
		return true;
	case OPT_ENV:
		add_env(args, arg);
		return true;
	case OPT_WORKLOAD:
		args->given.workload = arg;
		return true;
	case OPT_KIND:
		args->given.kind = word_of("kind", arg, kinds, 4);
		return true;
	case OPT_PAIR:
		args->given.pair = arg;
		return true;
	case OPT_BETTER:
		if (strcmp(arg, "lower") && strcmp(arg, "higher"))
			die_usage("--better: '%s': lower or higher", arg);
		args->given.better = strcmp(arg, "lower") ? DASH_HIGHER : DASH_LOWER;
		return true;
	case OPT_ADVISORY:
		args->given.advisory = true;
		return true;
	case OPT_KEEP_GOING:
		args->keep_going = true;
		return true;
	default:
		return false;
	}
}

static bool put_judge_option(struct dash_args *args, int opt, char *arg)
{
	struct judge_opts *j = &args->judge;

	switch (opt) {
	case OPT_ACKS:
		args->acks = arg;
		return true;
	case OPT_ALGO:
		put_algorithm(args, arg);
		return true;
	case OPT_OTAVA:
		j->algo = JUDGE_OTAVA;
		j->hunter.ddof = 0;
		return true;
	case OPT_WINDOW:
		j->hunter.window = whole("window", arg, 2, 100000);
		return true;
	case OPT_P:
		j->hunter.p = real("p-value", arg, 0, 1);
		return true;
	case OPT_MAGNITUDE:
		j->hunter.magnitude = real("magnitude", arg, 0, 1e9);
		return true;
	case OPT_PERMUTATIONS:
		j->permutations = (unsigned)whole("permutations", arg, 19, 1e6);
		return true;
	case OPT_SEED:
		j->seed = whole("seed", arg, 0, 1e15);
		return true;
	case OPT_RECENT:
		j->recent = whole("recent", arg, 1, 1e6);
		return true;
	case OPT_LAST:
		put_last(j, arg);
		return true;
	case OPT_Q:
		j->q = real("false-discovery", arg, 0, 1);
		return true;
	case OPT_ALL:
		args->all_series = true;
		return true;
	case OPT_HEAD:
		args->head = arg;
		return true;
	default:
		return false;
	}
}

static void put_option(struct dash_args *args, int opt, char *arg)
{
	if (put_commit_option(args, opt, arg) || put_judge_option(args, opt, arg))
		return;
	switch (opt) {
	case OPT_STORE:
		args->store = arg;
		break;
	case OPT_REPO:
		args->repo = args->given.commit.repo = arg;
		break;
	case OPT_FORMAT:
		args->format = arg;
		break;
	case 'o':
		args->output = arg;
		break;
	case OPT_MODE:
		if (strcmp(arg, "pr") && strcmp(arg, "history"))
			die_usage("--mode: '%s': history or pr", arg);
		args->pr_mode = !strcmp(arg, "pr");
		break;
	case OPT_BASE:
		args->base = arg;
		break;
	case OPT_JUNIT:
		args->junit = arg;
		break;
	case OPT_MARKDOWN:
		args->markdown = arg;
		break;
	case OPT_KTAP:
		args->ktap = arg;
		break;
	case OPT_GITHUB:
		args->github = arg ? arg : "-";
		break;
	case OPT_OPENMETRICS:
		args->openmetrics = arg;
		break;
	case OPT_JSON:
		args->json = arg;
		break;
	case OPT_INCONCLUSIVE:
		args->allow_inconclusive = true;
		break;
	case 'm':
		args->reason = arg;
		break;
	case OPT_WHO:
		args->who = arg;
		break;
	case OPT_INJECT:
		args->inject = factor(arg);
		break;
	case OPT_LISTEN:
		args->listen = arg;
		break;
	case OPT_AA:
		args->aa = (unsigned)whole("aa", arg, 1, 1e6);
		break;
	}
}

static void help(const struct command *command)
{
	size_t i;

	printf("Usage: daxdash %s [OPTION]...%s\n%s\n\n", command->name, command->operands,
	       command->what);
	for (i = 0; i < NR_OPTIONS; i++) {
		const struct option *o = &table[i].option;
		char sign[4] = "";

		if (!(table[i].group & command->takes))
			continue;
		if (o->val < 256)
			snprintf(sign, sizeof(sign), "-%c,", o->val);
		printf("  %3s --%s%s%s\n", sign, o->name, *table[i].help == '[' ? "" : " ",
		       table[i].help);
	}
	puts("  -h, --help");
	if (command->more)
		printf("\n%s", command->more);
}

void args_parse(struct dash_args *args, const struct command *command, int argc, char *argv[])
{
	struct option longopts[NR_OPTIONS + 2] = {0};
	size_t i, nr = 0;
	int opt;

	*args = (struct dash_args){.store = getenv("DAXDASH_STORE"),
				   .acks = DASH_DEFAULT_ACKS,
				   .judge = judge_defaults,
				   .inject = NAN};
	args->given.better = DASH_NONE;
	args->given.commit.order = args->given.commit.time = -1;
	if (!args->store || !*args->store)
		args->store = DASH_DEFAULT_STORE;
	for (i = 0; i < NR_OPTIONS; i++)
		if (table[i].group & command->takes)
			longopts[nr++] = table[i].option;
	longopts[nr] = (struct option){"help", 0, NULL, 'h'};
	argv[0] = (char *)program_name(); /* for the messages of getopt_long() */
	while ((opt = getopt_long(argc, argv,
				  command->takes & TAKES_REASON	  ? "m:h" :
				  command->takes & TAKES_OUTPUT	  ? "o:h" :
								    "h",
				  longopts, NULL)) != -1) {
		if (opt == '?')
			try_help();
		if (opt == 'h') {
			help(command);
			exit(finish_stdout(DAX_EXIT_OK));
		}
		put_option(args, opt, optarg);
	}
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

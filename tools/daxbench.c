// SPDX-License-Identifier: GPL-2.0-only
/* daxbench.c - cause an exact number of DAX page faults, and print what they are counted as. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/caused.h"
#include "bench/mixed.h"
#include "cli/cli.h"
#include "util/err.h"
#include "util/number.h"
#include "util/pages.h"

#define DEFAULT_SECONDS 20
#define MAX_SECONDS	86400

struct options {
	const char *kind, *file;
	__u64 count, seed, threads, procs, follow, seconds;
	bool time, force, pretty;
};

static void option(struct options *opt, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_KIND:
		opt->kind = arg;
		break;
	case CLI_COUNT:
		opt->count = parse_number("--count", arg, 1, MAX_COUNT);
		break;
	case CLI_FOLLOW:
		opt->follow = parse_number("--follow", arg, 0, MAX_FOLLOW);
		break;
	case CLI_SEED:
		opt->seed = parse_number("--seed", arg, 0, ~0ULL);
		break;
	case CLI_NR_THREADS:
		opt->threads = parse_number("--nr-threads", arg, 1, MAX_WORKERS);
		break;
	case CLI_NR_PROCS:
		opt->procs = parse_number("--nr-procs", arg, 1, MAX_WORKERS);
		break;
	case CLI_DURATION:
		opt->seconds = parse_number("--duration", arg, 1, MAX_SECONDS);
		break;
	case CLI_TIME:
		opt->time = true;
		break;
	case CLI_FORCE:
		opt->force = true;
		break;
	case CLI_PRETTY:
		opt->pretty = true;
		break;
	case CLI_VERSION:
		cli_version(cli_find("daxbench", NULL));
	default:
		try_help();
	}
}

static void parse_faults(int argc, char **argv, struct options *opt)
{
	enum cli_key key;
	struct cli cli;

	cli_begin(&cli, cli_find("daxbench", "faults"), argc, argv, false);
	while ((key = cli_next(&cli)) != CLI_END)
		option(opt, key, optarg);
	if (optind + 1 != argc)
		die_usage(optind == argc ? "no FILE given" : "more than one FILE given");
	opt->file = argv[optind];
}

static json_t *run_mixed(const struct options *opt)
{
	struct mixed mixed = {.file = opt->file,
			      .count = opt->count,
			      .seed = opt->seed,
			      .seconds = opt->seconds ? opt->seconds : DEFAULT_SECONDS,
			      .force = opt->force};

	if (opt->threads || opt->procs || opt->follow || opt->time)
		die_usage("--nr-threads, --nr-procs, --follow and --time do not go with kind mixed");
	return mixed_run(&mixed);
}

static json_t *run_kind(const struct options *opt)
{
	struct plan plan = {.kind = find_kind(opt->kind),
			    .count = opt->count,
			    .seed = opt->seed,
			    .follow = opt->follow,
			    .threads = opt->threads ? opt->threads : 1,
			    .procs = opt->procs ? opt->procs : 1};
	struct run_result result;
	json_t *root;

	if (!plan.kind)
		die_usage("--kind '%s': no such kind; 'daxbench kinds' lists them", opt->kind);
	if (!plan.count)
		die_usage("--count is missing");
	if (opt->seconds)
		die_usage("--duration goes with kind mixed only");
	if (plan.follow && !kind_falls_back(plan.kind))
		die_usage("--follow goes with the fallbacks (fb-...) only");
	target_create(&plan.target, opt->file, opt->force);
	layout_prepare(&plan);
	run_plans(&plan, 1, &result);
	target_keep(&plan.target);
	root = plan_json(&plan, &result, opt->time);
	free(plan.range);
	return root;
}

static void run_faults(int argc, char **argv)
{
	struct options opt = {};
	json_t *root;
	char *text;

	parse_faults(argc, argv, &opt);
	if (!opt.kind)
		die_usage("--kind is missing");
	root = strcmp(opt.kind, "mixed") ? run_kind(&opt) : run_mixed(&opt);
	text = root ? json_dumps(root,
				 JSON_SORT_KEYS | (opt.pretty ? JSON_INDENT(2) : JSON_COMPACT))
		    : NULL;
	if (!text)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	puts(text);
	free(text);
	json_decref(root);
}

static void list_kinds(void)
{
	for (size_t i = 0; i < nr_bench_kinds; i++)
		printf("%-21s %s\n", bench_kinds[i].name, bench_kinds[i].help);
	printf("%-21s %s\n", "mixed", "several of them at once, in processes of their own");
}

int main(int argc, char **argv)
{
	const struct cli_command *command;
	struct cli cli;
	char err[256];

	set_program(argv[0]);
	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
		cli_version(cli_find("daxbench", NULL));
	command = cli_choose("daxbench", argc, argv);
	if (command->on == CLI_FAULTS) {
		set_command(" faults");
		if (pages_here(err, sizeof(err)))
			die(DAX_EXIT_UNSUPPORTED, "%s", err);
		run_faults(argc - 1, argv + 1);
		return finish_stdout(DAX_EXIT_OK);
	}
	cli_begin(&cli, command, argc - 1, argv + 1, false);
	cli_next(&cli); /* it has --help only */
	if (argc > 2)
		die_usage("kinds takes no argument");
	list_kinds();
	return finish_stdout(DAX_EXIT_OK);
}

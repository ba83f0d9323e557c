// SPDX-License-Identifier: GPL-2.0-only
/* daxbench.c - cause exactly known DAX page faults, and say which. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/caused.h"
#include "bench/mixed.h"
#include "util/err.h"

#ifndef DAXSCOPE_VERSION
#define DAXSCOPE_VERSION "dev"
#endif

#define DEFAULT_SECONDS 20
#define MAX_SECONDS	86400

struct options {
	const char *kind, *file;
	__u64 count, seed, threads, procs, follow, seconds;
	bool time, force, pretty;
};

static const char usage_text[] =
	"usage: daxbench faults --kind KIND --count N [OPTION]... FILE\n"
	"       daxbench faults --kind mixed [--count N] [--seconds S] [OPTION]... FILE\n"
	"       daxbench kinds\n"
	"\n"
	"Creates FILE on a DAX filesystem, causes exactly N page faults of KIND in it, and prints\n"
	"as JSON everything the kernel had to count for them. 'daxbench kinds' lists the kinds;\n"
	"kind mixed runs several at once on FILE.good, FILE.short and so on, for S seconds.\n"
	"\n"
	"  -k, --kind KIND     what to cause\n"
	"  -n, --count N       how many faults\n"
	"  -F, --follow M      after each fallback touch M more pages of its range (at most 510)\n"
	"  -s, --seed S        order and pages at random, the same for the same S; 0: in file "
	"order\n"
	"  -T, --threads T     share the faults among T threads\n"
	"  -P, --procs P       share the faults among P processes (each of T threads)\n"
	"  -S, --seconds S     of kind mixed: how long it lasts (20)\n"
	"  -t, --time          print the time of one fault as well\n"
	"  -f, --force         replace FILE even when daxbench did not make it\n"
	"      --pretty        lay the JSON out over several lines\n"
	"  -h, --help          show this\n"
	"  -V, --version       show the version\n"
	"\n"
	"Exit status: 0 done, 2 wrong usage, 3 this file, filesystem or kernel cannot do it.\n";

static __u64 parse_number(const char *what, const char *text, __u64 least, __u64 most)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || value < least || value > most)
		die_usage("%s '%s': not a number from %llu to %llu", what, text, least, most);
	return value;
}

static void parse_faults(int argc, char **argv, struct options *opt)
{
	enum { PRETTY = 256 };
	static const struct option longs[] = {
		{"kind", required_argument, NULL, 'k'},
		{"count", required_argument, NULL, 'n'},
		{"follow", required_argument, NULL, 'F'},
		{"seed", required_argument, NULL, 's'},
		{"threads", required_argument, NULL, 'T'},
		{"procs", required_argument, NULL, 'P'},
		{"seconds", required_argument, NULL, 'S'},
		{"time", no_argument, NULL, 't'},
		{"force", no_argument, NULL, 'f'},
		{"pretty", no_argument, NULL, PRETTY},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{},
	};
	int c;

	while ((c = getopt_long(argc, argv, "k:n:F:s:T:P:S:tfhV", longs, NULL)) != -1) {
		switch (c) {
		case 'k':
			opt->kind = optarg;
			break;
		case 'n':
			opt->count = parse_number("--count", optarg, 1, MAX_COUNT);
			break;
		case 'F':
			opt->follow = parse_number("--follow", optarg, 0, MAX_FOLLOW);
			break;
		case 's':
			opt->seed = parse_number("--seed", optarg, 0, ~0ULL);
			break;
		case 'T':
			opt->threads = parse_number("--threads", optarg, 1, MAX_WORKERS);
			break;
		case 'P':
			opt->procs = parse_number("--procs", optarg, 1, MAX_WORKERS);
			break;
		case 'S':
			opt->seconds = parse_number("--seconds", optarg, 1, MAX_SECONDS);
			break;
		case 't':
			opt->time = true;
			break;
		case 'f':
			opt->force = true;
			break;
		case PRETTY:
			opt->pretty = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(finish_stdout(DAX_EXIT_OK));
		case 'V':
			puts("daxbench " DAXSCOPE_VERSION);
			exit(finish_stdout(DAX_EXIT_OK));
		default:
			die_usage("%s: unknown option, or one that lacks its value",
				  argv[optind - 1]);
		}
	}
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
		die_usage("--threads, --procs, --follow and --time do not go with kind mixed");
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
		die_usage("--seconds goes with kind mixed only");
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
	const char *command = argc > 1 ? argv[1] : "";

	set_program(argv[0]);
	opterr = 0;
	if (!strcmp(command, "faults")) {
		run_faults(argc - 1, argv + 1);
	} else if (!strcmp(command, "kinds")) {
		if (argc > 2)
			die_usage("kinds takes no argument");
		list_kinds();
	} else if (!strcmp(command, "--help") || !strcmp(command, "-h")) {
		fputs(usage_text, stdout);
	} else if (!strcmp(command, "--version") || !strcmp(command, "-V")) {
		puts("daxbench " DAXSCOPE_VERSION);
	} else {
		if (*command)
			die_usage("'%s': no such command", command);
		die_usage("no command given");
	}
	return finish_stdout(DAX_EXIT_OK);
}

// SPDX-License-Identifier: GPL-2.0-only
/* options.c - daxtop's command line. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/cli.h"
#include "collect/features.h"
#include "collect/targets.h"
#include "top/top.h"
#include "util/err.h"
#include "util/number.h"
#include "util/version.h"

#define DEFAULT_SECONDS 1.0
#define FIGURES_SECONDS 15.0 /* as often as most servers read figures */
#define LEAST_SECONDS	0.01
#define MOST_SECONDS	86400.0
#define DEFAULT_ROWS	10
#define TEXT_COLUMNS	79 /* if the width of the screen is unknown */
#define DEFAULT_SORT	"pte_faults"

static void list_fields(void)
{
	view_list_fields(stdout);
	exit(finish_stdout(DAX_EXIT_OK));
}

static const struct dax_field *sort_field(const char *name)
{
	const struct dax_field *field = dax_field_find(name);

	if (!strcmp(name, "help"))
		list_fields();
	if (!field)
		die_usage("-s: there is no field '%s'; --list-fields lists them", name);
	return field;
}

static bool time_all(const char *which)
{
	if (!strcmp(which, "all"))
		return true;
	if (!strcmp(which, "sampled"))
		return false;
	die_usage("--latency: '%s' is not sampled or all", which);
}

static enum tui_color color(const char *when)
{
	if (!strcmp(when, "auto"))
		return TUI_COLOR_AUTO;
	if (!strcmp(when, "always"))
		return TUI_COLOR_ALWAYS;
	if (!strcmp(when, "never"))
		return TUI_COLOR_NEVER;
	die_usage("--color: '%s' is not auto, always or never", when);
}

static void version_and_exit(bool verbose)
{
	print_version("daxtop");
	exit(finish_stdout(verbose ? dax_features_print(stdout) : DAX_EXIT_OK));
}

static enum dax_tier tier(const char *text)
{
	return (enum dax_tier)parse_number("--max-tier", text[0] == 'T' || text[0] == 't' ? text + 1 : text, 0, DAX_T3);
}

static void option(struct top_opts *opts, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_DELAY:
		opts->interval_ns = parse_seconds("-d", arg, LEAST_SECONDS, MOST_SECONDS);
		break;
	case CLI_COUNT:
		opts->frames = parse_number("-n", arg, 1, ~0ULL);
		break;
	case CLI_BATCH:
		if (opts->view == TOP_SCREEN)
			opts->view = TOP_TEXT;
		break;
	case CLI_JSON:
		opts->view = TOP_JSON;
		break;
	case CLI_LISTEN:
		opts->listen = arg;
		break;
	case CLI_TEXTFILE:
		opts->textfile = arg;
		break;
	case CLI_BY_CGROUP:
		opts->by_cgroup = true;
		break;
	case CLI_PID:
		/* One place is reserved for the command. */
		targets_add_pids(&opts->targets, &opts->nr_targets, DAX_MAX_WATCHED - 1, arg);
		break;
	case CLI_INPUT:
		opts->recording = arg;
		break;
	case CLI_THREADS:
		opts->threads = true;
		break;
	case CLI_CGROUP:
		targets_add_cgroup(opts->cgroups, &opts->nr_cgroups, DAX_MAX_CGROUPS, arg);
		break;
	case CLI_USER:
		opts->user = user_find(arg);
		break;
	case CLI_SORT:
		opts->show.sort = sort_field(arg);
		break;
	case CLI_ROWS:
		opts->show.rows = parse_number("--rows", arg, 0, 1000000000);
		break;
	case CLI_RESIDENT:
		opts->resident = true;
		break;
	case CLI_MAX_TIER:
		opts->max_tier = tier(arg);
		break;
	case CLI_SLOTS:
		opts->max_slots = (__u32)parse_number("--slots", arg, 1, DAX_MAX_SLOTS);
		break;
	case CLI_LATENCY:
		opts->time_all = time_all(arg);
		break;
	case CLI_COLOR:
		opts->color = color(arg);
		break;
	case CLI_ASCII:
		opts->show.ascii = true;
		break;
	case CLI_VERSION:
		opts->version = true;
		break;
	case CLI_VERBOSE:
		opts->verbose = true;
		break;
	case CLI_LIST_FIELDS:
		list_fields();
		break;
	case CLI_FEATURES:
		exit(finish_stdout(dax_features_print(stdout)));
	default:
		try_help();
	}
}

/* Options for Prometheus figures, which replace the other output. */
static void figures(struct top_opts *opts)
{
	if (!opts->listen && !opts->textfile) {
		if (opts->by_cgroup)
			die_usage("--by-cgroup: goes with --listen or --textfile");
		return;
	}
	if (opts->view != TOP_SCREEN)
		die_usage("--listen, --textfile: go without -b and --json");
	opts->view = TOP_FIGURES;
}

static void operands(struct top_opts *opts, int argc, char *argv[])
{
	if (optind < argc)
		opts->interval_ns = parse_seconds("INTERVAL", argv[optind++], LEAST_SECONDS, MOST_SECONDS);
	if (optind < argc)
		opts->frames = parse_number("COUNT", argv[optind++], 1, ~0ULL);
	if (optind < argc)
		die_usage("unexpected argument '%s' (put the command after --)", argv[optind]);
}

void top_options(struct top_opts *opts, int argc, char *argv[])
{
	enum cli_key key;
	bool rows_given;
	struct cli cli;
	int own;

	*opts = (struct top_opts){
		.max_tier = DAX_T3,
		.show = {.rows = ~0UL, .columns = TEXT_COLUMNS},
	};
	setlocale(LC_CTYPE, "");
	opts->show.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	/* Options after the first -- belong to the command. */
	for (own = 1; own < argc && strcmp(argv[own], "--"); own++)
		;
	if (own < argc) {
		opts->command = &argv[own + 1];
		if (!*opts->command)
			die_usage("there is no command after --");
	}
	cli_begin(&cli, cli_find("daxtop", NULL), own, argv, false);
	while ((key = cli_next(&cli)) != CLI_END)
		option(opts, key, optarg);
	if (opts->version)
		version_and_exit(opts->verbose);
	if (opts->verbose)
		die_usage("-v: goes with --version only");
	operands(opts, own, argv);
	if (opts->recording && (opts->command || opts->nr_targets || opts->nr_cgroups || opts->resident))
		die_usage("-i: a recording is shown as it is: no -p, -G, --resident, no COMMAND");
	if (opts->user && !opts->command)
		die_usage("-u: goes with a COMMAND after --");
	if (opts->user)
		user_require(opts->user);
	figures(opts);
	if (!opts->interval_ns)
		opts->interval_ns = (__u64)((opts->view == TOP_FIGURES && !opts->recording
						     ? FIGURES_SECONDS
						     : DEFAULT_SECONDS) * 1e9);
	rows_given = opts->show.rows != ~0UL;
	if (!isatty(STDOUT_FILENO) && opts->view == TOP_SCREEN)
		opts->view = TOP_TEXT;
	if (!rows_given)
		opts->show.rows = opts->view == TOP_JSON ? 0 : DEFAULT_ROWS;
	if (!opts->show.sort && opts->view != TOP_JSON)
		opts->show.sort = dax_field_find(DEFAULT_SORT);
	if (!opts->targets)
		opts->targets = calloc(1, sizeof(__u32));
	if (!opts->targets)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(ENOMEM));
}

// SPDX-License-Identifier: GPL-2.0-only
/* options.c - daxtop's command line. */
#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "collect/cgroup.h"
#include "collect/features.h"
#include "top/top.h"
#include "util/err.h"

#define DEFAULT_SECONDS 1.0
#define LEAST_SECONDS	0.01
#define MOST_SECONDS	86400.0
#define DEFAULT_ROWS	10
#define TEXT_COLUMNS	79 /* where nobody knows the width of the reader's screen */
#define DEFAULT_SORT	"pte_faults"

static const char usage[] =
	"Usage: daxtop [OPTION]... [INTERVAL [COUNT]] [-- COMMAND...]\n"
	"Show page faults on DAX files: who gets 2 MiB mappings, who does not, and why.\n"
	"\n"
	"  -d, --delay SEC       seconds between updates, 0.01 to 86400 (1)\n"
	"  -n, --count N         end after N updates\n"
	"  -b, --batch           text to standard output (so does a pipe)\n"
	"      --json            one JSON object a line, an update each\n"
	"  -p, --pid PID[,PID]   only these processes and what they start from now on\n"
	"  -H, --threads         count threads apart\n"
	"  -G, --cgroup PATH     only tasks in this cgroup and below; may be given again\n"
	"  -r, --read FILE       show a recording of daxtrace record; needs no privilege\n"
	"  -s, --sort FIELD      order of the tables (pte_faults); help lists all\n"
	"      --rows N          lines of each table in text (10) and JSON (all); 0: all\n"
	"      --resident        tell what is mapped now of all processes\n"
	"      --max-tier N      attach no more than tier N, 0 to 3\n"
	"      --latency WHICH   sampled: time 1 in 20 of many 4 KiB faults; all: each\n"
	"      --color WHEN      auto (not with NO_COLOR), always or never\n"
	"      --ascii           no character beyond ASCII\n"
	"      --features        say what this kernel lets be counted, and what not\n"
	"  -h, --help, --version (with -v: and the features)\n"
	"  -- COMMAND            run COMMAND, watch it and its children, end with it\n"
	"\n"
	"daxdoctor FILE says whether a file is a DAX file, and what it lacks for 2 MiB.\n"
	"Keys: h or ? for help, q to quit. Needs root, or CAP_BPF and CAP_PERFMON.\n"
	"Exit status: 0 done, 2 usage, 3 cannot run here, else that of COMMAND.\n";

enum {
	OPT_JSON = 256,
	OPT_ROWS,
	OPT_RESIDENT,
	OPT_TIER,
	OPT_LATENCY,
	OPT_COLOR,
	OPT_ASCII,
	OPT_FEATURES,
	OPT_VERSION
};

static const struct option longopts[] = {
	{"delay", required_argument, NULL, 'd'},
	{"count", required_argument, NULL, 'n'},
	{"batch", no_argument, NULL, 'b'},
	{"json", no_argument, NULL, OPT_JSON},
	{"pid", required_argument, NULL, 'p'},
	{"threads", no_argument, NULL, 'H'},
	{"cgroup", required_argument, NULL, 'G'},
	{"read", required_argument, NULL, 'r'},
	{"sort", required_argument, NULL, 's'},
	{"rows", required_argument, NULL, OPT_ROWS},
	{"resident", no_argument, NULL, OPT_RESIDENT},
	{"max-tier", required_argument, NULL, OPT_TIER},
	{"latency", required_argument, NULL, OPT_LATENCY},
	{"color", required_argument, NULL, OPT_COLOR},
	{"ascii", no_argument, NULL, OPT_ASCII},
	{"features", no_argument, NULL, OPT_FEATURES},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION},
	{0},
};

static __u64 number(const char *what, const char *text, __u64 least, __u64 most)
{
	char *end;
	__u64 value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || end == text || *end || text[0] < '0' || text[0] > '9' || value < least ||
	    value > most)
		die_usage("%s: '%s' is not a whole number from %llu to %llu", what, text,
			  (unsigned long long)least, (unsigned long long)most);
	return value;
}

static __u64 seconds(const char *what, const char *text)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	/* Not ">": that would let "nan" pass. */
	if (errno || end == text || *end || !(value >= LEAST_SECONDS && value <= MOST_SECONDS))
		die_usage("%s: '%s' is not a number of seconds from 0.01 to 86400", what, text);
	return (__u64)(value * 1e9 + 0.5);
}

static void add_pids(struct top_opts *opts, char *list)
{
	char *pid, *rest = list;

	while ((pid = strsep(&rest, ","))) {
		__u64 value = number("-p", pid, 1, 4194304); /* PID_MAX_LIMIT */

		if (kill((pid_t)value, 0) && errno == ESRCH)
			die(DAX_EXIT_USAGE, "-p %s: %s", pid, strerror(ESRCH));
		opts->targets = reallocarray(opts->targets, opts->nr_targets + 2, sizeof(__u32));
		if (!opts->targets)
			die(DAX_EXIT_UNSUPPORTED, "-p: %s", strerror(ENOMEM));
		opts->targets[opts->nr_targets++] = (__u32)value;
	}
}

static void add_cgroup(struct top_opts *opts, const char *path)
{
	char err[512];
	int fd;

	if (opts->nr_cgroups == DAX_MAX_CGROUPS)
		die_usage("-G: more than %d cgroups", DAX_MAX_CGROUPS);
	fd = cgroup_open(path, err, sizeof(err));
	if (fd < 0)
		die(DAX_EXIT_USAGE, "-G %s: %s", path, err);
	opts->cgroups[opts->nr_cgroups++] = fd;
}

static const struct dax_field *sort_field(const char *name)
{
	const struct dax_field *field = dax_field_find(name);

	if (!strcmp(name, "help")) {
		view_list_fields(stdout);
		exit(finish_stdout(DAX_EXIT_OK));
	}
	if (!field)
		die_usage("-s: there is no field '%s'; -s help lists them", name);
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

static void print_and_exit(const char *text)
{
	fputs(text, stdout);
	exit(finish_stdout(DAX_EXIT_OK));
}

static void version_and_exit(bool verbose)
{
	puts("daxtop " DAXSCOPE_VERSION);
	exit(finish_stdout(verbose ? dax_features_print(stdout) : DAX_EXIT_OK));
}

static void option(struct top_opts *opts, int opt, char *arg)
{
	switch (opt) {
	case 'd':
		opts->interval_ns = seconds("-d", arg);
		break;
	case 'n':
		opts->frames = number("-n", arg, 1, ~0ULL);
		break;
	case 'b':
		if (opts->view == TOP_SCREEN)
			opts->view = TOP_TEXT;
		break;
	case OPT_JSON:
		opts->view = TOP_JSON;
		break;
	case 'p':
		add_pids(opts, arg);
		break;
	case 'r':
		opts->recording = arg;
		break;
	case 'H':
		opts->threads = true;
		break;
	case 'G':
		add_cgroup(opts, arg);
		break;
	case 's':
		opts->show.sort = sort_field(arg);
		break;
	case OPT_ROWS:
		opts->show.rows = number("--rows", arg, 0, 1000000000);
		break;
	case OPT_RESIDENT:
		opts->resident = true;
		break;
	case OPT_TIER:
		opts->max_tier = (enum dax_tier)number(
			"--max-tier", arg[0] == 'T' || arg[0] == 't' ? arg + 1 : arg, 0, DAX_T3);
		break;
	case OPT_LATENCY:
		opts->time_all = time_all(arg);
		break;
	case OPT_COLOR:
		opts->color = color(arg);
		break;
	case OPT_ASCII:
		opts->show.ascii = true;
		break;
	case 'h':
		print_and_exit(usage);
		break;
	case OPT_VERSION:
		opts->version = true;
		break;
	case 'v':
		opts->verbose = true;
		break;
	case OPT_FEATURES:
		exit(finish_stdout(dax_features_print(stdout)));
	default:
		try_help();
	}
}

static void operands(struct top_opts *opts, int argc, char *argv[])
{
	if (optind < argc)
		opts->interval_ns = seconds("INTERVAL", argv[optind++]);
	if (optind < argc)
		opts->frames = number("COUNT", argv[optind++], 1, ~0ULL);
	if (optind < argc)
		die_usage("'%s': what is this for? A command to run comes after --", argv[optind]);
}

void top_options(struct top_opts *opts, int argc, char *argv[])
{
	bool rows_given;
	int own, opt;

	*opts = (struct top_opts){
		.interval_ns = (__u64)(DEFAULT_SECONDS * 1e9),
		.max_tier = DAX_T3,
		.show = {.rows = ~0UL, .columns = TEXT_COLUMNS},
	};
	setlocale(LC_CTYPE, "");
	opts->show.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	/* What comes after the first -- is the command's. */
	for (own = 1; own < argc && strcmp(argv[own], "--"); own++)
		;
	if (own < argc) {
		opts->command = &argv[own + 1];
		if (!*opts->command)
			die_usage("there is no command after --");
	}
	argv[0] = (char *)program_name(); /* for the messages of getopt_long() */
	while ((opt = getopt_long(own, argv, "d:n:bp:HG:r:s:vh", longopts, NULL)) != -1)
		option(opts, opt, optarg);
	if (opts->version)
		version_and_exit(opts->verbose);
	if (opts->verbose)
		die_usage("-v: goes with --version only");
	operands(opts, own, argv);
	if (opts->recording && (opts->command || opts->nr_targets || opts->nr_cgroups || opts->resident))
		die_usage("-r: a recording is shown as it is: no -p, -G, --resident, no COMMAND");
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

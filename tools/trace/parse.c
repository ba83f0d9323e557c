// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - the options of record and stat, and common output settings of all commands. */
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "collect/targets.h"
#include "trace/trace.h"
#include "util/err.h"
#include "util/number.h"

#define LEAST_SECONDS 0.001
#define MOST_SECONDS  31536000.0 /* a year */
#define TEXT_COLUMNS  79	 /* if the width of the screen is unknown */

void text_opts(struct view_opts *opts, int fd)
{
	struct winsize size;

	setlocale(LC_CTYPE, "");
	opts->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	opts->columns = TEXT_COLUMNS;
	if (isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size) && size.ws_col > TEXT_COLUMNS)
		opts->columns = size.ws_col - 1;
}

void session_option(struct session_opts *opts, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_PID:
		targets_add_pids(&opts->targets, &opts->nr_targets, DAX_MAX_WATCHED, arg);
		break;
	case CLI_ALL:
		opts->all = true;
		break;
	case CLI_CGROUP:
		targets_add_cgroup(opts->cgroups, &opts->nr_cgroups, DAX_MAX_CGROUPS, arg);
		break;
	case CLI_THREADS:
		opts->by_thread = true;
		break;
	case CLI_USER:
		opts->user = user_find(arg);
		break;
	case CLI_DURATION:
		opts->duration_ns = parse_seconds("--duration", arg, LEAST_SECONDS, MOST_SECONDS);
		break;
	case CLI_MAX_TIER:
		opts->max_tier = (enum dax_tier)parse_number("--max-tier", arg, DAX_T0, DAX_T3);
		break;
	case CLI_SLOTS:
		opts->max_slots = (__u32)parse_number("--slots", arg, 1, DAX_MAX_SLOTS);
		break;
	default:
		try_help();
	}
}

void session_operands(struct session_opts *opts, int argc, char *argv[])
{
	if (optind < argc)
		opts->command = &argv[optind];
	else if (!strcmp(argv[argc - 1], "--"))
		die_usage("there is no command after --");
	if (opts->all && opts->nr_targets)
		die_usage("-a and -p exclude each other");
	if (opts->user && !opts->command)
		die_usage("-u: goes with a COMMAND");
	if (opts->user)
		user_require(opts->user);
}

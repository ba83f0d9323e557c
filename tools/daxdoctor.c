// SPDX-License-Identifier: GPL-2.0-only
/* daxdoctor.c - explain why a file, mount or process cannot get 2 MiB pages, and what mends it. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include "doctor/file.h"
#include "doctor/process.h"
#include "doctor/view.h"
#include "util/err.h"

#ifndef DAXSCOPE_VERSION
#define DAXSCOPE_VERSION "dev"
#endif

#define DEFAULT_ROWS 24

static const char usage_text[] =
	"usage: daxdoctor [OPTION]... FILE | DIRECTORY\n"
	"       daxdoctor [OPTION]... -p PID\n"
	"\n"
	"Looks at the storage, the mount and the layout of a DAX file and says for each 2 MiB range\n"
	"whether a first read and a first write will get a 2 MiB page, why not, and which command\n"
	"mends it. For a DIRECTORY, such as a mount point: what new files there will get. For a\n"
	"process: every DAX file it has mapped. Needs no BPF; runs without root, which then leaves\n"
	"some answers unknown.\n"
	"\n"
	"  -p, --pid PID       examine the mappings of a process\n"
	"  -j, --json          print JSON, schema " DOCTOR_SCHEMA "\n"
	"  -r, --rows N        rows of the map and of each list (24; 0: all)\n"
	"  -h, --help          show this\n"
	"  -V, --version       show the version\n"
	"\n"
	"Exit status: 0 every range can be 2 MiB, 1 some cannot, 2 wrong usage, 3 not DAX, or it\n"
	"cannot be found out here.\n";

struct options {
	int pid;
	bool json;
	size_t rows;
};

static long number(const char *what, const char *text, long least, long most)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || *end || *text < '0' || *text > '9' || value < least || value > most)
		die_usage("%s '%s': not a number from %ld to %ld", what, text, least, most);
	return value;
}

static void parse(int argc, char **argv, struct options *opt)
{
	static const struct option longs[] = {
		{"pid", required_argument, NULL, 'p'}, {"json", no_argument, NULL, 'j'},
		{"rows", required_argument, NULL, 'r'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	{},
	};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "p:jr:hV", longs, NULL)) != -1) {
		switch (c) {
		case 'p':
			opt->pid = (int)number("--pid", optarg, 1, INT_MAX);
			break;
		case 'j':
			opt->json = true;
			break;
		case 'r':
			opt->rows = (size_t)number("--rows", optarg, 0, INT_MAX);
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(finish_stdout(DAX_EXIT_OK));
		case 'V':
			puts("daxdoctor " DAXSCOPE_VERSION);
			exit(finish_stdout(DAX_EXIT_OK));
		default:
			die_usage("%s: unknown option, or one that lacks its value", argv[optind - 1]);
		}
	}
	if (opt->pid ? optind != argc : optind + 1 != argc)
		die_usage(opt->pid	   ? "-p PID and a file do not go together"
			  : optind == argc ? "no FILE, DIRECTORY or -p PID given"
					   : "more than one FILE given");
}

int main(int argc, char **argv)
{
	struct options opt = {.rows = DEFAULT_ROWS};
	struct report report = {0};
	int status;

	setlocale(LC_CTYPE, "");
	set_program(argv[0]);
	parse(argc, argv, &opt);
	report.pid = opt.pid;
	if (opt.pid)
		examine_process(&report);
	else
		examine_path(&report, argv[optind]);
	status = report_status(&report);
	if (opt.json)
		doctor_json(stdout, &report);
	else
		doctor_text(stdout, &report, opt.rows);
	report_free(&report);
	return finish_stdout(status);
}

// SPDX-License-Identifier: GPL-2.0-only
/* daxdash.c - store the runs of CI, judge each new one, and explain why a job must fail. */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include "dash/command/command.h"
#include "util/err.h"
#include "util/version.h"

static const char formats_help[] =
	"Formats: daxdash (our run.json), bmf, gab, gab-bigger, gbench (read only), fio (read only),\n"
	"go, csv. Without --format a file is looked at. A file that is wrong is refused with its line\n"
	"and the reason, and then nothing is stored.\n";
#define STATUS_HELP                                                            \
	"Exit status: 0 pass, 1 regression, 2 usage or bad input, 3 cannot do it here,\n" \
	"4 inconclusive: run again, or nothing could be judged.\n"

static const char exports_help[] =
	"Formats of runs: daxdash, bmf, gab, gab-bigger, go, csv. Formats of the verdict, whose exit status is\n"
	"0 whatever it is: junit, ktap, markdown, github, openmetrics, text.\n";
static const char compare_help[] =
	"--format lkp prints the table as lkp's compare does, of changed series or of --all; else text.\n\n" STATUS_HELP;
static const char status_help[] = STATUS_HELP;

static const struct command commands[] = {
	{"run", " run", command_run, TAKES_GIVEN | TAKES_OUTPUT | TAKES_STORE, " SUITE [-- OPTION...]",
	 "Run a suite of workloads in guests and write run.json.", NULL},
	{"import", " import", command_import, TAKES_STORE | TAKES_GIVEN | TAKES_FORMAT, " FILE|FOLDER...",
	 "Put runs into the store; those that are there already stay as they are.", formats_help},
	{"export", " export", command_export,
	 TAKES_STORE | TAKES_FORMAT | TAKES_OUTPUT | TAKES_GIVEN, "",
	 "Write the runs of the store, or of --commit; or what gate says of it.", exports_help},
	{"analyze", " analyze", command_analyze, TAKES_STORE | TAKES_JUDGE | TAKES_REPORTS, "",
	 "Show what became of every series.", NULL},
	{"gate", " gate", command_gate, TAKES_STORE | TAKES_JUDGE | TAKES_REPORTS | TAKES_BASE, "",
	 "Judge the newest commit, and end with 1 when something regressed.", status_help},
	{"compare", " compare", command_compare, TAKES_STORE | TAKES_JUDGE | TAKES_REPORTS | TAKES_FORMAT, " A B",
	 "Compare two commits of the store, or two files of runs.", compare_help},
	{"explain", " explain", command_explain, TAKES_STORE | TAKES_JUDGE, " SERIES",
	 "Show all that led to the verdict of a series.", NULL},
	{"bless", " bless", command_bless, TAKES_STORE | TAKES_REASON, " SHA METRIC",
	 "Accept a change of a commit, with a reason.", NULL},
	{"page-data", " page-data", command_page_data, TAKES_STORE | TAKES_JUDGE | TAKES_OUTPUT, "",
	 "Write what the page shows as JSON (daxdash-page/1).", NULL},
	{"html", " html", command_html, TAKES_STORE | TAKES_JUDGE | TAKES_OUTPUT, " [DOCUMENT]",
	 "Write the page: one file for a browser, of the store or of what page-data wrote.", NULL},
	{"serve", " serve", command_serve, TAKES_STORE | TAKES_JUDGE | TAKES_LISTEN, "",
	 "Serve the page to this machine; each reload shows the newest runs.",
	 "JSON: /api/verdict, /api/series, /api/series?id=ID, and /api/page with all.\n"},
	{"selftest", " selftest", command_selftest, TAKES_STORE | TAKES_JUDGE | TAKES_SELFTEST, "",
	 "Try the gate on the store's own runs: put a regression in, or change nothing.", status_help},
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	size_t i;

	printf("Usage: daxdash COMMAND [OPTION]...\n"
	       "Keep the runs of CI, judge each new one, and show why a job must fail.\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].what);
	printf("\n'daxdash COMMAND --help' shows the options of a command.\n");
	return DAX_EXIT_OK;
}

int main(int argc, char *argv[])
{
	struct dash_args args;
	size_t i;
	int status;

	setlocale(LC_CTYPE, ""); /* for character types only: numbers stay as in C */
	set_program(argv[0]);
	if (argc < 2)
		die_usage("missing command: run, import, export, analyze, gate, compare, explain, bless, page-data, html, serve or selftest");
	if (!strcmp(argv[1], "help") && argc == 3) { /* as in the other programs */
		argv[1] = argv[2];
		argv[2] = (char *)"--help";
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return finish_stdout(help());
	if (!strcmp(argv[1], "--version")) {
		print_version("daxdash");
		return finish_stdout(DAX_EXIT_OK);
	}
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name)) {
			set_command(commands[i].with_space);
			args_parse(&args, &commands[i], argc - 1, argv + 1);
			status = commands[i].run(&args);
			args_free(&args);
			return finish_stdout(status);
		}
	die_usage("'%s': no such command", argv[1]);
}

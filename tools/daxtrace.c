// SPDX-License-Identifier: GPL-2.0-only
/* daxtrace.c - records, counts and reports page faults on DAX files. */
#include <stdio.h>
#include <string.h>
#include "collect/features.h"
#include "trace/trace.h"
#include "util/err.h"

static const struct command {
	const char *name, *with_space;
	int (*run)(int argc, char *argv[]);
	const char *what;
} commands[] = {
	{"record", " record", trace_record, "write every fault to a file"},
	{"report", " report", trace_report, "show what a recording holds"},
	{"stat", " stat", trace_stat, "count the faults of a command, without a file"},
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	size_t i;

	printf("Usage: daxtrace COMMAND [OPTION]...\n"
	       "Record, count and report page faults on DAX files: which get 2 MiB, which not, "
	       "and why.\n\n");
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].what);
	printf("\n'daxtrace --features' says what this kernel lets be counted, and what not.\n"
	       "'daxtrace COMMAND --help' tells more; daxtop shows the same live,\n"
	       "and daxdoctor FILE says whether a file can have 2 MiB at all.\n");
	return DAX_EXIT_OK;
}

int main(int argc, char *argv[])
{
	size_t i;

	set_program(argv[0]);
	if (argc < 2)
		die_usage("what to do? record, report or stat");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return finish_stdout(help());
	if (!strcmp(argv[1], "--version")) {
		puts("daxtrace " DAXSCOPE_VERSION);
		return finish_stdout(argv[2] && !strcmp(argv[2], "-v") ? dax_features_print(stdout) :
									 DAX_EXIT_OK);
	}
	if (!strcmp(argv[1], "--features"))
		return finish_stdout(dax_features_print(stdout));
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name)) {
			set_command(commands[i].with_space);
			return finish_stdout(commands[i].run(argc - 1, argv + 1));
		}
	die_usage("'%s': no such command", argv[1]);
}

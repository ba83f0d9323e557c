// SPDX-License-Identifier: GPL-2.0-only
/* daxtrace.c - record, count and report page faults on DAX files. */
#include <stdlib.h>
#include <string.h>
#include "cli/cli.h"
#include "collect/features.h"
#include "trace/trace.h"
#include "util/err.h"
#include "util/version.h"

static const struct {
	const char *name, *with_space;
	int (*run)(int argc, char *argv[]);
} commands[] = {
	{"record", " record", trace_record},
	{"report", " report", trace_report},
	{"stat", " stat", trace_stat},
};

/* Handle --features and --version, which need no command. */
static void features_and_exit(int argc, char *argv[])
{
	const char *word = argc > 1 ? argv[1] : "";

	if (!strcmp(word, "--features"))
		exit(finish_stdout(dax_features_print(stdout)));
	if (strcmp(word, "--version") && strcmp(word, "-V"))
		return;
	print_version("daxtrace");
	exit(finish_stdout(argv[2] && !strcmp(argv[2], "-v") ? dax_features_print(stdout) : DAX_EXIT_OK));
}

int main(int argc, char *argv[])
{
	const struct cli_command *command;
	size_t i;

	set_program(argv[0]);
	features_and_exit(argc, argv);
	command = cli_choose("daxtrace", argc, argv);
	for (i = 0; strcmp(commands[i].name, command->name); i++)
		;
	set_command(commands[i].with_space);
	return finish_stdout(commands[i].run(argc - 1, argv + 1));
}

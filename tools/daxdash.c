// SPDX-License-Identifier: GPL-2.0-only
/* daxdash.c - store the runs of CI, judge each new one, and explain why a job must fail. */
#include <locale.h>
#include <string.h>
#include "cli/cli.h"
#include "dash/command/command.h"
#include "util/err.h"

static const struct {
	const char *name, *with_space;
	int (*run)(struct dash_args *args);
} commands[] = {
	{"run", " run", command_run},
	{"import", " import", command_import},
	{"export", " export", command_export},
	{"analyze", " analyze", command_analyze},
	{"gate", " gate", command_gate},
	{"compare", " compare", command_compare},
	{"explain", " explain", command_explain},
	{"bless", " bless", command_bless},
	{"page-data", " page-data", command_page_data},
	{"html", " html", command_html},
	{"serve", " serve", command_serve},
	{"selftest", " selftest", command_selftest},
};

int main(int argc, char *argv[])
{
	const struct cli_command *command;
	struct dash_args args;
	size_t i;
	int status;

	setlocale(LC_CTYPE, ""); /* for character types only: numbers stay as in C */
	set_program(argv[0]);
	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
		cli_version(cli_find("daxdash", NULL));
	command = cli_choose("daxdash", argc, argv);
	for (i = 0; strcmp(commands[i].name, command->name); i++)
		;
	set_command(commands[i].with_space);
	args_parse(&args, command, argc - 1, argv + 1);
	status = commands[i].run(&args);
	args_free(&args);
	return finish_stdout(status);
}

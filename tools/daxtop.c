// SPDX-License-Identifier: GPL-2.0-only
/*
 * daxtop.c - show page faults on DAX files as they happen: which get 2 MiB, which do not, and why.
 */
#include <stdlib.h>
#include "top/top.h"
#include "util/err.h"

int main(int argc, char *argv[])
{
	struct top_opts opts;
	int status;

	set_program(argv[0]);
	top_options(&opts, argc, argv);
	status = top_run(&opts);
	free(opts.targets);
	return finish_stdout(status);
}

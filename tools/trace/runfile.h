/* SPDX-License-Identifier: GPL-2.0-only */
/* runfile.h - write the counts as a run for daxdash: see tools/dash/schema/daxdash-run-1.json. */
#ifndef DAX_TRACE_RUNFILE_H
#define DAX_TRACE_RUNFILE_H

#include <stdbool.h>
#include <stdio.h>
#include "fields.h"

#define RUNFILE_MOST_BUILDS 32

struct runfile {
	const char *path;
	const char *name;    /* WORKLOAD or WORKLOAD{PARAMS}; NULL: made from @command */
	const char *command; /* the command that ran; NULL: none */
	const char *build[RUNFILE_MOST_BUILDS]; /* files that are measured, up to a NULL */
	const char *release; /* of the kernel, for a recording; NULL: describe this machine completely */
	int status;	     /* exit status of the command; a failed run is not written */
};

/* Is @text a valid workload name? Ends the program if not. */
void runfile_check_name(const char *text);

/* Add a file that is measured. Ends the program when there are too many. */
void runfile_add_build(struct runfile *run, const char *path);
/* Ends the program when one of these files cannot be read. */
void runfile_check_builds(const struct runfile *run);

/* Write @model. Returns 0 or a negative errno. */
int runfile_write(const struct runfile *run, const struct dax_model *model);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* runfile.h - what was counted as a run of daxdash: see tools/dash/schema/daxdash-run-1.json. */
#ifndef DAX_TRACE_RUNFILE_H
#define DAX_TRACE_RUNFILE_H

#include <stdbool.h>
#include <stdio.h>
#include "fields.h"

#define RUNFILE_MOST_BUILDS 32

struct runfile {
	const char *path;
	const char *name;    /* WORKLOAD or WORKLOAD{PARAMS}; NULL: @command's */
	const char *command; /* what ran; NULL: nothing */
	const char *build[RUNFILE_MOST_BUILDS]; /* files that are measured; NULL: no more */
	const char *release; /* of the kernel in a recording; NULL: this machine's, with all of it */
	int status;	     /* the command's; a run that failed is none */
};

/* Does @text name a workload? Ends the program when not. */
void runfile_check_name(const char *text);

/* One more file that is measured. Ends the program when there are too many. */
void runfile_add_build(struct runfile *run, const char *path);
/* Ends the program when one of them cannot be read. */
void runfile_check_builds(const struct runfile *run);

/* Write @model. 0 or a negative errno. */
int runfile_write(const struct runfile *run, const struct dax_model *model);

#endif

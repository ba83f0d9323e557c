/* SPDX-License-Identifier: GPL-2.0-only */
/* format.h - files with runs: which formats there are, and how to read and write them. */
#ifndef DASH_FORMAT_FORMAT_H
#define DASH_FORMAT_FORMAT_H

#include <stdio.h>
#include "dash_run.h"

/* Larger files are refused: no run of a workload is nearly as large. */
#define FORMAT_MAX_BYTES (64UL << 20)
#define FORMAT_MAX_NAME	 512 /* bytes of a name, a unit, a value of the environment */
#define FORMAT_MAX_TEXT	 400 /* bytes of a subject; longer ones are cut off */

struct dash_runs {
	struct dash_run *run;
	size_t nr;
};

/* Values from the command line, for files that do not contain them. */
struct format_given {
	struct dash_commit commit; /* sha NULL: not given */
	bool yields;		   /* to a run that names its commit: only the repository is then of @commit */
	struct dash_pair *env;
	size_t nr_env;
	const char *workload;	 /* for formats without one; NULL: the name of the format */
	const char *kind, *pair; /* NULL: as in the file */
	enum dash_better better; /* for formats that do not contain it; DASH_NONE: not given */
	bool advisory;		 /* no metric of it can fail a job */
};

/* Why a file was refused. */
struct format_error {
	size_t line; /* 0: no line */
	char text[400];
};

struct format {
	const char *name;
	const char *what; /* for --help */
	bool (*is)(const char *text, size_t len);
	/*
	 * Returns 0, -ENOMEM, or -EINVAL with @error. Runs that were added to @out stay the
	 * caller's.
	 */
	int (*read)(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error);
	/* Returns 0 or a negative errno. NULL: the format cannot be written. */
	int (*write)(FILE *to, const struct dash_runs *runs);
};

extern const struct format format_own, format_bmf, format_gab, format_gab_bigger, format_gbench,
	format_fio, format_go, format_csv;
extern const struct format *const formats[];
extern const size_t nr_formats;

const struct format *format_find(const char *name);

/*
 * Read @path as @format, or (NULL) as the format that it looks like. Returns as read(), and -EINVAL
 * with @error for files that cannot be read.
 */
int format_read_file(const char *path, const struct format *format, const struct format_given *given,
		     struct dash_runs *out, struct format_error *error);

void dash_runs_free(struct dash_runs *runs);

#endif

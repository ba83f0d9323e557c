/* SPDX-License-Identifier: GPL-2.0-only */
/* format.h - files of runs: which formats there are, and reading and writing them. */
#ifndef DASH_FORMAT_FORMAT_H
#define DASH_FORMAT_FORMAT_H

#include <stdio.h>
#include "dash_run.h"

/* A larger file is refused: nothing that is one run of a workload comes near. */
#define FORMAT_MAX_BYTES (64UL << 20)
#define FORMAT_MAX_NAME	 512 /* bytes of a name, a unit, a value of the environment */
#define FORMAT_MAX_TEXT	 400 /* of a subject; longer ones are cut */

struct dash_runs {
	struct dash_run *run;
	size_t nr;
};

/* What the command line says of a file that does not say it itself. */
struct format_given {
	struct dash_commit commit; /* sha NULL: not given */
	struct dash_pair *env;
	size_t nr_env;
	const char *workload;	 /* of formats without one; NULL: the format's name */
	const char *kind, *pair; /* NULL: as the file says */
	enum dash_better better; /* of formats that do not say; DASH_NONE: not given */
	bool advisory;		 /* gate on none of it */
};

/* Why a file was refused. */
struct format_error {
	size_t line; /* 0: of none */
	char text[400];
};

struct format {
	const char *name;
	const char *what; /* for --help */
	bool (*is)(const char *text, size_t len);
	/* 0, -ENOMEM, or -EINVAL with @error. What was added to @out stays the caller's. */
	int (*read)(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error);
	/* 0 or a negative errno. NULL: it cannot be written. */
	int (*write)(FILE *to, const struct dash_runs *runs);
};

extern const struct format format_own, format_bmf, format_gab, format_gab_bigger, format_gbench,
	format_fio, format_go, format_csv;
extern const struct format *const formats[];
extern const size_t nr_formats;

const struct format *format_find(const char *name);

/* Read @path by @format, or by what it looks like (NULL). As read(), and -EINVAL for files that cannot
 * be read, which @error tells. */
int format_read_file(const char *path, const struct format *format, const struct format_given *given,
		     struct dash_runs *out, struct format_error *error);

void dash_runs_free(struct dash_runs *runs);

#endif

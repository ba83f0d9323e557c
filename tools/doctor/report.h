/* SPDX-License-Identifier: GPL-2.0-only */
/* report.h - what was found and what to do about it, collected for the views. */
#ifndef DAX_DOCTOR_REPORT_H
#define DAX_DOCTOR_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "doctor/predict.h"
#include "proc/pagemap.h"

enum verdict { VERDICT_OK, VERDICT_PROBLEM, VERDICT_UNKNOWN, NR_VERDICTS };

const char *verdict_name(enum verdict verdict);

struct finding {
	const char *check; /* what was looked at: the name in JSON */
	enum verdict verdict;
	char *text;    /* for people, any bytes */
	json_t *facts; /* raw numbers */
};

struct fix {
	const char *cause; /* a fate's name, or a check's */
	__u64 ranges;	   /* that it would mend, 0: not counted in ranges */
	char *means, *fix;
	char *run; /* command, quoted for a shell; or NULL */
};

/* A mapping of the examined process, with the fate of its ranges. */
struct mapping {
	struct vma vma;
	char *path;
	struct runs runs;
	bool has_residency;
	bool has_huge_zero; /* ... with its 2 MiB zero pages told apart */
	struct resident resident; /* what is mapped now */
};

struct report {
	const char *subject; /* what was asked about */
	char fs_type[16];    /* of what is examined now; "": unknown */
	struct finding *finding;
	size_t nr_findings;
	struct fix *fix;
	size_t nr_fixes;
	bool has_ranges; /* @size and @runs mean something */
	__u64 size;
	struct runs runs;
	struct mapping *mapping;
	size_t nr_mappings;
	int pid;	 /* 0: a file or mount was asked about */
	bool read_smaps; /* even if that holds the process up */
	bool flags_unknown; /* the mappings may have MADV_NOHUGEPAGE */
	bool not_usable; /* not DAX, or it cannot be found out */
};

/* Add a finding. The caller may set facts in the object returned (never NULL). */
json_t *report_add(struct report *report, const char *check, enum verdict verdict, const char *fmt,
		   ...) __attribute__((format(printf, 4, 5)));

/*
 * Add what mends @cause, of which there may be several, each with its own command. In @run {file} and {dir} stand for @path and its folder, {pid} for the
 * process. @path may be NULL.
 */
void report_fix(struct report *report, const char *cause, __u64 ranges, const char *means,
		const char *fix, const char *run, const char *path);

/* Fixes for every fate below 2 MiB in @runs, by the advice table that all programs share. */
void report_fix_fates(struct report *report, const struct runs *runs, const char *path);

/* Exit status: 0 all 2 MiB, 1 some cannot, 3 not DAX or unknown. */
int report_status(const struct report *report);

void report_free(struct report *report);

/* Out of memory ends the program. */
void *grow(void *array, size_t nr, size_t size);
char *copy_text(const char *text);

#endif

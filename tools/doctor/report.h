/* SPDX-License-Identifier: GPL-2.0-only */
/* report.h - collects findings and fixes for the views. */
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
	const char *check; /* name of the check, in JSON */
	enum verdict verdict;
	char *text;    /* for text output, any bytes */
	json_t *facts; /* raw numbers */
};

struct fix {
	const char *cause; /* name of a fate, or of a check */
	__u64 ranges;	   /* ranges that it would fix; 0: not counted in ranges */
	char *means, *fix;
	char *run; /* command, quoted for a shell; or NULL */
};

/* A mapping of the examined process, with the fate of its ranges. */
struct mapping {
	struct vma vma;
	char *path;
	size_t file; /* which of the process's files */
	struct runs runs;
	bool has_residency;
	bool has_huge_zero; /* ... with its 2 MiB zero pages told apart */
	struct resident resident; /* what is mapped now */
};

struct report {
	const char *subject; /* what the user asked about */
	char fs_type[16];    /* of the file that is being examined; "": unknown */
	struct finding *finding;
	size_t nr_findings;
	struct fix *fix;
	size_t nr_fixes;
	bool has_ranges; /* @size and @runs are valid */
	__u64 size;
	struct runs runs;
	struct mapping *mapping;
	size_t nr_mappings;
	int pid;	 /* 0: a file or mount was asked about */
	bool read_smaps; /* also if reading holds the process up */
	bool flags_unknown; /* it is unknown whether mappings have MADV_NOHUGEPAGE */
	bool not_usable; /* not a DAX file, or unknown */
};

/* Add a finding. The caller may add facts to the object that is returned (never NULL). */
json_t *report_add(struct report *report, const char *check, enum verdict verdict, const char *fmt,
		   ...) __attribute__((format(printf, 4, 5)));

/*
 * Add what fixes @cause; a cause may have several fixes, each with its own command. In @run {file}
 * and {dir} stand for @path and its folder, {pid} for the process. @path may be NULL.
 */
void report_fix(struct report *report, const char *cause, __u64 ranges, const char *means,
		const char *fix, const char *run, const char *path);

/* Add fixes for every fate other than 2 MiB in @runs, from the advice table of all programs. */
void report_fix_fates(struct report *report, const struct runs *runs, const char *path);

/* Exit status: 0 all ranges can be 2 MiB, 1 some cannot, 3 not a DAX file or unknown. */
int report_status(const struct report *report);

void report_free(struct report *report);

/* Ends the program when out of memory. */
void *grow(void *array, size_t nr, size_t size);
char *copy_text(const char *text);

#endif

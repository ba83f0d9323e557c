/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * assert.h - assertions about a run: `metric{label="glob"} op number unit`, judged by what was
 * counted. There is a verdict only where the counts prove it.
 */
#ifndef DAX_TRACE_ASSERT_H
#define DAX_TRACE_ASSERT_H

#include <jansson.h>
#include "model/model.h"
#include "view/lines.h"

#define ASSERT_MAX	2048 /* bytes of an expression */
#define ASSERT_WORST	5    /* files or processes listed for each */
#define ASSERT_NAME_MAX 64

/*
 * Position of a value relative to the limit. An operator is the set of positions that satisfy it.
 */
enum { ASSERT_BELOW = 1, ASSERT_EQUAL = 2, ASSERT_ABOVE = 4 };

struct assertion {
	char *expr;		      /* the expression as given */
	char metric[ASSERT_NAME_MAX]; /* the metric as given */
	const struct dax_field *field;
	__u64 unit_ns; /* for a time, the unit of the metric's name: 1, 1000, ... ns; otherwise 1 */
	enum dax_reason reason; /* DAX_WHY_NONE: all */
	char *file, *process;	/* glob patterns; NULL: not given */
	char op_name[3];
	unsigned int op;
	/* The limit in the field's unit: exact for counts, as a double for other values. */
	__u64 whole;
	bool more; /* the limit is above whole, by less than 1 */
	double real;
};

/* An error in an expression, and its place. */
struct assert_error {
	size_t at; /* byte of the expression */
	char what[256];
	enum assert_known {
		ASSERT_KNOWN_NONE,
		ASSERT_KNOWN_METRICS,
		ASSERT_KNOWN_REASONS
	} known; /* list of names that would be right */
};

/* Returns 0, -EINVAL with @err filled in, or -ENOMEM. Call assert_free() in all cases. */
int assert_parse(struct assertion *out, const char *expr, struct assert_error *err);
void assert_free(struct assertion *assertion);

/* Can @field be asserted: is it a number, and not a name? */
bool assert_is_metric(const struct dax_field *field);

/* The number of letters to change to make @b of @a, at most @most + 1. */
size_t assert_distance(const char *a, const char *b, size_t most);

enum assert_verdict { ASSERT_PASS, ASSERT_INCONCLUSIVE, ASSERT_FAIL, ASSERT_NR_VERDICTS };
const char *assert_verdict_name(enum assert_verdict verdict);

/* One item that was judged, or that is part of the total. */
struct assert_judged {
	const struct dax_item *item;
	struct dax_num num; /* partial: at least this value */
	enum assert_verdict verdict;
};

struct assert_result {
	const struct assertion *of;
	enum assert_verdict verdict;
	char why[160];	    /* why it is inconclusive */
	struct dax_num num; /* of the worst item that was judged */
	size_t nr_judged, nr_failed;
	struct assert_judged worst[ASSERT_WORST];
	size_t nr_worst;
	struct dax_model *own; /* the model of the items above, if it is not the caller's */
};

/* The input: a model, and the samples that it was made from. */
struct assert_run {
	const struct dax_model *model;
	const struct dax_sample *now, *before;
	bool unfinished; /* the command was stopped before its end: no assertion can pass */
};

/* Returns 0 or -ENOMEM. Call assert_result_free() in both cases. */
int assert_judge(struct assert_result *out, const struct assertion *of,
		 const struct assert_run *run);
void assert_result_free(struct assert_result *result);

/* The worst verdict of all; with no results, pass. */
enum assert_verdict assert_verdict_of(const struct assert_result *results, size_t nr);

/* The verdict as text, and as {"asserts": [...], "verdict": "..."}; NULL: out of memory. */
void assert_show(struct lines *lines, const struct assert_result *results, size_t nr);
json_t *assert_json(const struct assert_result *results, size_t nr);

/* Print the error, its place, and the right names to @to. */
void assert_show_error(FILE *to, const char *expr, const struct assert_error *err);

#endif

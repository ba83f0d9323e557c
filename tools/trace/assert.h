/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * assert.h - conditions that a run must meet: `metric{label="glob"} op number unit`, judged against
 * what was counted. A verdict is only given where the counts prove it.
 */
#ifndef DAX_TRACE_ASSERT_H
#define DAX_TRACE_ASSERT_H

#include <jansson.h>
#include "model/model.h"
#include "view/lines.h"

#define ASSERT_MAX	2048 /* bytes of an expression */
#define ASSERT_WORST	5    /* files or processes named for each */
#define ASSERT_NAME_MAX 64

/* Where a value may lie relative to the limit: an operator is the set of those that satisfy it. */
enum { ASSERT_BELOW = 1, ASSERT_EQUAL = 2, ASSERT_ABOVE = 4 };

struct assertion {
	char *expr;		      /* as it was given */
	char metric[ASSERT_NAME_MAX]; /* as it was written */
	const struct dax_field *field;
	__u64 unit_ns; /* of a time, what the metric's name counts in: 1, 1000...; else 1 */
	enum dax_reason reason; /* DAX_WHY_NONE: all */
	char *file, *process;	/* globs; NULL: not asked for */
	char op_name[3];
	unsigned int op;
	/* The limit in the field's unit: exact for counts, and as a double for the others. */
	__u64 whole;
	bool more; /* more than whole, by less than 1 */
	double real;
};

/* What is wrong with an expression, and where. */
struct assert_error {
	size_t at; /* byte of the expression */
	char what[256];
	enum assert_known {
		ASSERT_KNOWN_NONE,
		ASSERT_KNOWN_METRICS,
		ASSERT_KNOWN_REASONS
	} known; /* the names that would have been right */
};

/* 0, -EINVAL with @err filled in, or -ENOMEM. assert_free() is fine on all of them. */
int assert_parse(struct assertion *out, const char *expr, struct assert_error *err);
void assert_free(struct assertion *assertion);

/* Is @field something that can be asserted: a number, and not a name. */
bool assert_is_metric(const struct dax_field *field);

/* How many letters must change to make @b of @a, at most @most + 1. */
size_t assert_distance(const char *a, const char *b, size_t most);

enum assert_verdict { ASSERT_PASS, ASSERT_INCONCLUSIVE, ASSERT_FAIL, ASSERT_NR_VERDICTS };
const char *assert_verdict_name(enum assert_verdict verdict);

/* One thing that was judged, or that the total comes from. */
struct assert_judged {
	const struct dax_item *item;
	struct dax_num num; /* partial: at least */
	enum assert_verdict verdict;
};

struct assert_result {
	const struct assertion *of;
	enum assert_verdict verdict;
	char why[160];	    /* it is inconclusive */
	struct dax_num num; /* of the worst that was judged */
	size_t nr_judged, nr_failed;
	struct assert_judged worst[ASSERT_WORST];
	size_t nr_worst;
	struct dax_model *own; /* what the items above belong to, when not the caller's model */
};

/* What is judged: a model, and the samples that it was made of. */
struct assert_run {
	const struct dax_model *model;
	const struct dax_sample *now, *before;
	bool unfinished; /* the command was stopped before its end: nothing can be called good */
};

/* 0, or -ENOMEM. assert_result_free() is fine on both. */
int assert_judge(struct assert_result *out, const struct assertion *of,
		 const struct assert_run *run);
void assert_result_free(struct assert_result *result);

/* The worst of all; 0 of them pass. */
enum assert_verdict assert_verdict_of(const struct assert_result *results, size_t nr);

/* The verdict as text, and as {"asserts": [...], "verdict": "..."}; NULL: no memory. */
void assert_show(struct lines *lines, const struct assert_result *results, size_t nr);
json_t *assert_json(const struct assert_result *results, size_t nr);

/* What is wrong, the place, and what would have been right, to @to. */
void assert_show_error(FILE *to, const char *expr, const struct assert_error *err);

#endif

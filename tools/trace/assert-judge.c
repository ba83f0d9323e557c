// SPDX-License-Identifier: GPL-2.0-only
/* assert-judge.c - judge assertions by what was counted; what is not proven is inconclusive. */
#include <errno.h>
#include <fnmatch.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/num.h"
#include "trace/assert.h"

/* The limits of a value. hi unknown: there is no upper limit. */
struct bounds {
	struct dax_num lo, hi;
};

/* Input that is the same for all items of one assertion. */
struct judge {
	const struct assertion *of;
	const struct dax_model *model; /* whose items are judged */
	bool missing;		       /* faults of an item may be counted elsewhere */
	bool largest_first;	       /* large values are the bad ones */
};

static double as_real(struct dax_num num)
{
	return num.kind == DAX_NUM_COUNT ? (double)num.count : num.real;
}

static int compare_nums(struct dax_num a, struct dax_num b)
{
	if (a.kind == DAX_NUM_COUNT && b.kind == DAX_NUM_COUNT)
		return a.count < b.count ? -1 : a.count > b.count;
	return as_real(a) < as_real(b) ? -1 : as_real(a) > as_real(b);
}

/* On which side of the limit @num is. */
static unsigned int side_of_limit(const struct assertion *of, struct dax_num num)
{
	if (num.kind == DAX_NUM_COUNT) {
		if (num.count == of->whole)
			return of->more ? ASSERT_BELOW : ASSERT_EQUAL;
		return num.count < of->whole ? ASSERT_BELOW : ASSERT_ABOVE;
	}
	if (num.real == of->real)
		return ASSERT_EQUAL;
	return num.real < of->real ? ASSERT_BELOW : ASSERT_ABOVE;
}

static enum assert_verdict verdict_of(const struct assertion *of, const struct bounds *bounds)
{
	unsigned int lo = side_of_limit(of, bounds->lo), hi = ASSERT_ABOVE, may;

	if (bounds->hi.kind != DAX_NUM_UNKNOWN)
		hi = side_of_limit(of, bounds->hi);
	may = lo | hi;
	if (lo == ASSERT_BELOW && hi == ASSERT_ABOVE)
		may |= ASSERT_EQUAL;
	if (!(may & ~of->op))
		return ASSERT_PASS;
	return may & of->op ? ASSERT_INCONCLUSIVE : ASSERT_FAIL;
}

static void widen(struct bounds *bounds, const struct dax_field *field)
{
	bounds->hi.kind = DAX_NUM_UNKNOWN;
	if (!field->may_fall)
		return;
	bounds->lo = bounds->lo.kind == DAX_NUM_COUNT ? num_count(0) : num_real(0);
	if (field->unit == DAX_UNIT_RATIO)
		bounds->hi = num_real(1);
}

/* Only the sum of exited processes is known: each of them may have any part of it. */
static void widen_many(struct bounds *bounds, const struct dax_field *field)
{
	bounds->lo = bounds->lo.kind == DAX_NUM_COUNT ? num_count(0) : num_real(0);
	if (field->may_fall)
		bounds->hi = field->unit == DAX_UNIT_RATIO ? num_real(1) : num_unknown();
}

/* Each fault with an untracked range may have touched one more range, at 2 MiB or not. */
static void widen_coverage(struct bounds *bounds, const struct dax_counts *cell)
{
	double untracked = (double)cell->range[DAX_RANGE_UNTRACKED];
	double pmd = (double)cell->range[DAX_RANGE_PMD];
	double touched = (double)cell->range[DAX_RANGE_TOUCHED];

	bounds->lo = num_real(pmd / (touched + untracked));
	bounds->hi = num_real((pmd + untracked) / (touched + untracked));
}

/* Faults without a latency may have been shorter or longer than all others, and of any class. */
static void widen_quantile(struct bounds *bounds, const struct dax_field *field,
			   const struct dax_item *item)
{
	enum dax_class cls = (enum dax_class)field->arg;
	double timed = as_real(dax_lat_count(item, DAX_TOTAL, cls));
	double untimed = (double)item->total.untimed;
	double low = (field->quantile * (timed + untimed) - untimed) / timed;
	double high = field->quantile * (timed + untimed) / timed;

	bounds->lo = low > 0 ? dax_lat_quantile(item, DAX_TOTAL, cls, low) : num_count(0);
	bounds->hi = high <= 1 ? dax_lat_quantile(item, DAX_TOTAL, cls, high)
			       : num_unknown();
}

static struct dax_num bounded_value(const struct judge *judge, const struct dax_item *item,
			    struct bounds *bounds)
{
	const struct dax_field *field = judge->of->field;
	struct dax_num num = judge->of->reason ? dax_reason_num(item, DAX_TOTAL, judge->of->reason)
					       : dax_field_num(field, item, DAX_TOTAL);

	bounds->lo = bounds->hi = num;
	if (num.kind == DAX_NUM_UNKNOWN)
		return num;
	/* An estimate proves nothing, even if the missing faults could only raise the value. */
	if (num.estimate)
		bounds->lo = num_count(0), bounds->hi.kind = DAX_NUM_UNKNOWN;
	else if (judge->missing || (num.partial && !field->of_ranges))
		widen(bounds, field);
	else if (num.partial)
		widen_coverage(bounds, &item->total);
	else if (field->of_timed && item->total.untimed && field->quantile > 0)
		widen_quantile(bounds, field, item);
	else if (field->of_timed && item->total.untimed)
		widen(bounds, field);
	if (item->exited)
		widen_many(bounds, field);
	num.partial |= judge->missing;
	return num;
}

static struct assert_judged judge_one(const struct judge *judge, const struct dax_item *item)
{
	struct assert_judged one = {.item = item, .verdict = ASSERT_INCONCLUSIVE};
	struct bounds bounds;

	one.num = bounded_value(judge, item, &bounds);
	if (one.num.kind != DAX_NUM_UNKNOWN)
		one.verdict = verdict_of(judge->of, &bounds);
	return one;
}

/* Are there counts without a file and process of their own? */
static bool have_others(const struct dax_model *model, const struct dax_field *field)
{
	const struct dax_items *files = &model->list[DAX_FILE];
	struct dax_num num;
	size_t i;

	for (i = 0; i < files->nr; i++) {
		if (!files->item[i].other)
			continue;
		num = dax_field_num(field, &files->item[i], DAX_TOTAL);
		if (dax_item_seen(&files->item[i]) || (num.kind != DAX_NUM_UNKNOWN && as_real(num) > 0))
			return true;
	}
	return false;
}

/* Order: the worst verdict, then the worst value, then the order of items. */
static int worse_first(const void *a, const void *b, void *arg)
{
	const struct assert_judged *one = a, *two = b;
	const struct judge *judge = arg;
	int order;

	if (one->verdict != two->verdict)
		return one->verdict > two->verdict ? -1 : 1;
	if (one->num.kind == DAX_NUM_UNKNOWN || two->num.kind == DAX_NUM_UNKNOWN)
		order = (one->num.kind == DAX_NUM_UNKNOWN) - (two->num.kind == DAX_NUM_UNKNOWN);
	else
		order = judge->largest_first ? compare_nums(two->num, one->num)
					     : compare_nums(one->num, two->num);
	return order ? order : one->item < two->item ? -1 : one->item > two->item;
}

/* Large values are bad for an upper limit, or for "==" that was exceeded. */
static bool large_is_bad(const struct assertion *of, struct dax_num num)
{
	if (of->op == ASSERT_EQUAL)
		return num.kind != DAX_NUM_UNKNOWN && side_of_limit(of, num) == ASSERT_ABOVE;
	return !(of->op & ASSERT_ABOVE);
}

static void why_unknown(struct assert_result *out, const struct judge *judge,
			const struct assert_judged *one)
{
	if (one->num.kind == DAX_NUM_UNKNOWN)
		snprintf(out->why, sizeof(out->why),
			 "nothing of that kind was counted, or tier %s cannot count it",
			 dax_tier_name(judge->model->tier));
	else if (one->item->exited)
		snprintf(out->why, sizeof(out->why),
			 "only the sum of exited processes is known, and the verdict may depend on single ones");
	else
		snprintf(out->why, sizeof(out->why),
			 "some faults were not followed, tracked or timed, and the verdict may depend on them");
}

/* All items are judged as one; the files are listed only to show where the value comes from. */
static int judge_host(struct assert_result *out, struct judge *judge)
{
	const struct dax_items *files = &judge->model->list[DAX_FILE];
	struct assert_judged host = judge_one(judge, &judge->model->host), *from;
	size_t i, nr = 0;

	out->verdict = host.verdict;
	out->num = host.num;
	out->nr_judged = 1;
	out->nr_failed = host.verdict == ASSERT_FAIL;
	if (host.verdict == ASSERT_INCONCLUSIVE)
		why_unknown(out, judge, &host);
	if (host.verdict == ASSERT_PASS)
		return 0;
	from = calloc(files->nr ? files->nr : 1, sizeof(*from));
	if (!from)
		return -ENOMEM;
	judge->largest_first = large_is_bad(judge->of, host.num);
	for (i = 0; i < files->nr; i++) {
		struct assert_judged one = judge_one(judge, &files->item[i]);

		/* An item without a value adds nothing to the sum. */
		if (!dax_item_seen(one.item) || one.num.kind == DAX_NUM_UNKNOWN ||
		    (judge->largest_first && as_real(one.num) == 0))
			continue;
		from[nr] = one;
		from[nr++].verdict = ASSERT_FAIL; /* these are ordered by value only */
	}
	qsort_r(from, nr, sizeof(*from), worse_first, judge);
	out->nr_worst = nr < ASSERT_WORST ? nr : ASSERT_WORST;
	memcpy(out->worst, from, out->nr_worst * sizeof(*from));
	free(from);
	return 0;
}

enum match { MATCH_NO, MATCH_MAYBE, MATCH_YES };

static enum match match_item(const struct assertion *of, const struct dax_item *item)
{
	if (!of->file)
		return fnmatch(of->process, item->comm, 0) ? MATCH_NO : MATCH_YES;
	if (!of->file[strspn(of->file, "*")])
		return MATCH_YES;
	if (!item->path)
		return MATCH_MAYBE;
	if (!fnmatch(of->file, item->path, 0))
		return MATCH_YES;
	/* Only the end of the path is known, or its path in another mount namespace. */
	return item->path[0] != '/' || !strncmp(item->path, "/proc/", 6) ? MATCH_MAYBE : MATCH_NO;
}

static void say_unmatched(struct assert_result *out, const struct assertion *of, size_t maybe)
{
	const char *what = of->file ? "file" : "process";

	out->verdict = ASSERT_INCONCLUSIVE;
	if (maybe)
		snprintf(out->why, sizeof(out->why),
			 "%zu files with unknown paths may match and do not meet the limit", maybe);
	else
		snprintf(out->why, sizeof(out->why), "no %s that matches had a fault", what);
}

/* The assertion must hold for each item that matches. */
static int judge_each(struct assert_result *out, struct judge *judge)
{
	const struct dax_items *items =
		&judge->model->list[judge->of->file ? DAX_FILE : DAX_PROCESS];
	struct assert_judged *judged = calloc(items->nr ? items->nr : 1, sizeof(*judged));
	size_t i, nr = 0, maybe = 0;

	if (!judged)
		return -ENOMEM;
	for (i = 0; i < items->nr; i++) {
		const struct dax_item *item = &items->item[i];
		enum match how = item->other || !dax_item_seen(item) ? MATCH_NO : match_item(judge->of, item);

		if (how == MATCH_NO)
			continue;
		judged[nr] = judge_one(judge, item);
		judge->largest_first |= large_is_bad(judge->of, judged[nr].num);
		if (how == MATCH_YES)
			out->nr_failed += judged[nr++].verdict == ASSERT_FAIL;
		else
			maybe += judged[nr].verdict != ASSERT_PASS;
	}
	qsort_r(judged, nr, sizeof(*judged), worse_first, judge);
	out->nr_judged = nr;
	if (nr) {
		out->verdict = judged[0].verdict;
		out->num = judged[0].num;
	}
	if (!nr || (maybe && out->verdict == ASSERT_PASS))
		say_unmatched(out, judge->of, maybe);
	else if (out->verdict == ASSERT_INCONCLUSIVE)
		why_unknown(out, judge, &judged[0]);
	while (out->nr_worst < nr && out->nr_worst < ASSERT_WORST &&
	       judged[out->nr_worst].verdict != ASSERT_PASS) {
		out->worst[out->nr_worst] = judged[out->nr_worst];
		out->nr_worst++;
	}
	free(judged);
	return 0;
}

/* The rows of processes that match; NULL: out of memory. The caller frees *rows. */
static struct dax_row *rows_of(struct dax_sample *sample, const char *process)
{
	struct dax_row *rows = calloc(sample->nr_rows ? sample->nr_rows : 1, sizeof(*rows));
	size_t i, nr = 0;

	for (i = 0; rows && i < sample->nr_rows; i++)
		if (!fnmatch(process, sample->rows[i].comm, 0))
			rows[nr++] = sample->rows[i];
	sample->rows = rows;
	sample->nr_rows = nr;
	return rows;
}

/* A model of the faults of some processes only, for an assertion about files. */
static struct dax_model *model_of(const struct assert_run *run, const char *process)
{
	struct dax_sample now = *run->now, before = {0};
	struct dax_row *rows = rows_of(&now, process), *older = NULL;
	struct dax_model *model = NULL;

	if (run->before) {
		before = *run->before;
		older = rows_of(&before, process);
	}
	if (rows && (older || !run->before))
		model = dax_model_build(&now, run->before ? &before : NULL, run->model->elapsed_ns);
	free(rows);
	free(older);
	return model;
}

static int judge_any(struct assert_result *out, const struct assert_run *run)
{
	struct judge judge = {.of = out->of, .model = run->model};
	bool each = out->of->file || out->of->process;

	judge.missing =
		run->model->lost.unwatched > 0 || run->model->lost.faults > 0 ||
		run->model->lost.details > 0 || (each && have_others(run->model, out->of->field));
	if (out->of->file && out->of->process) {
		out->own = model_of(run, out->of->process);
		if (!out->own)
			return -ENOMEM;
		judge.model = out->own;
	}
	return each ? judge_each(out, &judge) : judge_host(out, &judge);
}

int assert_judge(struct assert_result *out, const struct assertion *of,
		 const struct assert_run *run)
{
	locale_t bytes, before;
	int err;

	memset(out, 0, sizeof(*out));
	out->of = of;
	out->verdict = ASSERT_INCONCLUSIVE;
	if (!dax_item_seen(&run->model->host)) {
		snprintf(out->why, sizeof(out->why), "no fault on a DAX file was seen: read() and write() do not fault, only mappings are seen; "
			 "daxdoctor FILE shows whether a file is a DAX file");
		return 0;
	}
	/* Names are bytes: names that are invalid text in the user's locale must be matched too. */
	bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!bytes)
		return -ENOMEM;
	before = uselocale(bytes);
	err = judge_any(out, run);
	uselocale(before);
	freelocale(bytes);
	if (!err && out->verdict == ASSERT_PASS && run->unfinished) {
		out->verdict = ASSERT_INCONCLUSIVE;
		snprintf(out->why, sizeof(out->why), "the command was stopped before its end");
	}
	return err;
}

void assert_result_free(struct assert_result *result)
{
	dax_model_free(result->own);
	memset(result, 0, sizeof(*result));
}

enum assert_verdict assert_verdict_of(const struct assert_result *results, size_t nr)
{
	enum assert_verdict worst = ASSERT_PASS;
	size_t i;

	for (i = 0; i < nr; i++)
		if (results[i].verdict > worst)
			worst = results[i].verdict;
	return worst;
}

const char *assert_verdict_name(enum assert_verdict verdict)
{
	static const char *const names[ASSERT_NR_VERDICTS] = {"pass", "inconclusive", "fail"};

	return names[verdict];
}

// SPDX-License-Identifier: GPL-2.0-only
/* assert-show.c - print verdicts on assertions as text and JSON, and errors in assertions. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "trace/assert.h"
#include "trace/show.h"
#include "util/err.h"
#include "util/escape.h"
#include "util/json-value.h"
#include "view/format.h"

#define SHOWN_MAX   512 /* bytes of an expression that are shown with its verdict */
#define ROUND_ERROR 32	/* bytes of an expression that are shown on each side of an error */
#define LIST_WIDTH  79

/* ".25" for @rest / @unit, where @unit is a power of ten; nothing for 0. */
static void put_fraction(char out[24], __u64 rest, __u64 unit)
{
	size_t used = 0;

	if (rest)
		out[used++] = '.';
	for (; rest; rest %= unit) {
		unit /= 10;
		out[used++] = (char)('0' + rest / unit);
	}
	out[used] = '\0';
}

/* A value, as exact as it is known, in the unit of the metric's name. */
static void put_value(char *out, size_t size, const struct assertion *of, struct dax_num num)
{
	const char *least = num.partial ? "at least " : "";
	char fraction[24];

	if (num.kind == DAX_NUM_UNKNOWN) {
		snprintf(out, size, "unknown");
	} else if (num.kind == DAX_NUM_REAL) {
		snprintf(out, size, "%s%.9g", of->field->unit == DAX_UNIT_RATIO ? "" : least,
			 num.real / (double)of->unit_ns);
	} else {
		put_fraction(fraction, num.count % of->unit_ns, of->unit_ns);
		snprintf(out, size, "%s%llu%s", least,
			 (unsigned long long)(num.count / of->unit_ns), fraction);
	}
}

/* What kept the item from 2 MiB; NULL when the metric is not about that. */
static const char *cause_of(const struct assertion *of, const struct dax_item *item)
{
	if (of->reason)
		return dax_reason_num(item, DAX_TOTAL, of->reason).count
			       ? dax_reason_name(of->reason)
			       : NULL;
	return of->field->of_size ? dax_advise(item, DAX_TOTAL).cause : NULL;
}

static void show_advice(struct lines *lines, const struct assertion *of,
			const struct dax_item *item)
{
	struct dax_advice advice = dax_advise(item, DAX_TOTAL);
	char text[FORMAT_LINE_MAX];

	if (!cause_of(of, item))
		return;
	if (of->reason) {
		advice = (struct dax_advice){
			.fix = dax_reason_fix(of->reason, dax_item_fs(item)),
			.run = dax_reason_run(of->reason, dax_item_fs(item)),
		};
		snprintf(text, sizeof(text), "%s: %s", dax_reason_name(of->reason),
			 dax_reason_means(of->reason));
	} else {
		format_cause(text, &advice);
	}
	lines_add(lines, LINE_PLAIN, 19, "%14s%s", "", text);
	lines_fix(lines, 14, advice.fix, advice.run, item);
}

static void show_worst(struct lines *lines, const struct assert_result *result)
{
	char value[64], name[FORMAT_NAME_MAX];
	size_t i;

	for (i = 0; i < result->nr_worst; i++) {
		const struct assert_judged *one = &result->worst[i];
		const char *cause = cause_of(result->of, one->item);

		put_value(value, sizeof(value), result->of, one->num);
		format_name(name, one->item, lines->ascii);
		lines_add(lines, LINE_PLAIN, 19, "%14s%s: %s%s%s", "", name, value,
			  cause ? ", " : "", cause ? cause : "");
	}
	if (result->of->file && result->nr_failed > result->nr_worst)
		lines_add(lines, LINE_FAINT, 19, "%14s... and %zu more", "",
			  result->nr_failed - result->nr_worst);
}

static void show_one(struct lines *lines, const struct assert_result *result)
{
	const struct assertion *of = result->of;
	char expr[4 * SHOWN_MAX + 1], value[64];
	size_t shown;

	shown = escape_text(expr, sizeof(expr), of->expr,
			    lines->ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL);
	put_value(value, sizeof(value), of, result->num);
	lines_add(lines, result->verdict == ASSERT_PASS ? LINE_PLAIN : LINE_STRONG, 14,
		  "%-12s  %s%s", assert_verdict_name(result->verdict), expr,
		  shown + 4 * 4 >= sizeof(expr) ? "..." : "");
	if (result->verdict == ASSERT_INCONCLUSIVE)
		lines_add(lines, LINE_PLAIN, 19, "%14s%s", "", result->why);
	if (!result->nr_judged)
		return;
	if (of->file || of->process)
		lines_add(lines, LINE_PLAIN, 19, "%14sworst %s is %s; of %zu %s, %zu fail%s", "",
			  of->metric, value, result->nr_judged, of->file ? "files" : "processes",
			  result->nr_failed, result->nr_failed == 1 ? "s" : "");
	else
		lines_add(lines, LINE_PLAIN, 19, "%14s%s is %s", "", of->metric, value);
	if (result->verdict == ASSERT_PASS)
		return;
	show_worst(lines, result);
	if (result->verdict == ASSERT_FAIL && result->nr_worst)
		show_advice(lines, of, result->worst[0].item);
}

void assert_show(struct lines *lines, const struct assert_result *results, size_t nr)
{
	size_t i, bad = 0;

	for (i = 0; i < nr; i++)
		bad += results[i].verdict != ASSERT_PASS;
	lines_add(lines, LINE_PLAIN, 0, "%s", "");
	lines_add(lines, LINE_HEAD, 4, "verdict: %s, %zu of %zu assertions hold",
		  assert_verdict_name(assert_verdict_of(results, nr)), nr - bad, nr);
	/* Failed assertions come last, because a log is read from its end. */
	for (i = 0; i < nr; i++)
		if (results[i].verdict == ASSERT_PASS)
			show_one(lines, &results[i]);
	for (i = 0; i < nr; i++)
		if (results[i].verdict == ASSERT_INCONCLUSIVE)
			show_one(lines, &results[i]);
	for (i = 0; i < nr; i++)
		if (results[i].verdict == ASSERT_FAIL)
			show_one(lines, &results[i]);
}

/* In the unit of the metric's name, like the text. */
static json_t *json_value(const struct assertion *of, struct dax_num num)
{
	if (num.kind == DAX_NUM_UNKNOWN)
		return json_null();
	if (num.kind == DAX_NUM_REAL)
		return json_real(num.real / (double)of->unit_ns);
	if (num.count % of->unit_ns)
		return json_real((double)num.count / (double)of->unit_ns);
	return u64_to_json(num.count / of->unit_ns);
}

static json_t *json_limit(const struct assertion *of)
{
	if (of->more || of->whole % of->unit_ns)
		return json_real(of->real / (double)of->unit_ns);
	return u64_to_json(of->whole / of->unit_ns);
}

static json_t *json_judged(const struct assertion *of, const struct assert_judged *one)
{
	const struct dax_item *item = one->item;
	json_t *object = json_object();
	int failed = !object;

	if (item->kind == DAX_PROCESS) {
		failed |= json_object_set_new(object, "process", text_to_json(item->comm));
		failed |= json_object_set_new(
			object, "pid", item->exited ? json_null() : u64_to_json(item->key.tgid));
	} else {
		failed |= json_object_set_new(object, "file", text_to_json(item->path));
		failed |= json_object_set_new(
			object, "ino", item->other ? json_null() : u64_to_json(item->key.ino));
	}
	failed |= json_object_set_new(object, "value", json_value(of, one->num));
	failed |= json_object_set_new(object, "reason", text_to_json(cause_of(of, item)));
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *json_worst(const struct assert_result *result)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < result->nr_worst && list; i++)
		if (json_array_append_new(list, json_judged(result->of, &result->worst[i]))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static json_t *json_result(const struct assert_result *result)
{
	const struct assertion *of = result->of;
	json_t *object = json_object();
	struct {
		const char *key;
		json_t *value;
	} member[] = {
		{"expr", text_to_json(of->expr)},
		{"metric", text_to_json(of->metric)},
		{"value", json_value(of, result->num)},
		{"at_least",
		 json_boolean(result->num.kind != DAX_NUM_UNKNOWN && result->num.partial)},
		{"op", text_to_json(of->op_name)},
		{"limit", json_limit(of)},
		{"verdict", text_to_json(assert_verdict_name(result->verdict))},
		{"why", text_to_json(result->why[0] ? result->why : NULL)},
		{"judged", u64_to_json(result->nr_judged)},
		{"failed", u64_to_json(result->nr_failed)},
		{"worst", json_worst(result)},
	};
	int failed = !object;
	size_t i;

	for (i = 0; i < sizeof(member) / sizeof(*member); i++)
		failed |= json_object_set_new(object, member[i].key, member[i].value);
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

json_t *assert_json(const struct assert_result *results, size_t nr)
{
	const char *verdict = assert_verdict_name(assert_verdict_of(results, nr));
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < nr && list; i++)
		if (json_array_append_new(list, json_result(&results[i]))) {
			json_decref(list);
			list = NULL;
		}
	return list ? json_pack("{s:o,s:s}", "asserts", list, "verdict", verdict) : NULL;
}

/*
 * Print the expression near byte @at, with a mark below that byte. ASCII only, so that a byte is a
 * column.
 */
static void show_place(FILE *to, const char *expr, size_t at)
{
	char part[ROUND_ERROR + 1], left[4 * ROUND_ERROR + 1], right[4 * ROUND_ERROR + 1];
	size_t len = strlen(expr), from = at > ROUND_ERROR ? at - ROUND_ERROR : 0;
	const char *before = from ? "..." : "";

	memcpy(part, expr + from, at - from);
	part[at - from] = '\0';
	escape_text(left, sizeof(left), part, ESCAPE_ASCII);
	snprintf(part, sizeof(part), "%s", expr + at);
	escape_text(right, sizeof(right), part, ESCAPE_ASCII);
	fprintf(to, "    %s%s%s%s\n", before, left, right, len - at > ROUND_ERROR ? "..." : "");
	fprintf(to, "    %*s^\n", (int)(strlen(before) + strlen(left)), "");
}

struct list {
	FILE *to;
	int used;
};

static void list_name(struct list *list, const char *name)
{
	int len = (int)strlen(name);

	if (list->used && list->used + 1 + len > LIST_WIDTH) {
		fputc('\n', list->to);
		list->used = 0;
	}
	fprintf(list->to, "%s%s", list->used ? " " : "    ", name);
	list->used += list->used ? 1 + len : 4 + len;
}

void assert_show_error(FILE *to, const char *expr, const struct assert_error *err)
{
	struct list list = {.to = to};
	size_t i;

	warn_msg("--assert: at byte %zu: %s", err->at + 1, err->what);
	show_place(to, expr, err->at);
	if (err->known == ASSERT_KNOWN_NONE)
		return;
	fprintf(to, "known %s:\n",
		err->known == ASSERT_KNOWN_METRICS ? "metrics (times also as ..._us, ..._ms, ..._s)"
						   : "reasons");
	if (err->known == ASSERT_KNOWN_METRICS)
		for (i = 0; i < dax_nr_fields; i++) {
			if (assert_is_metric(&dax_fields[i]))
				list_name(&list, dax_fields[i].name);
		}
	else
		for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++)
			list_name(&list, dax_reason_name((enum dax_reason)i));
	fputc('\n', to);
}

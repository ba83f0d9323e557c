// SPDX-License-Identifier: GPL-2.0-only
/* assert-parse.c - parse an assertion: its metric, labels and operator, in any locale. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "trace/assert-parse.h"

static bool take(struct parser *p, char c)
{
	parse_space(p);
	if (here(p) != c)
		return false;
	p->at++;
	return true;
}

/* Take a word, cut to the length of a name; *begin is where it starts. False: there is none. */
static bool take_word(struct parser *p, char out[ASSERT_NAME_MAX], size_t *begin)
{
	size_t len;

	parse_space(p);
	*begin = p->at;
	while (is_word(here(p)))
		p->at++;
	len = p->at - *begin;
	if (len >= ASSERT_NAME_MAX)
		len = ASSERT_NAME_MAX - 1;
	memcpy(out, p->text + *begin, len);
	out[len] = '\0';
	return len > 0;
}

size_t assert_distance(const char *a, const char *b, size_t most)
{
	size_t row[ASSERT_NAME_MAX + 1], na = strlen(a), nb = strlen(b), i, j;

	if (nb > ASSERT_NAME_MAX || na > nb + most || nb > na + most)
		return most + 1;
	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= nb; j++) {
			size_t changed = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j - 1] + 1 < changed)
				changed = row[j - 1] + 1;
			row[j] = row[j] + 1 < changed ? row[j] + 1 : changed;
		}
	}
	return row[nb] > most ? most + 1 : row[nb];
}

/* The nearest of all names, for "did you mean". */
struct nearest {
	const char *word, *name;
	size_t distance;
};

static struct nearest nearest_to(const char *word)
{
	size_t most = strlen(word) / 3;

	return (struct nearest){.word = word, .distance = (most < 2 ? 2 : most) + 1};
}

static void nearest_try(struct nearest *nearest, const char *name)
{
	size_t distance = assert_distance(nearest->word, name, nearest->distance);

	if (distance < nearest->distance) {
		nearest->distance = distance;
		nearest->name = name;
	}
}

static int unknown(struct parser *p, size_t at, enum assert_known known, const char *what,
		   const struct nearest *nearest)
{
	if (nearest->name)
		return parse_wrong(p, at, known, "no %s is called '%.63s'; did you mean %s?", what,
				   nearest->word, nearest->name);
	return parse_wrong(p, at, known, "no %s is called '%.63s'", what, nearest->word);
}

bool assert_is_metric(const struct dax_field *field)
{
	return field->num && !field->identity && field->unit != DAX_UNIT_TEXT &&
	       field->unit != DAX_UNIT_ID;
}

/* A time can be given in each unit, although the table has it in ns. */
static const struct dax_field *find_timed(const char *word, __u64 *unit_ns)
{
	const struct dax_field *field = dax_field_find(word);
	char in_ns[ASSERT_NAME_MAX + 4];
	size_t len = strlen(word), i;

	*unit_ns = 1;
	for (i = 0; !field && i < ASSERT_NR_TIME_UNITS; i++) {
		size_t suffix = strlen(assert_time_units[i].suffix);

		if (len <= suffix || strcmp(word + len - suffix, assert_time_units[i].suffix) != 0)
			continue;
		snprintf(in_ns, sizeof(in_ns), "%.*s_ns", (int)(len - suffix), word);
		field = dax_field_find(in_ns);
		*unit_ns = assert_time_units[i].ns;
	}
	return field;
}

/*
 * The time of waits for entry locks is also found under the name of entry_waits: entry_wait_max_us.
 */
static const struct dax_field *find_metric(const char *word, __u64 *unit_ns)
{
	static const char other[] = "entry_wait_";
	const struct dax_field *field = find_timed(word, unit_ns);
	char name[ASSERT_NAME_MAX];

	if (field || strncmp(word, other, strlen(other)) != 0)
		return field;
	snprintf(name, sizeof(name), "lat_wait_%s", word + strlen(other));
	return find_timed(name, unit_ns);
}

static int take_metric(struct parser *p, struct assertion *out)
{
	struct nearest nearest;
	size_t begin, i;

	if (!take_word(p, out->metric, &begin))
		return parse_wrong(p, p->at, ASSERT_KNOWN_METRICS,
				   "the name of a metric is expected");
	out->field = find_metric(out->metric, &out->unit_ns);
	if (out->field && assert_is_metric(out->field))
		return 0;
	if (out->field)
		return parse_wrong(p, begin, ASSERT_KNOWN_METRICS,
				   "%s is not a number that can be judged", out->metric);
	nearest = nearest_to(out->metric);
	for (i = 0; i < dax_nr_fields; i++)
		if (assert_is_metric(&dax_fields[i]))
			nearest_try(&nearest, dax_fields[i].name);
	return unknown(p, begin, ASSERT_KNOWN_METRICS, "metric", &nearest);
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \" and \\ stand for the character, \xNN for a byte, as in displayed names. */
static int take_escape(struct parser *p, char *byte)
{
	size_t begin = p->at - 1;
	int high, low;

	*byte = here(p);
	if (*byte == '"' || *byte == '\\') {
		p->at++;
		return 0;
	}
	high = *byte == 'x' ? hex_digit(p->text[p->at + 1]) : -1;
	low = high >= 0 ? hex_digit(p->text[p->at + 2]) : -1;
	if (low < 0 || high + low == 0)
		return parse_wrong(
			p, begin, ASSERT_KNOWN_NONE,
			"after \\ only \", \\ or xNN with two hexadecimal digits, not 00, can "
			"follow");
	*byte = (char)(high << 4 | low);
	p->at += 3;
	return 0;
}

/* The text between quotes, which the caller frees; NULL: there is none. */
static int take_quoted(struct parser *p, char **out)
{
	size_t begin, used = 0;
	char *value, byte;

	parse_space(p);
	begin = p->at;
	if (here(p) != '"')
		return parse_wrong(p, p->at, ASSERT_KNOWN_NONE,
				   "a value in \"double quotes\" is expected");
	value = malloc(strlen(p->text + p->at) + 1);
	if (!value)
		return -ENOMEM;
	*out = value;
	for (p->at++; here(p) != '"';) {
		byte = here(p);
		if (!byte)
			return parse_wrong(p, begin, ASSERT_KNOWN_NONE,
					   "this quote is never closed");
		p->at++;
		if (byte == '\\' && take_escape(p, &byte))
			return -EINVAL;
		value[used++] = byte;
	}
	value[used] = '\0';
	p->at++;
	if (!used)
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE, "an empty value matches nothing");
	return 0;
}

static int set_reason(struct parser *p, size_t begin, struct assertion *out, const char *word)
{
	struct nearest nearest = nearest_to(word);
	int i;

	if (!out->field->by_reason)
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE,
				   "only fallbacks have reasons");
	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++) {
		if (!strcmp(word, dax_reason_name((enum dax_reason)i))) {
			out->reason = (enum dax_reason)i;
			return 0;
		}
		nearest_try(&nearest, dax_reason_name((enum dax_reason)i));
	}
	return unknown(p, begin, ASSERT_KNOWN_REASONS, "reason", &nearest);
}

static int take_label(struct parser *p, struct assertion *out)
{
	char name[ASSERT_NAME_MAX], *value = NULL, **glob = NULL;
	size_t begin, quote;
	bool reason, twice;
	int err;

	if (!take_word(p, name, &begin))
		return parse_wrong(p, p->at, ASSERT_KNOWN_NONE,
				   "a label is expected: file, process or reason");
	reason = !strcmp(name, "reason");
	if (!strcmp(name, "file"))
		glob = &out->file;
	else if (!strcmp(name, "process"))
		glob = &out->process;
	else if (!reason)
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE,
				   "no label is called '%s'; there are file, process and reason",
				   name);
	if (reason)
		twice = out->reason != DAX_WHY_NONE;
	else
		twice = *glob != NULL;
	if (twice)
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE, "%s comes twice", name);
	if (!take(p, '='))
		return parse_wrong(p, p->at, ASSERT_KNOWN_NONE, "= is expected after the label");
	parse_space(p);
	quote = p->at;
	err = take_quoted(p, &value);
	if (!err && reason && value)
		err = set_reason(p, quote, out, value);
	if (err || reason)
		free(value);
	else
		*glob = value;
	return err;
}

static int take_labels(struct parser *p, struct assertion *out)
{
	int err;

	if (!take(p, '{'))
		return 0;
	do {
		err = take_label(p, out);
		if (err)
			return err;
	} while (take(p, ','));
	if (!take(p, '}'))
		return parse_wrong(p, p->at, ASSERT_KNOWN_NONE, "a comma or } is expected");
	return 0;
}

static int take_op(struct parser *p, struct assertion *out)
{
	static const struct {
		const char *name;
		unsigned int op;
	} ops[] = {
		{">=", ASSERT_ABOVE | ASSERT_EQUAL},
		{"<=", ASSERT_BELOW | ASSERT_EQUAL},
		{"==", ASSERT_EQUAL},
		{"!=", ASSERT_BELOW | ASSERT_ABOVE},
		{">", ASSERT_ABOVE},
		{"<", ASSERT_BELOW},
	};
	size_t i, len;

	parse_space(p);
	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		len = strlen(ops[i].name);
		if (strncmp(p->text + p->at, ops[i].name, len) != 0)
			continue;
		p->at += len;
		strcpy(out->op_name, ops[i].name);
		out->op = ops[i].op;
		return 0;
	}
	return parse_wrong(p, p->at, ASSERT_KNOWN_NONE, "one of >= <= > < == != is expected");
}

int assert_parse(struct assertion *out, const char *expr, struct assert_error *err)
{
	struct parser p = {.text = expr, .err = err};
	int ret;

	memset(out, 0, sizeof(*out));
	memset(err, 0, sizeof(*err));
	if (strnlen(expr, ASSERT_MAX + 1) > ASSERT_MAX)
		return parse_wrong(&p, ASSERT_MAX, ASSERT_KNOWN_NONE, "longer than %d bytes",
				   ASSERT_MAX);
	out->expr = strdup(expr);
	if (!out->expr)
		return -ENOMEM;
	ret = take_metric(&p, out);
	if (!ret)
		ret = take_labels(&p, out);
	if (!ret)
		ret = take_op(&p, out);
	if (!ret)
		ret = take_limit(&p, out);
	if (ret)
		return ret;
	parse_space(&p);
	if (!strncmp(expr + p.at, "&&", 2) || here(&p) == ',')
		return parse_wrong(&p, p.at, ASSERT_KNOWN_NONE,
				   "one comparison only; give --assert again for the next");
	if (here(&p))
		return parse_wrong(&p, p.at, ASSERT_KNOWN_NONE, "nothing more is expected here");
	return 0;
}

void assert_free(struct assertion *assertion)
{
	free(assertion->expr);
	free(assertion->file);
	free(assertion->process);
	memset(assertion, 0, sizeof(*assertion));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * csv.c - a table with one row for each run: columns time and commit, and one for each metric, as
 * in Otava.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "dash/format/build.h"
#include "dash/format/names.h"

#define MAX_COLUMNS 4096

struct csv {
	const char *p, *end;
	size_t line; /* line of the row that was read last */
	size_t next_line;
	char **cell;
	size_t nr;
};

static void row_free(struct csv *csv)
{
	while (csv->nr)
		free(csv->cell[--csv->nr]);
}

static int cell_add(struct csv *csv, const char *text, size_t len)
{
	char **more = reallocarray(csv->cell, csv->nr + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	csv->cell = more;
	more[csv->nr] = strndup(text, len);
	return more[csv->nr] ? (csv->nr++, 0) : -ENOMEM;
}

/* Read a quoted cell, in which "" is a quote. */
static int quoted(struct csv *csv, struct format_error *error)
{
	char *text = malloc((size_t)(csv->end - csv->p) + 1);
	size_t len = 0;
	int err;

	if (!text)
		return -ENOMEM;
	for (csv->p++; csv->p < csv->end; csv->p++) {
		if (*csv->p == '"') {
			if (csv->p + 1 < csv->end && csv->p[1] == '"')
				csv->p++;
			else
				break;
		}
		csv->next_line += *csv->p == '\n';
		text[len++] = *csv->p;
	}
	if (csv->p == csv->end) {
		free(text);
		return format_fail(error, csv->line, "a quoted cell does not end");
	}
	csv->p++;
	err = cell_add(csv, text, len);
	free(text);
	if (!err && csv->p < csv->end && !strchr(",\r\n", *csv->p))
		return format_fail(error, csv->line, "text after a quoted cell");
	return err;
}

/* Returns 1: a row was read; 0: end of the file. */
static int row_read(struct csv *csv, struct format_error *error)
{
	row_free(csv);
	csv->line = csv->next_line;
	if (csv->p >= csv->end)
		return 0;
	for (;;) {
		int err;

		if (csv->p < csv->end && *csv->p == '"') {
			err = quoted(csv, error);
		} else {
			const char *start = csv->p;

			while (csv->p < csv->end && *csv->p != ',' && *csv->p != '\n' &&
			       *csv->p != '\r')
				csv->p++;
			err = cell_add(csv, start, (size_t)(csv->p - start));
		}
		if (err)
			return err;
		if (csv->nr > MAX_COLUMNS)
			return format_fail(error, csv->line, "more than %d columns", MAX_COLUMNS);
		if (csv->p < csv->end && *csv->p == ',') {
			csv->p++;
			continue;
		}
		break;
	}
	if (csv->p < csv->end && *csv->p == '\r')
		csv->p++;
	if (csv->p < csv->end && *csv->p == '\n')
		csv->p++;
	csv->next_line++;
	return 1;
}

static bool is_csv(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	size_t first = end ? (size_t)(end - text) : len;

	return *text != '{' && *text != '[' && memchr(text, ',', first) &&
	       (memmem(text, first, "commit", 6) || memmem(text, first, "time", 4));
}

enum column { TIME, COMMIT, BRANCH, SUBJECT, ORDER, METRIC };

static enum column column_of(const char *name)
{
	static const char *const names[] = {"time", "commit", "branch", "subject", "order"};
	unsigned i;

	for (i = 0; i < METRIC; i++)
		if (!strcasecmp(name, names[i]))
			return (enum column)i;
	return METRIC;
}

/* A column's header is METRIC, or WORKLOAD{PARAMS} METRIC [UNIT], which is how we write it. */
static int put_metric(struct dash_run *run, const struct format_given *given, const char *header,
		      double value)
{
	struct dash_metric *m = metric_add(run, given, given->workload ?: "csv", header, "");
	char *copy, *space, *unit, *end;
	int err = 0;

	if (!m || !(copy = strdup(header)))
		return -ENOMEM;
	unit = strrchr(copy, '[');
	end = unit ? strchr(unit, ']') : NULL;
	if (end && !end[1] && unit > copy && unit[-1] == ' ') {
		unit[-1] = 0;
		*end = 0;
		free(m->unit);
		m->unit = clean(unit + 1);
	}
	space = strrchr(copy, ' ');
	free(m->name);
	m->name = clean(space ? space + 1 : copy);
	if (space) {
		*space = 0;
		err = name_split(m, copy);
	}
	free(copy);
	m->value = value;
	class_by_unit(m);
	return err || !m->name || !m->unit ? -ENOMEM : 0;
}

static int read_cell(struct dash_run *run, const struct format_given *given, const char *header,
		     const char *cell, size_t line, struct format_error *error)
{
	struct dash_commit *c = &run->commit;
	bool given_commit = given->commit.sha;
	char *end;
	double value;

	if (!*cell)
		return 0;
	switch (column_of(header)) {
	case TIME:
		run->started = time_parse(cell);
		if (run->started < 0)
			return format_fail(error, line, "'%.60s' is not a time", cell);
		if (!given_commit)
			c->time = run->started;
		return 0;
	case COMMIT:
		if (!given_commit && !(c->sha = clean(cell)))
			return -ENOMEM;
		return 0;
	case BRANCH:
		if (!given_commit && !(c->branch = clean(cell)))
			return -ENOMEM;
		return 0;
	case SUBJECT:
		if (!given_commit && !(c->subject = clean(cell)))
			return -ENOMEM;
		return 0;
	case ORDER:
		value = strtod(cell, &end);
		if (*end || value < 0 || value > 1e15 || value != rint(value))
			return format_fail(error, line, "'%.60s' is not a place in history", cell);
		if (!given_commit)
			c->order = (__s64)value;
		return 0;
	case METRIC:
		break;
	}
	value = strtod(cell, &end);
	if (end == cell || *end || !isfinite(value))
		return format_fail(error, line, "column '%.60s': '%.60s' is not a finite number", header,
				   cell);
	return put_metric(run, given, header, value);
}

/* Returns 1 to continue. @start: where the row begins in the text. */
static int read_row(const struct csv *head, const struct csv *row, const char *start,
		    const struct format_given *given, struct dash_runs *out,
		    struct format_error *error)
{
	struct dash_run *run;
	size_t i;
	int err = 0;

	if (row->nr != head->nr)
		return format_fail(error, row->line, "%zu cells, but %zu columns", row->nr, head->nr);
	run = run_add(out, given);
	if (!run)
		return -ENOMEM;
	for (i = 0; i < row->nr && !err; i++)
		err = read_cell(run, given, head->cell[i], row->cell[i], row->line, error);
	if (!err && !run->nr_metrics)
		return format_fail(error, row->line, "a row without a value");
	/* Hash the row itself, so that a row that occurs twice is one run. */
	if (!err)
		err = run_finish(run, start, (size_t)(row->p - start), error);
	if (err == -EINVAL)
		error->line = row->line;
	return err ? err : 1;
}

static int read_csv(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error)
{
	struct csv head = {.p = text, .end = text + len, .next_line = 1}, row;
	int err;

	if (memchr(text, 0, len))
		return format_fail(error, 0, "has bytes that are not text");
	err = row_read(&head, error);
	row = (struct csv){.p = head.p, .end = head.end, .next_line = head.next_line};
	while (err > 0) {
		const char *start = row.p;

		err = row_read(&row, error);
		if (err > 0 && !(row.nr == 1 && !*row.cell[0]))
			err = read_row(&head, &row, start, given, out, error);
	}
	row_free(&row);
	row_free(&head);
	free(row.cell);
	free(head.cell);
	if (!err && !out->nr)
		return format_fail(error, 1, "has no row of values");
	return err;
}

static void put_cell(FILE *to, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static int put_header(FILE *to, const struct dash_metric *m)
{
	char name[NAME_MAX_BYTES], *full;

	name_join(m, name);
	if (asprintf(&full, *m->unit ? "%s %s [%s]" : "%s %s", name, m->name, m->unit) < 0)
		return -ENOMEM;
	put_cell(to, full);
	free(full);
	return 0;
}

static bool same_metric(const struct dash_metric *a, const struct dash_metric *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->workload, b->workload) &&
	       !strcmp(a->params, b->params);
}

static const struct dash_metric *metric_of(const struct dash_run *run, const struct dash_metric *like)
{
	size_t i;

	for (i = 0; i < run->nr_metrics; i++)
		if (same_metric(&run->metric[i], like))
			return &run->metric[i];
	return NULL;
}

/* The metrics as columns, in the order in which the runs have them first. */
static const struct dash_metric **columns(const struct dash_runs *runs, size_t *nr)
{
	const struct dash_metric **all = NULL;
	size_t i, k, c;

	*nr = 0;
	for (i = 0; i < runs->nr; i++)
		for (k = 0; k < runs->run[i].nr_metrics; k++) {
			const struct dash_metric *m = &runs->run[i].metric[k], **more;

			for (c = 0; c < *nr && !same_metric(all[c], m); c++)
				;
			if (c < *nr)
				continue;
			more = reallocarray(all, *nr + 1, sizeof(*more));
			if (!more) {
				free(all);
				return NULL;
			}
			all = more;
			all[(*nr)++] = m;
		}
	return all ? all : calloc(1, sizeof(*all));
}

static int write_csv(FILE *to, const struct dash_runs *runs)
{
	size_t nr, i, c;
	const struct dash_metric **column = columns(runs, &nr);
	int err = column ? 0 : -ENOMEM;

	if (err)
		return err;
	fputs("time,commit,order", to);
	for (c = 0; c < nr && !err; c++) {
		fputc(',', to);
		err = put_header(to, column[c]);
	}
	fputc('\n', to);
	for (i = 0; i < runs->nr && !err; i++) {
		const struct dash_run *run = &runs->run[i];
		__s64 time = run->started >= 0 ? run->started : run->commit.time;

		if (time >= 0)
			fprintf(to, "%lld", (long long)time);
		fprintf(to, ",%s,", run->commit.sha);
		if (run->commit.order >= 0)
			fprintf(to, "%lld", (long long)run->commit.order);
		for (c = 0; c < nr; c++) {
			const struct dash_metric *m = metric_of(run, column[c]);

			fputc(',', to);
			if (m)
				fprintf(to, "%.17g", m->value);
		}
		fputc('\n', to);
	}
	free(column);
	return err ? err : ferror(to) ? -EIO : 0;
}

const struct format format_csv = {"csv", "a row a run: time, commit, and a column a metric", is_csv,
				  read_csv, write_csv};

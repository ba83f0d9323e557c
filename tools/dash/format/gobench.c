// SPDX-License-Identifier: GPL-2.0-only
/* gobench.c - Go's benchmark text, so that anybody can check our results with benchstat. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/build.h"
#include "dash/format/names.h"

struct go {
	struct dash_run *run;
	const struct format_given *given;
	struct format_error *error;
	struct repeats *repeats; /* one for each metric */
	size_t nr_repeats, room;
	struct unit {
		char *name;
		bool exact;
		enum dash_better better;
	} *unit;
	size_t nr_units;
};

static bool is_go(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	for (; p && p < end; p = memchr(p, '\n', (size_t)(end - p)), p = p ? p + 1 : NULL)
		if (end - p > 10 && !memcmp(p, "Benchmark", 9))
			return true;
	return false;
}

/* Unit NAME better=lower assume=exact */
static int read_unit(struct go *go, char *line, size_t nr)
{
	struct unit *more = reallocarray(go->unit, go->nr_units + 1, sizeof(*more)), *unit;
	char *save, *word = strtok_r(line, " \t", &save);

	if (!more)
		return -ENOMEM;
	go->unit = more;
	if (!word)
		return format_fail(go->error, nr, "a unit has no name");
	unit = &more[go->nr_units];
	*unit = (struct unit){.name = clean(word), .better = DASH_NONE};
	if (!unit->name)
		return -ENOMEM;
	go->nr_units++;
	while ((word = strtok_r(NULL, " \t", &save))) {
		if (!strcmp(word, "assume=exact"))
			unit->exact = true;
		else if (!strcmp(word, "better=lower"))
			unit->better = DASH_LOWER;
		else if (!strcmp(word, "better=higher"))
			unit->better = DASH_HIGHER;
	}
	return 0;
}

/* Split "Name/k=v/k=v-8" into the name and k=v,k=v. */
static int name_parts(char *name, char **params)
{
	char *slash = strchr(name, '/'), *p;
	size_t len = strlen(name), digits = len;

	while (digits && isdigit((unsigned char)name[digits - 1]))
		digits--;
	if (digits && digits < len && name[digits - 1] == '-')
		name[digits - 1] = 0;
	*params = "";
	if (!slash || !strchr(slash, '='))
		return 0;
	/* From the first part on that is k=v. */
	for (p = slash; p && !memchr(p + 1, '=', strcspn(p + 1, "/")); p = strchr(p + 1, '/'))
		;
	if (!p)
		return 0;
	*p = 0;
	*params = p + 1;
	for (p = *params; *p; p++)
		*p = *p == '/' ? ',' : *p;
	return 0;
}

static struct dash_metric *find_metric(struct go *go, const char *workload, const char *params,
				       const char *name, struct repeats **repeats)
{
	struct dash_metric *m;
	char *w = clean(workload), *n = clean(name);
	size_t i;

	for (i = 0; i < go->run->nr_metrics && w && n; i++) {
		m = &go->run->metric[i];
		if (!strcmp(m->name, n) && !strcmp(m->workload, w) && !strcmp(m->params, params))
			break;
	}
	free(w);
	free(n);
	if (i == go->run->nr_metrics) {
		if (go->nr_repeats == go->room) {
			struct repeats *more =
				reallocarray(go->repeats, 2 * go->room + 16, sizeof(*more));

			if (!more)
				return NULL;
			go->repeats = more;
			go->room = 2 * go->room + 16;
		}
		m = metric_add(go->run, go->given, workload, name, name);
		if (!m)
			return NULL;
		go->repeats[go->nr_repeats++] = (struct repeats){0};
		free(m->params);
		m->params = clean(params);
		if (!m->params)
			return NULL;
	}
	*repeats = &go->repeats[i];
	return &go->run->metric[i];
}

static int read_result(struct go *go, char *line, size_t nr)
{
	char *save, *name = strtok_r(line, " \t", &save), *count = strtok_r(NULL, " \t", &save);
	char *params, *value, *unit, *end;

	if (!name || !*name || !count || (strtoull(count, &end, 10), *end) || !isdigit((unsigned char)*count))
		return format_fail(go->error, nr, "a result is 'BenchmarkNAME COUNT VALUE UNIT ...'");
	name_parts(name, &params);
	while ((value = strtok_r(NULL, " \t", &save))) {
		double number = strtod(value, &end);
		struct repeats *repeats;

		unit = strtok_r(NULL, " \t", &save);
		if (*end || end == value || !isfinite(number))
			return format_fail(go->error, nr, "'%.60s' is not a finite number", value);
		if (!unit)
			return format_fail(go->error, nr, "'%.60s' has no unit", value);
		if (go->run->nr_metrics > 20000)
			return format_fail(go->error, nr, "more than 20000 metrics");
		if (!find_metric(go, name, params, unit, &repeats) || repeats_add(repeats, number))
			return -ENOMEM;
	}
	return 0;
}

/* "cpu: Intel(R) ..." before the results. */
static int read_config(struct go *go, const char *line)
{
	static const char *const keys[] = {"goos", "goarch", "pkg", "cpu"};
	size_t i, len;

	for (i = 0; i < 4; i++) {
		len = strlen(keys[i]);
		if (!strncmp(line, keys[i], len) && line[len] == ':') {
			line += len + 1;
			return env_put(go->run, keys[i], line + strspn(line, " \t"));
		}
	}
	return 0;
}

static void finish_units(struct go *go)
{
	size_t i, k;

	for (i = 0; i < go->nr_repeats && i < go->run->nr_metrics; i++) {
		struct dash_metric *m = &go->run->metric[i];

		repeats_finish(&go->repeats[i], m);
		for (k = 0; k < go->nr_units; k++) {
			if (strcmp(go->unit[k].name, m->name))
				continue;
			if (m->better == DASH_NONE)
				m->better = go->unit[k].better;
			if (go->unit[k].exact && m->better == DASH_NONE)
				m->better = DASH_EQUAL;
			class_by_unit(m);
			if (go->unit[k].exact)
				m->class = DASH_EXACT;
			break;
		}
		if (k == go->nr_units)
			class_by_unit(m);
	}
}

static int read_go(const char *text, size_t len, const struct format_given *given,
		   struct dash_runs *out, struct format_error *error)
{
	struct go go = {.run = run_add(out, given), .given = given, .error = error};
	char *copy = malloc(len + 1), *line, *next;
	size_t nr = 0, i;
	int err = copy && go.run ? 0 : -ENOMEM;

	if (!err && memchr(text, 0, len))
		err = format_fail(error, 0, "has bytes that are not text");
	if (!err) {
		memcpy(copy, text, len);
		copy[len] = 0;
	}
	for (line = copy; !err && line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		nr++;
		line[strcspn(line, "\r")] = 0;
		if (!strncmp(line, "Benchmark", 9))
			err = read_result(&go, line + 9, nr);
		else if (!strncmp(line, "Unit ", 5))
			err = read_unit(&go, line + 5, nr);
		else
			err = read_config(&go, line);
	}
	if (!err) {
		finish_units(&go);
		err = run_finish(go.run, text, len, error);
	}
	for (i = 0; i < go.nr_repeats; i++)
		free(go.repeats[i].value);
	for (i = 0; i < go.nr_units; i++)
		free(go.unit[i].name);
	free(go.unit);
	free(go.repeats);
	free(copy);
	return err;
}

/* Write a word of the format, which must not contain blanks. */
static void put_word(FILE *to, const char *text, char comma)
{
	for (; *text; text++)
		fputc(isspace((unsigned char)*text) ? '_' : *text == ',' ? comma : *text, to);
}

static bool unit_seen(const struct dash_runs *runs, size_t run, size_t metric)
{
	const char *name = runs->run[run].metric[metric].name;
	size_t i, k;

	for (i = 0; i <= run; i++)
		for (k = 0; k < (i == run ? metric : runs->run[i].nr_metrics); k++)
			if (!strcmp(runs->run[i].metric[k].name, name))
				return true;
	return false;
}

static int write_go(FILE *to, const struct dash_runs *runs)
{
	size_t i, k;

	for (i = 0; i < runs->nr; i++)
		for (k = 0; k < runs->run[i].nr_metrics; k++) {
			const struct dash_metric *m = &runs->run[i].metric[k];

			if (unit_seen(runs, i, k))
				continue;
			fputs("Unit ", to);
			put_word(to, m->name, ',');
			if (m->better == DASH_LOWER || m->better == DASH_HIGHER)
				fprintf(to, " better=%s", m->better == DASH_LOWER ? "lower" : "higher");
			fputs(m->class == DASH_EXACT ? " assume=exact\n" : "\n", to);
		}
	for (i = 0; i < runs->nr; i++)
		for (k = 0; k < runs->run[i].nr_metrics; k++) {
			const struct dash_metric *m = &runs->run[i].metric[k];

			fputs("Benchmark", to);
			put_word(to, m->workload, ',');
			if (*m->params) {
				fputc('/', to);
				put_word(to, m->params, '/');
			}
			fprintf(to, " 1 %.17g ", m->value);
			put_word(to, m->name, ',');
			fputc('\n', to);
		}
	return ferror(to) ? -EIO : 0;
}

const struct format format_go = {"go", "Go's benchmark text, as benchstat reads it", is_go, read_go,
				 write_go};

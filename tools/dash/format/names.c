// SPDX-License-Identifier: GPL-2.0-only
/* names.c - names, repeats and times of other formats. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "dash/format/build.h"
#include "dash/format/names.h"

void name_join(const struct dash_metric *m, char out[NAME_MAX_BYTES])
{
	if (*m->params)
		snprintf(out, NAME_MAX_BYTES, "%s{%s}", m->workload, m->params);
	else
		snprintf(out, NAME_MAX_BYTES, "%s", m->workload);
}

int name_split(struct dash_metric *m, const char *name)
{
	size_t len = strlen(name);
	const char *open = strchr(name, '{');
	bool has = open && len && name[len - 1] == '}' && open > name;

	free(m->workload);
	m->workload = clean_text(name, has ? (size_t)(open - name) : len, FORMAT_MAX_NAME);
	if (has) {
		free(m->params);
		m->params = clean_text(open + 1, len - (size_t)(open - name) - 2, FORMAT_MAX_NAME);
	}
	return m->workload && m->params ? 0 : -ENOMEM;
}

int format_dump(FILE *to, const json_t *json)
{
	errno = 0;
	if (!json)
		return -ENOMEM;
	if (json_dumpf(json, to, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(17)) ||
	    fputc('\n', to) == EOF)
		return errno ? -errno : -EIO;
	return 0;
}

int repeats_add(struct repeats *all, double value)
{
	double *more = reallocarray(all->value, all->nr + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	all->value = more;
	more[all->nr++] = value;
	return 0;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void repeats_finish(struct repeats *all, struct dash_metric *m)
{
	size_t n = all->nr;

	if (n) {
		qsort(all->value, n, sizeof(*all->value), by_value);
		m->value = n % 2 ? all->value[n / 2] :
				   all->value[n / 2 - 1] / 2 + all->value[n / 2] / 2;
		m->n = n;
		if (n > 1) {
			m->lo = all->value[0];
			m->hi = all->value[n - 1];
		}
	}
	free(all->value);
	*all = (struct repeats){0};
}

__s64 time_parse(const char *text)
{
	struct tm tm = {0};
	const char *rest;
	char *end;
	long offset = 0;
	double number = strtod(text, &end);

	if (end != text && !*end)
		return number >= 0 && number < 4e14 ?
			       (__s64)(number > 1e11 ? number / 1000 : number) :
			       -1; /* ms */
	rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest)
		rest = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	if (!rest)
		rest = strptime(text, "%Y-%m-%d", &tm);
	if (!rest)
		return -1;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	while (*rest == ' ')
		rest++;
	if (*rest == '+' || *rest == '-') {
		int h = 0, m = 0;

		if (sscanf(rest + 1, "%2d:%2d", &h, &m) < 2 && sscanf(rest + 1, "%2d%2d", &h, &m) < 2)
			return -1;
		offset = (*rest == '-' ? -1 : 1) * (h * 3600L + m * 60L);
	}
	return timegm(&tm) - offset;
}

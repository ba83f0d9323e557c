// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-dash.c - any bytes into each importer: refused with a reason, or sane runs that come back as they are. */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/build.h"

#define ASSERT(good)               \
	do {                       \
		if (!(good))       \
			abort();   \
	} while (0)

static void check_text(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; text && *p; p++)
		ASSERT(*p >= 0x20 && *p != 0x7f);
}

static void check_run(const struct dash_run *run)
{
	size_t i;

	ASSERT(run->uuid && run->commit.sha && run->nr_metrics);
	check_text(run->uuid);
	check_text(run->commit.subject);
	for (i = 0; i < run->nr_env; i++)
		check_text(run->env[i].value);
	for (i = 0; i < run->nr_metrics; i++) {
		const struct dash_metric *m = &run->metric[i];

		ASSERT(isfinite(m->value) && m->class < DASH_NR_CLASSES && m->better < DASH_NR_BETTER);
		ASSERT(!m->ratio || (m->den && m->num <= m->den));
		check_text(m->workload);
		check_text(m->name);
		check_text(m->params);
		check_text(m->unit);
	}
}

/* What we write of it, we read again, and it is the same. */
static void check_round_trip(const struct dash_runs *runs)
{
	const struct format_given none = {.commit = {.order = -1, .time = -1}, .better = DASH_NONE};
	struct format_error error = {0};
	struct dash_runs again = {0};
	char *text[2] = {0};
	size_t len[2], i;
	FILE *to = open_memstream(&text[0], &len[0]);

	ASSERT(!format_own.write(to, runs) && !fclose(to));
	ASSERT(!format_own.read(text[0], len[0], &none, &again, &error));
	to = open_memstream(&text[1], &len[1]);
	ASSERT(!format_own.write(to, &again) && !fclose(to));
	ASSERT(len[0] == len[1] && !memcmp(text[0], text[1], len[0]));
	for (i = 0; i < nr_formats; i++) {
		if (!formats[i]->write)
			continue;
		free(text[1]);
		to = open_memstream(&text[1], &len[1]);
		ASSERT(!formats[i]->write(to, runs) && !fclose(to));
	}
	free(text[0]);
	free(text[1]);
	dash_runs_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct format_given given = {.commit = {.sha = "aaaaaaa", .order = -1, .time = -1}, .better = DASH_NONE};
	struct format_error error = {0};
	struct dash_runs runs = {0};
	char *text;
	size_t i;
	int err;

	if (!size)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0; /* as format_read_file() has it */
	if (*data & 0x80)
		given.commit.sha = NULL;
	for (i = 0; i < nr_formats; i++)
		if (formats[i]->is)
			formats[i]->is(text, size - 1);
	err = formats[*data % 0x40 % nr_formats]->read(text, size - 1, &given, &runs, &error);
	if (err) {
		ASSERT(err == -EINVAL && *error.text);
	} else {
		for (i = 0; i < runs.nr; i++)
			check_run(&runs.run[i]);
		check_round_trip(&runs);
	}
	dash_runs_free(&runs);
	free(text);
	return 0;
}

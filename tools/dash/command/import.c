// SPDX-License-Identifier: GPL-2.0-only
/* import.c - daxdash import: files and folders into the store; export: runs out of it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "dash/command/command.h"
#include "dash/format/build.h"
#include "util/err.h"

struct import {
	struct dash_args *args;
	const struct format *format;
	struct store *store;
	size_t files, refused, runs, added;
};

static const struct format *format_or_die(const char *name, const char *others)
{
	const struct format *format = name ? format_find(name) : NULL;
	char list[200] = "";
	size_t i;

	if (format || !name)
		return format;
	for (i = 0; i < nr_formats; i++) {
		strncat(list, i ? ", " : "", sizeof(list) - strlen(list) - 1);
		strncat(list, formats[i]->name, sizeof(list) - strlen(list) - 1);
	}
	die_usage("--format: '%s': %s%s", name, list, others);
}

static void put_all(struct import *im, const struct dash_runs *runs)
{
	size_t i;

	for (i = 0; i < runs->nr; i++) {
		int got = store_put(im->store, &runs->run[i]);

		if (got < 0) {
			char why[400];

			snprintf(why, sizeof(why), "%s", store_error(im->store));
			store_rollback(im->store);
			die(DAX_EXIT_UNSUPPORTED, "%s: %s", im->args->store, why);
		}
		im->runs++;
		im->added += (size_t)got;
	}
}

static void import_file(struct import *im, const char *path)
{
	struct format_error error = {0};
	struct dash_runs runs = {0};
	int err = format_read_file(path, im->format, &im->args->given, &runs, &error);

	im->files++;
	if (err == -ENOMEM) {
		store_rollback(im->store);
		die(DAX_EXIT_UNSUPPORTED, "%s: out of memory", path);
	}
	if (err) {
		say_refused(path, &error);
		im->refused++;
	} else {
		put_all(im, &runs);
	}
	dash_runs_free(&runs);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every regular file below, in the order of names: the same wherever it is read. */
static void import_folder(struct import *im, const char *path, unsigned depth)
{
	DIR *dir = opendir(path);
	char **name = NULL;
	struct dirent *entry;
	size_t nr = 0, i;

	if (!dir || depth > 16) {
		warn_msg("%s: %s", path, dir ? "too deep" : strerror(errno));
		im->refused++;
		if (dir)
			closedir(dir);
		return;
	}
	while ((entry = readdir(dir))) {
		char **more;

		if (entry->d_name[0] == '.')
			continue;
		more = reallocarray(name, nr + 1, sizeof(*more));
		if (!more || asprintf(&more[nr], "%s/%s", path, entry->d_name) < 0)
			die(DAX_EXIT_UNSUPPORTED, "out of memory");
		name = more;
		nr++;
	}
	closedir(dir);
	if (nr)
		qsort(name, nr, sizeof(*name), by_name);
	for (i = 0; i < nr; i++) {
		struct stat st;

		if (!lstat(name[i], &st) && S_ISDIR(st.st_mode))
			import_folder(im, name[i], depth + 1);
		else if (S_ISREG(st.st_mode))
			import_file(im, name[i]);
		free(name[i]);
	}
	free(name);
}

static void import_word(struct import *im, const char *path)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		import_folder(im, path, 0);
	else
		import_file(im, path);
}

/* What the event and git say of the commit that was measured. */
static void fill_given(struct dash_args *args)
{
	struct dash_commit *c = &args->given.commit;
	struct github_event event;

	if (args->event) {
		event_read(args->event, args->git, &event);
		if (!c->sha)
			c->sha = event.head;
		if (!c->branch)
			c->branch = event.branch;
		if (!c->repo)
			c->repo = event.repo;
		if (!args->given.kind)
			args->given.kind = event.pull_request ? "pr" : "main";
	}
	if (args->git)
		git_commit(args->git, c);
	if (!c->sha && (c->order >= 0 || c->subject || c->parent || c->time >= 0))
		die_usage("--order, --timestamp, --parent and --subject describe a commit: add --commit");
}

int command_import(struct dash_args *args)
{
	struct import im = {.args = args};
	size_t i;

	im.format = format_or_die(args->format, "");
	fill_given(args);
	im.store = open_store(args, true);
	if (store_begin(im.store))
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", args->store, store_error(im.store));
	for (i = 0; i < args->nr_words; i++)
		import_word(&im, args->word[i]);
	if (im.refused && !args->keep_going) {
		store_rollback(im.store);
		warn_msg("%zu of %zu files were refused: nothing was stored (--keep-going stores the others)",
			 im.refused, im.files);
	} else if (store_commit(im.store)) {
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", args->store, store_error(im.store));
	} else {
		printf("%zu runs of %zu files: %zu new, %zu were there\n", im.runs,
		       im.files - im.refused, im.added, im.runs - im.added);
	}
	store_close(im.store);
	return im.refused ? DAX_EXIT_USAGE : DAX_EXIT_OK;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* The history's run @nr as it came in. */
static int run_of(const struct dash_history *h, size_t nr, struct dash_runs *out)
{
	const struct format_given none = {.commit = {.order = -1, .time = -1}, .better = DASH_NONE};
	const struct dash_ran *ran = &h->run[nr];
	const struct dash_commit *c = &h->commit[ran->commit];
	struct dash_run *run = run_add(out, &none);
	size_t i;

	if (!run)
		return -ENOMEM;
	run->uuid = copy(ran->uuid);
	run->commit = (struct dash_commit){.repo = copy(c->repo),
					   .sha = copy(c->sha),
					   .parent = copy(c->parent),
					   .branch = copy(c->branch),
					   .subject = copy(c->subject),
					   .order = c->order,
					   .time = c->time};
	run->kind = copy(ran->kind);
	run->pair = copy(ran->pair);
	run->slot = ran->slot;
	run->started = ran->started;
	run->lost = ran->lost;
	run->build = copy(ran->build);
	run->ci_url = copy(ran->ci_url);
	for (i = 0; i < h->env[ran->env].nr; i++)
		if (env_put(run, h->env[ran->env].pair[i].key, h->env[ran->env].pair[i].value))
			return -ENOMEM;
	return 0;
}

static struct dash_hist *copy_hist(const struct dash_hist *hist)
{
	struct dash_hist *out = malloc(sizeof(*out));

	if (!out)
		return NULL;
	*out = *hist;
	out->bucket = malloc((hist->nr + 1) * sizeof(*out->bucket));
	if (!out->bucket) {
		free(out);
		return NULL;
	}
	memcpy(out->bucket, hist->bucket, hist->nr * sizeof(*out->bucket));
	return out;
}

static int add_samples(const struct dash_history *h, struct dash_runs *out)
{
	const struct format_given given = {.better = DASH_NONE};
	size_t i, k;

	for (i = 0; i < h->nr_series; i++)
		for (k = 0; k < h->series[i].nr; k++) {
			const struct dash_series *s = &h->series[i];
			const struct dash_sample *sample = &s->sample[k];
			struct dash_metric *m = metric_add(&out->run[sample->run], &given, s->workload,
							   s->metric, s->unit);

			if (!m)
				return -ENOMEM;
			free(m->params);
			m->params = copy(s->params);
			m->class = s->class;
			m->better = s->better;
			m->gate = s->gate;
			m->rel_floor = s->rel_floor;
			m->abs_floor = s->abs_floor;
			m->value = sample->value;
			m->ratio = sample->ratio;
			m->num = sample->num;
			m->den = sample->den;
			m->lo = sample->lo;
			m->hi = sample->hi;
			m->n = sample->n;
			m->hist = sample->hist ? copy_hist(sample->hist) : NULL;
		}
	return 0;
}

static int by_commit(const void *a, const void *b)
{
	const struct dash_run *x = a, *y = b;

	if (x->commit.order != y->commit.order)
		return x->commit.order < y->commit.order ? -1 : 1;
	if (x->commit.time != y->commit.time)
		return x->commit.time < y->commit.time ? -1 : 1;
	return strcmp(x->uuid, y->uuid);
}

/* Only the runs of one commit. */
static void keep_commit(const struct dash_history *h, const char *sha, struct dash_runs *runs)
{
	long at = history_find(h, sha);
	struct dash_runs kept = {.run = calloc(runs->nr + 1, sizeof(*kept.run))};
	size_t i;

	if (at < 0)
		die(DAX_EXIT_USAGE, "--commit: '%s': %s", sha,
		    at == -2 ? "several commits begin so" : "no such commit in the store");
	for (i = 0; i < runs->nr && kept.run; i++)
		if (!strcmp(runs->run[i].commit.sha, h->commit[at].sha)) {
			kept.run[kept.nr++] = runs->run[i];
			runs->run[i] = (struct dash_run){0};
		}
	dash_runs_free(runs);
	*runs = kept;
}

/* Reports of what the judge says, beside the formats of runs. */
static const struct {
	const char *name;
	report_fn *report;
} reports[] = {
	{"junit", report_junit},   {"ktap", report_ktap},	      {"markdown", report_markdown},
	{"github", report_github}, {"openmetrics", report_openmetrics}, {"text", report_text},
};

static report_fn *report_find(const char *name)
{
	size_t i;

	for (i = 0; name && i < sizeof(reports) / sizeof(reports[0]); i++)
		if (!strcmp(reports[i].name, name))
			return reports[i].report;
	return NULL;
}

int command_export(struct dash_args *args)
{
	report_fn *report = report_find(args->format);
	const struct format *format = report ? NULL : format_or_die(args->format ?: "daxdash",
							      ", junit, ktap, markdown, github, openmetrics, text");
	struct dash_history h;
	struct dash_runs runs = {0};
	FILE *to = stdout;
	size_t i;
	int err = 0;

	if (report) {
		args->head = args->given.commit.sha;
		return write_verdicts(args, report, "export");
	}
	if (!format->write)
		die_usage("--format: '%s' can only be imported", format->name);
	load_history(args, true, ALL_HISTS, &h);
	for (i = 0; i < h.nr_runs && !err; i++)
		err = run_of(&h, i, &runs);
	if (!err)
		err = add_samples(&h, &runs);
	if (!err && args->given.commit.sha)
		keep_commit(&h, args->given.commit.sha, &runs);
	if (!err && runs.nr)
		qsort(runs.run, runs.nr, sizeof(*runs.run), by_commit);
	if (!err && args->output && !(to = fopen(args->output, "we")))
		die(DAX_EXIT_USAGE, "%s: %s", args->output, strerror(errno));
	if (!err)
		err = format->write(to, &runs);
	if (to != stdout && fclose(to) && !err)
		err = errno ? -errno : -EIO;
	dash_runs_free(&runs);
	history_free(&h);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", args->output ?: "standard output", strerror(-err));
	return DAX_EXIT_OK;
}

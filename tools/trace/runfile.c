// SPDX-License-Identifier: GPL-2.0-only
/*
 * runfile.c - write counts, ratios, latencies and losses of a run, for daxdash to store and judge.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/build.h"
#include "dash/format/format.h"
#include "dash/format/measured.h"
#include "model/model.h"
#include "trace/runfile.h"
#include "util/counts.h"
#include "util/environ.h"
#include "util/err.h"
#include "util/lat.h"
#include "util/version.h"

struct writer {
	struct dash_run *run;
	const struct dax_item *host;
	char *workload, *params;
};

static const struct format_given none = {.commit = {.order = -1, .time = -1}, .better = DASH_NONE};

void runfile_check_name(const char *text)
{
	size_t len = strlen(text);
	const char *open = strchr(text, '{');

	if (!len || len > 200 || *text == '{' || (open && text[len - 1] != '}'))
		die_usage("--run-name: '%s' is not WORKLOAD or WORKLOAD{KEY=VALUE,...}", text);
}

void runfile_add_build(struct runfile *run, const char *path)
{
	size_t i;

	for (i = 0; i < RUNFILE_MOST_BUILDS; i++)
		if (!run->build[i]) {
			run->build[i] = path;
			return;
		}
	die_usage("--run-build: more than %d files", RUNFILE_MOST_BUILDS);
}

void runfile_check_builds(const struct runfile *run)
{
	struct measured try = {""};
	size_t i;

	for (i = 0; i < RUNFILE_MOST_BUILDS && run->build[i]; i++) {
		int err = measured_file(&try, run->build[i]);

		if (err)
			die(DAX_EXIT_USAGE, "--run-build: %s: %s", run->build[i], strerror(-err));
	}
}

static struct dash_metric *add(struct writer *w, enum dash_class class, enum dash_better better,
			       bool gate, const char *unit, const char *fmt, const char *label)
{
	char name[128];
	struct dash_metric *m;

	snprintf(name, sizeof(name), fmt, label);
	m = metric_add(w->run, &none, w->workload, name, unit);
	if (!m)
		return NULL;
	free(m->params);
	m->params = clean(w->params);
	m->class = class;
	m->better = better;
	m->gate = gate;
	return m->params ? m : NULL;
}

/* An unknown count is left out; it is not 0. */
static int add_count(struct writer *w, __u64 value, enum dash_better better, bool gate,
		     const char *unit, const char *fmt, const char *label)
{
	struct dash_metric *m;

	if (value == DAX_NOT_KNOWN)
		return 0;
	m = add(w, DASH_EXACT, better, gate, unit, fmt, label);
	if (!m)
		return -ENOMEM;
	m->value = (double)value;
	return 0;
}

/* In which direction the count of an outcome gets worse, for a workload that is always the same. */
static enum dash_better better_of(int outcome)
{
	switch (outcome) {
	case DAX_PMD_MAPPED:
	case DAX_PMD_ZERO:
	case DAX_PMD_SYNC:
		return DASH_HIGHER;
	default:
		return DASH_LOWER;
	}
}

static int add_counts(struct writer *w)
{
	const struct dax_counts *cell = dax_item_cell(w->host, DAX_TOTAL);
	int i, err = 0;

	for (i = 0; i < DAX_NR_OUTCOMES && !err; i++) {
		/* How often a race is lost depends on chance. */
		bool gate = i != DAX_PTE_RETRY && i != DAX_PMD_RETRY;

		if (cell->fault[i][0] != DAX_NOT_KNOWN && cell->fault[i][1] != DAX_NOT_KNOWN)
			err = add_count(w, cell->fault[i][0] + cell->fault[i][1], better_of(i), gate,
					"faults", "faults{outcome=%s}",
					dax_outcome_name((enum dax_outcome)i));
	}
	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS && !err; i++) {
		struct dax_num num = dax_reason_num(w->host, DAX_TOTAL, (enum dax_reason)i);

		if (num.kind == DAX_NUM_COUNT && !num.partial)
			err = add_count(w, num.count, DASH_LOWER, i != DAX_WHY_LOST_RACE, "faults",
					"fallbacks{reason=%s}", dax_reason_name((enum dax_reason)i));
	}
	for (i = 0; i < DAX_NR_RANGE_COUNTS && !err; i++)
		err = add_count(w, cell->range[i], i == DAX_RANGE_PMD ? DASH_HIGHER : DASH_LOWER,
				i == DAX_RANGE_PMD || i == DAX_RANGE_STICKY ||
					i == DAX_RANGE_NEVER_TRIED,
				"ranges", "ranges{what=%s}", dax_range_name((enum dax_range_count)i));
	return err;
}

static int add_ratio(struct writer *w, const char *name, enum dash_better better, __u64 num, __u64 den)
{
	struct dash_metric *m;

	if (!den || num > den || num == DAX_NOT_KNOWN || den == DAX_NOT_KNOWN)
		return 0;
	m = add(w, DASH_RATIO, better, true, "ratio", "%s", name);
	if (!m)
		return -ENOMEM;
	m->ratio = true;
	m->num = num;
	m->den = den;
	m->value = (double)num / (double)den;
	return 0;
}

static int add_ratios(struct writer *w)
{
	const struct dax_counts *cell = dax_item_cell(w->host, DAX_TOTAL);
	const struct dax_field *field = dax_field_find("fallbacks");
	struct dax_num fallbacks = {0};
	__u64 served = 0;
	int i, k, err;

	if (field)
		fallbacks = dax_field_num(field, w->host, DAX_TOTAL);
	for (k = 0; k < 2; k++)
		for (i = DAX_PMD_MAPPED; i <= DAX_PMD_SYNC; i++)
			served += cell->fault[i][k] == DAX_NOT_KNOWN ? 0 : cell->fault[i][k];
	err = add_ratio(w, "pmd_coverage", DASH_HIGHER, cell->range[DAX_RANGE_PMD],
			cell->range[DAX_RANGE_TOUCHED]);
	if (!err && fallbacks.kind == DAX_NUM_COUNT)
		err = add_ratio(w, "fallback_ratio", DASH_LOWER, fallbacks.count,
				served + fallbacks.count);
	return err;
}

static struct dash_hist *make_hist(const __u64 bucket[DAX_LAT_BUCKETS], __u64 sum)
{
	struct dash_hist *hist = calloc(1, sizeof(*hist));
	unsigned i;

	if (!hist)
		return NULL;
	hist->sum = (double)sum;
	for (i = 0; i < DAX_LAT_BUCKETS; i++)
		if (bucket[i] && bucket[i] != DAX_NOT_KNOWN &&
		    hist_put(hist, dax_lat_upper(i), bucket[i])) {
			hist_free(hist);
			return NULL;
		}
	return hist;
}

static int add_quantile(struct writer *w, const struct dash_hist *hist, double q, bool gate,
			const char *fmt, const char *label)
{
	double value = hist_quantile(hist, q);
	struct dash_metric *m;

	/* Unknown if there were too few faults. */
	if (isnan(value))
		return 0;
	m = add(w, DASH_TIME, DASH_LOWER, gate, "ns", fmt, label);
	if (!m)
		return -ENOMEM;
	m->value = value;
	m->n = hist->count;
	return 0;
}

static int add_latencies(struct writer *w)
{
	const struct dax_counts *cell = dax_item_cell(w->host, DAX_TOTAL);
	int cls, err = 0;

	for (cls = 0; cls < DAX_NR_CLASSES && !err; cls++) {
		struct dax_num count = dax_lat_count(w->host, DAX_TOTAL, (enum dax_class)cls);
		const char *label = dax_class_name((enum dax_class)cls);
		struct dash_hist *hist;
		struct dash_metric *m;

		if (count.kind != DAX_NUM_COUNT || !count.count || cell->lat_sum[cls] == DAX_NOT_KNOWN)
			continue;
		hist = make_hist(cell->lat[cls], cell->lat_sum[cls]);
		m = hist ? add(w, DASH_TIME, DASH_LOWER, true, "ns", "lat_%s_mean_ns", label) : NULL;
		if (!m) {
			hist_free(hist);
			return -ENOMEM;
		}
		m->value = (double)cell->lat_sum[cls] / (double)count.count;
		m->n = count.count;
		m->hist = hist;
		err = add_quantile(w, hist, 0.5, false, "lat_%s_p50_ns", label);
		if (!err)
			err = add_quantile(w, hist, 0.99, true, "lat_%s_p99_ns", label);
		if (!err)
			err = add_quantile(w, hist, 0.999, false, "lat_%s_p999_ns", label);
	}
	return err;
}

static int add_throughput(struct writer *w, const struct dax_model *model)
{
	const struct dax_field *field = dax_field_find("faults");
	struct dax_num faults = {0};
	struct dash_metric *m;

	if (field)
		faults = dax_field_num(field, w->host, DAX_TOTAL);
	if (!model->elapsed_ns)
		return 0;
	m = add(w, DASH_TIME, DASH_LOWER, false, "ns", "%s", "elapsed_ns");
	if (!m)
		return -ENOMEM;
	m->value = (double)model->elapsed_ns;
	if (faults.kind != DAX_NUM_COUNT)
		return 0;
	m = add(w, DASH_RATE, DASH_HIGHER, false, "faults/s", "%s", "faults_per_s");
	if (!m)
		return -ENOMEM;
	m->value = (double)faults.count * 1e9 / (double)model->elapsed_ns;
	return 0;
}

static int put_env(void *ctx, const char *key, const char *value)
{
	return env_put(ctx, key, value);
}

/* Add the filesystem if all faults are on one. */
static int add_env(struct writer *w, const struct runfile *run, const struct dax_model *model)
{
	const struct dax_items *mounts = &model->list[DAX_MOUNT];
	char tool[DAXSCOPE_VERSION_SIZE + 16];
	int err;

	snprintf(tool, sizeof(tool), "daxtrace %s", daxscope_version);
	err = env_put(w->run, DASH_ENV_TOOL, tool);
	if (!err)
		err = env_put(w->run, DASH_ENV_TIER, dax_tier_name(model->tier));
	if (!err && run->release)
		return env_put(w->run, DASH_ENV_KERNEL, run->release);
	if (!err)
		err = environ_each(put_env, w->run);
	if (!err && mounts->nr == 1 && mounts->item[0].mount)
		err = environ_fs(mounts->item[0].mount, put_env, w->run);
	return err;
}

static int name_workload(struct writer *w, const struct runfile *run)
{
	const char *name = run->name ? run->name : run->command ? run->command : "host";
	const char *open = run->name ? strchr(name, '{') : NULL, *slash = strrchr(name, '/');

	if (!run->name && slash)
		name = slash + 1;
	w->workload = open ? strndup(name, (size_t)(open - name)) : strdup(name);
	w->params = open ? strndup(open + 1, strlen(open) - 2) : strdup("");
	return w->workload && w->params ? 0 : -ENOMEM;
}

/* The name of @file without its folders. */
static const char *base_name(const struct dax_item *file)
{
	const char *slash = file->path ? strrchr(file->path, '/') : NULL;

	return slash ? slash + 1 : file->path ? file->path : "unknown";
}

static int add_metrics(struct writer *w)
{
	int err = add_counts(w);

	if (!err)
		err = add_ratios(w);
	return err ? err : add_latencies(w);
}

/* Add all files of one name as one item: a file that was created again continues under its name. */
static int add_file(struct writer *w, const struct dax_items *files, size_t first)
{
	const char *name = base_name(&files->item[first]), *mark = strstr(w->workload, "%f");
	struct dax_item sum = files->item[first];
	struct writer of = {.run = w->run, .host = &sum, .params = w->params};
	char *whole = NULL, *named = clean(name);
	int err = 0;
	size_t i;

	sum.total = (struct dax_counts){0};
	for (i = first; i < files->nr && !err; i++)
		if (!strcmp(name, base_name(&files->item[i])) && !counts_add(&sum.total, &files->item[i].total))
			err = -ENOMEM;
	if (!named || asprintf(&whole, "%.*s%s%s", (int)(mark - w->workload), w->workload, named, mark + 2) < 0)
		err = -ENOMEM;
	of.workload = whole;
	if (!err)
		err = add_metrics(&of);
	counts_free(&sum.total);
	free(whole);
	free(named);
	return err;
}

static int add_files(struct writer *w, const struct dax_items *files)
{
	size_t i, k;
	int err = 0;

	for (i = 0; i < files->nr && !err; i++) {
		for (k = 0; k < i && strcmp(base_name(&files->item[k]), base_name(&files->item[i])); k++)
			;
		if (k == i)
			err = add_file(w, files, i);
	}
	return err;
}

static int set_identity(struct dash_run *run, const struct dax_model *model)
{
	const char *sha = getenv("GITHUB_SHA") ?: getenv("CI_COMMIT_SHA");
	FILE *from = fopen("/proc/sys/kernel/random/uuid", "re");
	char uuid[64] = "";

	if (from) {
		if (!fgets(uuid, sizeof(uuid), from))
			*uuid = 0;
		fclose(from);
	}
	uuid[strcspn(uuid, "\n")] = 0;
	if (!*uuid)
		return -EIO;
	run->uuid = strdup(uuid);
	run->kind = strdup("main");
	if (sha && *sha)
		run->commit.sha = clean(sha);
	run->started = (__s64)((model->real_ns - model->elapsed_ns) / 1000000000ULL);
	run->duration_ns = (__s64)model->elapsed_ns;
	run->lost = model->lost.events + model->lost.unwatched + model->lost.slots;
	if (model->known & DAX_KNOWN_WAITS)
		run->lost += model->lost.waits;
	if (model->known & (DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED))
		run->lost += model->lost.entries;
	return run->uuid && run->kind ? 0 : -ENOMEM;
}

/*
 * Modules that handle faults on DAX files. Those that are built in are covered by the kernel's
 * build id.
 */
static const char *const modules[] = {"dax", "libnvdimm", "nd_pmem", "dax_pmem", "virtio_pmem", "xfs", "ext4", "ext2",
				      "erofs", "fuse", "virtiofs"};

/*
 * What decides the figures: the kernel and modules by their build ids, our own program, and the
 * files that were named. What a command runs is unknown otherwise, so without named files there is
 * no hash; nor for a recording of another machine.
 */
static int set_build(struct dash_run *run, const struct runfile *from)
{
	const char *kernel = env_get(run, DASH_ENV_BUILD_ID);
	struct measured build = {""};
	char path[128];
	size_t i;
	int err;

	if (!from->build[0] || !kernel || from->release)
		return 0;
	measured_text(&build, kernel);
	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/notes/.note.gnu.build-id", modules[i]);
		if (!measured_file(&build, path))
			measured_text(&build, modules[i]);
	}
	err = measured_file(&build, "/proc/self/exe");
	for (i = 0; i < RUNFILE_MOST_BUILDS && from->build[i] && !err; i++)
		err = measured_file(&build, from->build[i]);
	if (err)
		return err;
	run->build = strdup(build.hash);
	return run->build ? 0 : -ENOMEM;
}

static int fill_in(struct writer *w, const struct runfile *run, const struct dax_model *model)
{
	int err = name_workload(w, run);

	if (!err)
		err = set_identity(w->run, model);
	if (!err)
		err = add_env(w, run, model);
	if (!err)
		err = set_build(w->run, run);
	if (err)
		return err;
	if (strstr(w->workload, "%f"))
		return add_files(w, &model->list[DAX_FILE]);
	err = add_metrics(w);
	return err ? err : add_throughput(w, model);
}

int runfile_write(const struct runfile *run, const struct dax_model *model)
{
	struct dash_runs runs = {0};
	struct writer w = {.host = &model->host, .run = run_add(&runs, &none)};
	FILE *to = NULL;
	int err = w.run ? fill_in(&w, run, model) : -ENOMEM;

	if (!err) {
		to = fopen(run->path, "we");
		err = to ? format_own.write(to, &runs) : -errno;
	}
	if (to && fclose(to) && !err)
		err = errno ? -errno : -EIO;
	free(w.workload);
	free(w.params);
	dash_runs_free(&runs);
	return err;
}

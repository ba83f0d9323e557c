// SPDX-License-Identifier: GPL-2.0-only
/* prom.c - the one table of metrics, and how they are written in Prometheus' text format. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "util/counts.h"
#include "util/escape.h"
#include "util/lat.h"
#include "util/version.h"
#include "view/prom.h"
#include "util/version.h"

/*
 * One bucket of the Prometheus histogram holds the four buckets of a power of two. "le" means "up to
 * and including", so its bound is 1 ns below the power of two.
 */
#define STEPS_OF_POWER 4
#define NSEC	       1000000000ULL

/*
 * The items with the same labels: one, except for cgroups that were created again under the same
 * name.
 */
struct series {
	const struct dax_item **item;
	size_t nr;
	char labels[2 * PROM_LABEL * 3 + 64]; /* mount="/mnt",device="259:1" */
	char name[PROM_LABEL];
};

struct prom {
	FILE *to;
	const struct dax_model *model;
	struct series *mount, *cgroup;
	size_t nr_mounts, nr_cgroups, mounts_left_out, cgroups_left_out;
	struct dax_item none; /* "other" if there is none, so that counters are present while they are 0 */
	const struct dax_item **items; /* items that the series point to */
};

struct metric {
	const char *name, *type, *help;
	bool cgroups; /* also "dax_cgroup_..." */
	/* For each series, @nr samples with labels of their own: */
	unsigned int nr;
	void (*labels)(char *out, size_t size, unsigned int i);
	struct dax_num (*value)(const struct dax_item *item, unsigned int i);
	const char *field[2];	 /* or the values are those of these fields ... */
	const char *field_is[2]; /* ... with these labels */
	bool exact;		 /* values that are only known as "at least" are left out */
	/* Or the metric has its own function, for the host or for each series: */
	void (*host)(const struct prom *prom, const struct metric *metric);
	void (*histogram)(const struct prom *prom, const struct metric *metric, const struct series *series);
};

/* Escape a label value for the format. Control bytes are escaped already. */
static void quote(char *out, size_t size, const char *text)
{
	char clean[PROM_LABEL];
	size_t at = 0, i;

	escape_text(clean, sizeof(clean), text, ESCAPE_TERMINAL);
	for (i = 0; clean[i] && at + 3 < size; i++) {
		if (clean[i] == '"' || clean[i] == '\\')
			out[at++] = '\\';
		out[at++] = clean[i];
	}
	out[at] = '\0';
}

static struct dax_num sum(const struct series *series, const struct metric *metric, unsigned int i)
{
	const struct dax_field *field = metric->field[0] ? dax_field_find(metric->field[i]) : NULL;
	struct dax_num all = {.kind = DAX_NUM_COUNT};
	size_t at;

	for (at = 0; at < series->nr; at++) {
		struct dax_num one = field ? dax_field_num(field, series->item[at], DAX_TOTAL)
					   : metric->value(series->item[at], i);

		if (one.kind != DAX_NUM_COUNT || (metric->exact && one.partial))
			return (struct dax_num){.kind = DAX_NUM_UNKNOWN};
		all.count += one.count;
	}
	return all;
}

static void head(const struct prom *prom, const struct metric *metric, const char *more)
{
	fprintf(prom->to, "# HELP dax_%s%s %s%s\n# TYPE dax_%s%s %s\n", more, metric->name, metric->help,
		*more ? " Of each cgroup." : "", more, metric->name, metric->type);
}

static void series_values(const struct prom *prom, const struct metric *metric, const char *more,
			  const struct series *series)
{
	char labels[128];
	unsigned int i;

	for (i = 0; i < metric->nr; i++) {
		struct dax_num num = sum(series, metric, i);

		if (num.kind == DAX_NUM_UNKNOWN)
			continue;
		labels[0] = '\0';
		if (metric->labels)
			metric->labels(labels, sizeof(labels), i);
		else if (metric->field_is[i])
			snprintf(labels, sizeof(labels), ",%s", metric->field_is[i]);
		fprintf(prom->to, "dax_%s%s{%s%s} %llu\n", more, metric->name, series->labels, labels,
			(unsigned long long)num.count);
	}
}

static void fault_labels(char *out, size_t size, unsigned int i)
{
	const char *name = dax_outcome_name((enum dax_outcome)(i / 2));

	snprintf(out, size, ",size=\"%s\",outcome=\"%s\",access=\"%s\"",
		 strncmp(name, "pmd_", 4) ? "4KiB" : "2MiB", name + 4, i % 2 ? "write" : "read");
}

static struct dax_num counter(__u64 count)
{
	return (struct dax_num){.kind = count == DAX_NOT_KNOWN ? DAX_NUM_UNKNOWN : DAX_NUM_COUNT,
				.count = count};
}

static struct dax_num fault(const struct dax_item *item, unsigned int i)
{
	return counter(dax_item_cell(item, DAX_TOTAL)->fault[i / 2][i % 2]);
}

static void reason_labels(char *out, size_t size, unsigned int i)
{
	snprintf(out, size, ",reason=\"%s\"", dax_reason_name((enum dax_reason)(i + 1)));
}

static struct dax_num reason(const struct dax_item *item, unsigned int i)
{
	return dax_reason_num(item, DAX_TOTAL, (enum dax_reason)(i + 1));
}

static void wait_labels(char *out, size_t size, unsigned int i)
{
	snprintf(out, size, ",operation=\"%s\"", dax_wait_name((enum dax_wait)i));
}

static struct dax_num waits(const struct dax_item *item, unsigned int i)
{
	if (!(item->known & DAX_KNOWN_WAITS))
		return counter(DAX_NOT_KNOWN);
	return counter(dax_item_cell(item, DAX_TOTAL)->wait[i]);
}

/* @ns in seconds with all nine digits: a double would round large sums. */
static void seconds(FILE *to, __u64 ns)
{
	fprintf(to, "%llu.%09llu", (unsigned long long)(ns / NSEC), (unsigned long long)(ns % NSEC));
}

static void histogram(const struct prom *prom, const struct metric *metric, const struct series *series,
		      const char *labels, enum dax_class cls)
{
	const struct dax_counts *cell = dax_item_cell(series->item[0], DAX_TOTAL);
	const __u64 *bucket = counts_lat(cell, cls);
	__u64 below = 0;
	unsigned int i;

	for (i = 0; i < DAX_LAT_BUCKETS - 1; i++) {
		below += bucket[i];
		if (i % STEPS_OF_POWER)
			continue;
		fprintf(prom->to, "dax_%s_bucket{%s%s,le=\"", metric->name, series->labels, labels);
		seconds(prom->to, dax_lat_upper(i) - 1);
		fprintf(prom->to, "\"} %llu\n", (unsigned long long)below);
	}
	below += bucket[i];
	fprintf(prom->to, "dax_%s_bucket{%s%s,le=\"+Inf\"} %llu\ndax_%s_sum{%s%s} ", metric->name,
		series->labels, labels, (unsigned long long)below, metric->name, series->labels, labels);
	seconds(prom->to, cell->lat_sum[cls]);
	fprintf(prom->to, "\ndax_%s_count{%s%s} %llu\n", metric->name, series->labels, labels,
		(unsigned long long)below);
}

/* Waits happen inside faults, so they are not a class here. */
static void fault_histogram(const struct prom *prom, const struct metric *metric,
			    const struct series *series)
{
	char labels[64];
	int cls;

	for (cls = 0; cls < DAX_LAT_WAIT; cls++) {
		snprintf(labels, sizeof(labels), ",class=\"%s\"", dax_class_name((enum dax_class)cls));
		histogram(prom, metric, series, labels, (enum dax_class)cls);
	}
}

static void wait_histogram(const struct prom *prom, const struct metric *metric,
			   const struct series *series)
{
	if ((series->item[0]->known & DAX_KNOWN_WAITS))
		histogram(prom, metric, series, "", DAX_LAT_WAIT);
}

static void host_losses(const struct prom *prom, const struct metric *metric)
{
	const struct dax_model *model = prom->model;
	const struct {
		const char *what;
		__u64 lost;
		bool known;
	} losses[] = {
		{"events", model->lost.events, true},
		{"unwatched", model->lost.unwatched, true},
		{"slots", model->lost.slots, true},
		{"waits", model->lost.waits, (model->known & DAX_KNOWN_WAITS)},
		{"entries", model->lost.entries, model->known & (DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED)},
	};
	size_t i;

	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++)
		if (losses[i].known)
			fprintf(prom->to, "dax_%s{what=\"%s\"} %llu\n", metric->name, losses[i].what,
				(unsigned long long)losses[i].lost);
}

static void host_tier(const struct prom *prom, const struct metric *metric)
{
	fprintf(prom->to, "dax_%s %d\n", metric->name, (int)prom->model->tier);
}

static void host_known(const struct prom *prom, const struct metric *metric)
{
	const struct dax_model *model = prom->model;

	fprintf(prom->to,
		"dax_%1$s{what=\"extent_reasons\"} %2$d\ndax_%1$s{what=\"downgrades\"} %3$d\n"
		"dax_%1$s{what=\"upgrades\"} %4$d\ndax_%1$s{what=\"entry_waits\"} %5$d\n"
		"dax_%1$s{what=\"zero_pages_replaced\"} %6$d\n",
		metric->name, !!(model->known & DAX_KNOWN_EXTENTS), !!(model->known & DAX_KNOWN_DOWNGRADES),
		!!(model->known & DAX_KNOWN_UPGRADES), !!(model->known & DAX_KNOWN_WAITS),
		!!(model->known & DAX_KNOWN_ZERO_REPLACED));
}

static void host_sampled(const struct prom *prom, const struct metric *metric)
{
	fprintf(prom->to, "dax_%s ", metric->name);
	seconds(prom->to, prom->model->real_ns);
	fputc('\n', prom->to);
}

static void host_build(const struct prom *prom, const struct metric *metric)
{
	fprintf(prom->to, "dax_%s{version=\"%s\"} 1\n", metric->name, daxscope_version);
}

static void host_left_out(const struct prom *prom, const struct metric *metric)
{
	fprintf(prom->to, "dax_%s{kind=\"mount\"} %zu\n", metric->name, prom->mounts_left_out);
	if (prom->cgroup)
		fprintf(prom->to, "dax_%s{kind=\"cgroup\"} %zu\n", metric->name, prom->cgroups_left_out);
}

#define OF_FIELD(key) .nr = 1, .field = {key}

static const struct metric metrics[] = {
	{"faults_total", "counter",
	 "Page faults on DAX files by how they ended; a fallback is a try at 2 MiB, and its fault at 4 KiB "
	 "is counted again.",
	 .cgroups = true, .nr = 2 * DAX_NR_OUTCOMES, .labels = fault_labels, .value = fault},
	{"fallbacks_total", "counter", "Faults at 2 MiB that were served at 4 KiB instead, by reason.",
	 .cgroups = true, .nr = DAX_NR_REASONS - 1, .labels = reason_labels, .value = reason},
	{"ranges_touched_total", "counter", "Aligned 2 MiB ranges of files touched at either size, each once.",
	 .cgroups = true, OF_FIELD("ranges_touched")},
	{"ranges_pmd_total", "counter", "Touched ranges that were served at 2 MiB, each once.", .cgroups = true,
	 OF_FIELD("ranges_pmd")},
	{"sticky_faults_total", "counter", "Faults at 4 KiB in ranges that fell back earlier.",
	 .cgroups = true, OF_FIELD("sticky_faults")},
	{"never_tried_faults_total", "counter", "Faults at 4 KiB in ranges where 2 MiB was never tried.",
	 .cgroups = true, OF_FIELD("never_tried_faults")},
	{"untracked_faults_total", "counter",
	 "Faults in ranges that the range table had no room for: above 0, figures of ranges are lower bounds.",
	 OF_FIELD("untracked_faults")},
	{"untimed_faults_total", "counter", "Faults that are in no histogram, because the time is sampled.",
	 OF_FIELD("untimed_faults")},
	{"zero_page_bytes_total", "counter", "Bytes of holes that zero pages were mapped over.",
	 OF_FIELD("zero_bytes")},
	{"zero_pages_replaced_total", "counter", "Zero pages that were replaced by storage.", .nr = 2,
	 .field = {"pte_zero_replaced", "pmd_zero_replaced"}, .field_is = {"size=\"4KiB\"", "size=\"2MiB\""}},
	{"downgrades_total", "counter", "Entries of 2 MiB without storage that a 4 KiB fault split.",
	 OF_FIELD("downgrades")},
	{"zero_page_splits_total", "counter", "Downgrades of 2 MiB zero pages, included in downgrades_total.",
	 OF_FIELD("zero_page_splits")},
	{"upgrades_total", "counter", "Ranges turned from entries of 4 KiB to one of 2 MiB.",
	 OF_FIELD("upgrades")},
	{"upgrades_failed_total", "counter", "Upgrades after which nothing was mapped at 2 MiB.",
	 OF_FIELD("upgrades_failed")},
	{"mapped_bytes", "gauge", "Bytes of DAX files that are mapped now, in the processes that are read.", .nr = 2,
	 .field = {"res_pte_bytes", "res_pmd_bytes"}, .field_is = {"size=\"4KiB\"", "size=\"2MiB\""},
	 .exact = true},
	{"entry_waits_total", "counter", "Times a task slept for an entry lock, by what it was about.",
	 .nr = DAX_NR_WAITS, .labels = wait_labels, .value = waits},
	{"fault_duration_seconds", "histogram",
	 "Time inside the DAX fault handler, of those faults that were timed.", .histogram = fault_histogram},
	{"entry_wait_duration_seconds", "histogram", "Time asleep for entry locks.",
	 .histogram = wait_histogram},
	{"lost_total", "counter", "What could not be counted or attributed, by kind.", .host = host_losses},
	{"tier", "gauge", "Attach tier, 0 to 3: what can be counted on this kernel.", .host = host_tier},
	{"known", "gauge", "Whether these figures are counted here; what is not is absent.",
	 .host = host_known},
	{"left_out", "gauge", "Mounts and cgroups without series of their own, because there are too many.",
	 .host = host_left_out},
	{"sample_timestamp_seconds", "gauge", "When the counters were read.", .host = host_sampled},
	{"build_info", "gauge", "Always 1; the version is a label.", .host = host_build},
};

static void write_metric(const struct prom *prom, const struct metric *metric)
{
	size_t i;

	head(prom, metric, "");
	if (metric->host) {
		metric->host(prom, metric);
		return;
	}
	for (i = 0; i < prom->nr_mounts; i++)
		if (metric->histogram)
			metric->histogram(prom, metric, &prom->mount[i]);
		else
			series_values(prom, metric, "", &prom->mount[i]);
	if (!metric->cgroups || !prom->cgroup)
		return;
	head(prom, metric, "cgroup_");
	for (i = 0; i < prom->nr_cgroups; i++)
		series_values(prom, metric, "cgroup_", &prom->cgroup[i]);
}

/* A path begins with a slash, so "other" cannot be one. */
static void mount_labels(struct series *series, const struct dax_item *item)
{
	char mount[2 * PROM_LABEL], device[2 * PROM_LABEL];

	quote(mount, sizeof(mount), item->other ? "other" : item->mount ? item->mount : "");
	quote(device, sizeof(device), item->dev);
	snprintf(series->labels, sizeof(series->labels), "mount=\"%s\",device=\"%s\"", mount, device);
}

/* Each device has one item, so the labels differ. */
static int collect_mounts(struct prom *prom)
{
	const struct dax_items *list = &prom->model->list[DAX_MOUNT];
	const struct dax_item **next = prom->items;
	bool other = false;
	size_t i;

	prom->mount = calloc(PROM_MOUNTS + 1, sizeof(*prom->mount));
	if (!prom->mount)
		return -ENOMEM;
	for (i = 0; i <= list->nr; i++) {
		const struct dax_item *item = i < list->nr ? &list->item[i] : &prom->none;
		struct series *series = &prom->mount[prom->nr_mounts];

		if (i == list->nr && other)
			break;
		/* The limit does not include "other". */
		if (!item->other && prom->nr_mounts - other == PROM_MOUNTS) {
			prom->mounts_left_out++;
			continue;
		}
		other |= item->other;
		*next = item;
		series->item = next++;
		series->nr = 1;
		mount_labels(series, item);
		prom->nr_mounts++;
	}
	return 0;
}

static const char *cgroup_name(const struct dax_item *item)
{
	return item->other || !item->cgroup_path ? "other" : item->cgroup_path;
}

/*
 * A cgroup that was created again under its name is a different item, and would be a second series
 * of that name.
 */
static struct series *cgroup_series(struct prom *prom, const struct dax_item *item)
{
	char clean[PROM_LABEL], quoted[2 * PROM_LABEL];
	struct series *series;
	size_t i;

	escape_text(clean, sizeof(clean), cgroup_name(item), ESCAPE_TERMINAL);
	for (i = 0; i < prom->nr_cgroups; i++)
		if (!strcmp(prom->cgroup[i].name, clean))
			return &prom->cgroup[i];
	if (i == PROM_CGROUPS)
		return NULL;
	series = &prom->cgroup[prom->nr_cgroups++];
	memcpy(series->name, clean, sizeof(clean));
	quote(quoted, sizeof(quoted), cgroup_name(item));
	snprintf(series->labels, sizeof(series->labels), "cgroup=\"%s\"", quoted);
	return series;
}

static int collect_cgroups(struct prom *prom)
{
	const struct dax_items *list = &prom->model->list[DAX_CGROUP];
	const struct dax_item **next = prom->items + PROM_MOUNTS + 1;
	struct series **of = calloc(list->nr + 1, sizeof(*of));
	size_t i, at;

	prom->cgroup = calloc(PROM_CGROUPS, sizeof(*prom->cgroup));
	if (!prom->cgroup || !of) {
		free(of);
		return -ENOMEM;
	}
	for (i = 0; i < list->nr; i++) {
		of[i] = cgroup_series(prom, &list->item[i]);
		prom->cgroups_left_out += !of[i];
	}
	for (at = 0; at < prom->nr_cgroups; at++) {
		prom->cgroup[at].item = next;
		for (i = 0; i < list->nr; i++)
			if (of[i] == &prom->cgroup[at])
				next[prom->cgroup[at].nr++] = &list->item[i];
		next += prom->cgroup[at].nr;
	}
	free(of);
	return 0;
}

static void no_item(struct dax_item *item, const struct dax_model *model)
{
	*item = model->host;
	memset(&item->total, 0, sizeof(item->total));
	memset(&item->resident, 0, sizeof(item->resident));
	item->kind = DAX_MOUNT;
	item->other = true;
	item->dev[0] = '\0';
}

int view_prom(FILE *to, const struct dax_model *model, bool cgroups)
{
	struct prom prom = {.to = to, .model = model};
	size_t i;
	int err;

	no_item(&prom.none, model);
	prom.items = calloc(PROM_MOUNTS + 1 + model->list[DAX_CGROUP].nr, sizeof(*prom.items));
	err = prom.items ? collect_mounts(&prom) : -ENOMEM;
	if (!err && cgroups)
		err = collect_cgroups(&prom);
	for (i = 0; !err && i < sizeof(metrics) / sizeof(metrics[0]); i++)
		write_metric(&prom, &metrics[i]);
	if (!err && ferror(to))
		err = -EIO;
	free(prom.mount);
	free(prom.cgroup);
	free(prom.items);
	return err;
}

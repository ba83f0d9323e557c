// SPDX-License-Identifier: GPL-2.0-only
/* fields.c - the one table of fields, and how each is computed. */
#include <string.h>
#include "fields.h"
#include "model/num.h"
#include "util/counts.h"
#include "util/lat.h"

/* Sets of outcomes, as bits. */
#define BIT(n)	    (1 << (n))
#define PTE_FAULTS  (BIT(DAX_PTE_MAPPED) | BIT(DAX_PTE_ZERO) | BIT(DAX_PTE_SYNC) | BIT(DAX_PTE_COPY))
#define PMD_FAULTS  (BIT(DAX_PMD_MAPPED) | BIT(DAX_PMD_ZERO) | BIT(DAX_PMD_SYNC))
#define FALLBACKS   BIT(DAX_PMD_FALLBACK)
#define ERRORS	    (BIT(DAX_PTE_ERROR) | BIT(DAX_PMD_ERROR))
#define RETRIES	    (BIT(DAX_PTE_RETRY) | BIT(DAX_PMD_RETRY))
#define READS_ONLY  BIT(16)
#define WRITES_ONLY BIT(17)
_Static_assert(DAX_NR_OUTCOMES <= 16, "outcomes and the two flags share an int");

static __u64 sum_outcomes(const struct dax_counts *cell, int set)
{
	__u64 sum = 0;
	int i;

	for (i = 0; i < DAX_NR_OUTCOMES; i++) {
		if (!(set & BIT(i)))
			continue;
		if (!(set & WRITES_ONLY))
			sum = known_add(sum, cell->fault[i][0]);
		if (!(set & READS_ONLY))
			sum = known_add(sum, cell->fault[i][1]);
	}
	return sum;
}

static struct dax_num outcomes(const struct dax_item *item, enum dax_window window, int set)
{
	return num_count(sum_outcomes(dax_item_cell(item, window), set));
}

static struct dax_num per_s(const struct dax_item *item, enum dax_window window, int set)
{
	__u64 gain = sum_outcomes(dax_item_cell(item, window), set);

	if (window != DAX_INTERVAL || gain == DAX_NOT_KNOWN || !item->elapsed_ns)
		return num_unknown();
	return num_real((double)gain * 1e9 / (double)item->elapsed_ns);
}

static struct dax_num fallback_ratio(const struct dax_item *item, enum dax_window window, int arg)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	__u64 fallbacks = sum_outcomes(cell, FALLBACKS);

	(void)arg;
	return num_ratio(fallbacks, known_add(fallbacks, sum_outcomes(cell, PMD_FAULTS)));
}

/* Ranges of faults that found no room in the range hash were not counted. */
static bool untracked(const struct dax_counts *cell)
{
	return cell->range[DAX_RANGE_UNTRACKED] > 0;
}

static struct dax_num ranges(const struct dax_item *item, enum dax_window window, int which)
{
	const struct dax_counts *cell = dax_item_cell(item, window);

	return num_least(cell->range[which], which != DAX_RANGE_UNTRACKED && untracked(cell));
}

static struct dax_num pmd_coverage(const struct dax_item *item, enum dax_window window, int arg)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	struct dax_num num = num_ratio(cell->range[DAX_RANGE_PMD], cell->range[DAX_RANGE_TOUCHED]);

	(void)arg;
	num.partial = untracked(cell);
	return num;
}

static struct dax_num zero_bytes(const struct dax_item *item, enum dax_window window, int arg)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	__u64 small = sum_outcomes(cell, BIT(DAX_PTE_ZERO));
	__u64 large = sum_outcomes(cell, BIT(DAX_PMD_ZERO));

	(void)arg;
	if (small == DAX_NOT_KNOWN || large == DAX_NOT_KNOWN)
		return num_unknown();
	return num_count((small << DAX_PAGE_SHIFT) + (large << DAX_RANGE_SHIFT));
}

static struct dax_num downgrades(const struct dax_item *item, enum dax_window window, int zero_only)
{
	const __u64 *entry = dax_item_cell(item, window)->entry;
	__u64 zero = entry[DAX_SPLIT_ZERO];

	if (item->tier != DAX_T2)
		return num_count(zero_only ? zero : known_add(entry[DAX_SPLIT_EMPTY], zero));
	if (zero_only)
		return num_least(zero, item->entries_lost);
	/* T2 finds splits of empty entries by the state of their range. */
	return num_least(known_add(entry[DAX_SPLIT_EMPTY], zero),
			 item->entries_lost || untracked(dax_item_cell(item, window)));
}

static struct dax_num zero_replaced(const struct dax_item *item, enum dax_window window, int which)
{
	return num_least(dax_item_cell(item, window)->entry[which], item->entries_lost);
}

static struct dax_num upgrades(const struct dax_item *item, enum dax_window window, int which)
{
	return num_count(dax_item_cell(item, window)->entry[which]);
}

static struct dax_num untimed(const struct dax_item *item, enum dax_window window, int arg)
{
	(void)arg;
	return num_count(dax_item_cell(item, window)->untimed);
}

/*
 * The time of one class of faults. If some were not timed (see daxtop's --latency), sampling chose
 * them, so on average they took as long as the others: an estimate.
 */
static void class_time(const struct dax_counts *cell, unsigned cls, struct dax_num *num)
{
	__u64 timed = 0, faults = 0;
	unsigned i;

	for (i = 0; i < DAX_LAT_BUCKETS; i++)
		timed = known_add(timed, counts_lat(cell, cls)[i]);
	for (i = 0; i < DAX_NR_OUTCOMES; i++)
		if (dax_lat_class(i) == cls)
			faults = known_add(faults, sum_outcomes(cell, BIT(i)));
	if (timed == DAX_NOT_KNOWN || faults == DAX_NOT_KNOWN ||
	    cell->lat_sum[cls] == DAX_NOT_KNOWN) {
		*num = num_unknown();
	} else if (!cell->untimed || timed >= faults) {
		num->count += cell->lat_sum[cls];
	} else if (!timed) {
		num->partial = true;
	} else {
		num->estimate = true;
		num->count += (__u64)((double)cell->lat_sum[cls] * (double)faults / (double)timed);
	}
}

static struct dax_num fault_time(const struct dax_item *item, enum dax_window window, int arg)
{
	const struct dax_counts *cell = dax_item_cell(item, window);
	struct dax_num num = num_count(0);
	unsigned cls;

	(void)arg;
	/* Waits happen inside faults. */
	for (cls = 0; cls < DAX_LAT_WAIT && num.kind != DAX_NUM_UNKNOWN; cls++)
		class_time(cell, cls, &num);
	return num;
}

static struct dax_num time_share(const struct dax_item *item, enum dax_window window, int arg)
{
	struct dax_num num = fault_time(item, window, arg);

	if (window != DAX_INTERVAL || num.kind == DAX_NUM_UNKNOWN || !item->elapsed_ns)
		return num_unknown();
	num.kind = DAX_NUM_REAL;
	num.real = (double)num.count / (double)item->elapsed_ns;
	return num;
}

/* Some waits may be missing, short or long ones. */
static bool some_lost(const struct dax_item *item, int cls)
{
	return cls == DAX_LAT_WAIT && item->waits_lost;
}

static struct dax_num mark_estimate(struct dax_num num, const struct dax_item *item, int cls)
{
	num.estimate = some_lost(item, cls);
	return num;
}

#define P50 0.5
#define P99 0.99

static struct dax_num lat_p50(const struct dax_item *item, enum dax_window window, int cls)
{
	return mark_estimate(dax_lat_quantile(item, window, (enum dax_class)cls, P50), item, cls);
}

static struct dax_num lat_p99(const struct dax_item *item, enum dax_window window, int cls)
{
	return mark_estimate(dax_lat_quantile(item, window, (enum dax_class)cls, P99), item, cls);
}

static struct dax_num lat_max(const struct dax_item *item, enum dax_window window, int cls)
{
	struct dax_num nr = dax_lat_count(item, window, (enum dax_class)cls);

	if (nr.kind == DAX_NUM_UNKNOWN || !nr.count)
		return num_unknown();
	return num_least(dax_item_cell(item, window)->lat_max[cls], some_lost(item, cls));
}

static struct dax_num lat_mean(const struct dax_item *item, enum dax_window window, int cls)
{
	struct dax_num nr = dax_lat_count(item, window, (enum dax_class)cls);
	__u64 sum = dax_item_cell(item, window)->lat_sum[cls];

	if (nr.kind == DAX_NUM_UNKNOWN || !nr.count || sum == DAX_NOT_KNOWN)
		return num_unknown();
	return mark_estimate(num_real((double)sum / (double)nr.count), item, cls);
}

static struct dax_num wait_count(const struct dax_item *item, enum dax_window window, int arg)
{
	struct dax_num num = dax_lat_count(item, window, DAX_LAT_WAIT);

	(void)arg;
	return num.kind == DAX_NUM_UNKNOWN ? num : num_least(num.count, item->waits_lost);
}

static struct dax_num wait_time(const struct dax_item *item, enum dax_window window, int arg)
{
	(void)arg;
	return num_least(dax_item_cell(item, window)->lat_sum[DAX_LAT_WAIT], item->waits_lost);
}

static struct dax_num resident(const struct dax_item *item, enum dax_window window, int size)
{
	(void)window;
	if (item->resident.state != DAX_RESIDENT_KNOWN)
		return num_unknown();
	return num_least(item->resident.bytes[size], item->resident.partial);
}

static struct dax_num pid(const struct dax_item *item, enum dax_window window, int arg)
{
	(void)window;
	(void)arg;
	if ((item->kind != DAX_PROCESS && item->kind != DAX_THREAD) || !item->key.tgid)
		return num_unknown();
	return num_count(item->key.tgid);
}

static struct dax_num tid(const struct dax_item *item, enum dax_window window, int arg)
{
	(void)window;
	(void)arg;
	if (item->kind != DAX_THREAD || item->other || item->exited)
		return num_unknown();
	return num_count(item->key.tid);
}

static const char *dev(const struct dax_item *item, enum dax_window window)
{
	(void)window;
	return item->dev[0] ? item->dev : NULL;
}

static const char *fs_type(const struct dax_item *item, enum dax_window window)
{
	(void)window;
	return item->fs_type;
}

static const char *cgroup(const struct dax_item *item, enum dax_window window)
{
	(void)window;
	return item->cgroup_path;
}

static const char *name(const struct dax_item *item, enum dax_window window)
{
	(void)window;
	if (item->other)
		return NULL;
	switch (item->kind) {
	case DAX_MOUNT:
		return item->mount;
	case DAX_FILE:
		return item->path;
	case DAX_PROCESS:
		return item->comm;
	case DAX_THREAD:
		if (item->exited)
			return item->comm;
		if (item->thread[0])
			return item->thread;
		return item->key.tid == item->key.tgid ? item->comm : NULL;
	case DAX_CGROUP:
		return item->cgroup_path;
	default:
		return NULL;
	}
}

static const char *cause(const struct dax_item *item, enum dax_window window)
{
	return dax_advise(item, window).cause;
}

static const char *top_reason(const struct dax_item *item, enum dax_window window)
{
	enum dax_reason order[DAX_NR_REASONS];

	return dax_reasons_by_count(item, window, order) ? dax_reason_name(order[0]) : NULL;
}

#define NUM(n, t, u, w, f, a, ...)                                                           \
	{                                                                                    \
		.name = n, .title = t, .unit = DAX_UNIT_##u, .width = w, .num = f, .arg = a, \
		__VA_ARGS__                                                                  \
	}
#define TEXT(n, t, w, f, in, ...)                                                    \
	{                                                                            \
		.name = n, .title = t, .unit = DAX_UNIT_TEXT, .width = w, .text = f, \
		.identity = true, .tables = in, __VA_ARGS__                          \
	}
#define TABLES	.tables = DAX_IN_TABLES
#define RATE	.interval_only = true
#define READING .reading = true, .may_fall = true
#define SIZE	.of_size = true
#define NEEDS(k) .needs = DAX_KNOWN_##k
#define TIMED .of_timed = true
#define LATENCY(key, title, cls, of, ...)                                                                   \
	NUM("lat_" key "_p50_ns", title "-P50", NS, 9, lat_p50, cls, TIMED, .quantile = P50,                 \
	    .may_fall = true, .label = title " p50", .what = "half of the " of " took at most this",        \
	    ##__VA_ARGS__),                                                                                  \
		NUM("lat_" key "_p99_ns", title "-P99", NS, 9, lat_p99, cls, TIMED, .quantile = P99,        \
		    .may_fall = true, .label = "p99", .what = "99 % of the " of " took at most this",       \
		    ##__VA_ARGS__),                                                                          \
		NUM("lat_" key "_max_ns", title "-MAX", NS, 9, lat_max, cls, TIMED,                          \
		    .what = "the longest of the " of, ##__VA_ARGS__),                                        \
		NUM("lat_" key "_mean_ns", title "-MEAN", NS, 9, lat_mean, cls, TIMED, .may_fall = true,     \
		    .what = "mean latency of the " of, ##__VA_ARGS__)

const struct dax_field dax_fields[] = {
	{.name = "name",
	 .title = "NAME",
	 .unit = DAX_UNIT_TEXT,
	 .text = name,
	 .identity = true,
	 .what = "path of the file, mount point, path of the cgroup, or command's name"},
	TEXT("dev", "DEV", 7, dev, DAX_IN_MOUNTS, .what = "device of the mount, major:minor"),
	TEXT("fs_type", "FS", 8, fs_type, DAX_IN_MOUNTS, .what = "type of its filesystem"),
	NUM("pid", "PID", ID, 7, pid, 0, .identity = true,
	    .tables = DAX_IN_PROCESSES | DAX_IN_THREADS,
	    .what = "process (thread group) id in the initial namespace"),
	NUM("tid", "TID", ID, 7, tid, 0, .identity = true, .tables = DAX_IN_THREADS,
	    .what = "thread id in the initial namespace"),
	NUM("pmd_coverage", "COVER", RATIO, 6, pmd_coverage, 0, TABLES, .label = "coverage",
	    SIZE, .may_fall = true, .of_ranges = true, .what = "2 MiB coverage: ranges served at 2 MiB of all ranges touched"),
	NUM("fallbacks", "FALLB", COUNT, 6, outcomes, FALLBACKS, TABLES, .label = "fallbacks",
	    SIZE, .by_reason = true, .what = "2 MiB faults that were served at 4 KiB instead"),
	{.name = "cause",
	 .title = "WHY",
	 .unit = DAX_UNIT_TEXT,
	 .width = 17,
	 .text = cause,
	 TABLES,
	 .what = "main reason it does not get 2 MiB: a fallback reason, or never_tried"},
	NUM("pte_faults", "4K", COUNT, 6, outcomes, PTE_FAULTS, TABLES, .label = "4 KiB",
	    SIZE, .what = "faults handled at 4 KiB: mapped, zero page, sync, copy"),
	NUM("pmd_faults", "2M", COUNT, 6, outcomes, PMD_FAULTS, TABLES, .label = "2 MiB",
	    SIZE, .what = "faults handled at 2 MiB: mapped, zero page, sync"),
	NUM("sticky_faults", "STICKY", COUNT, 6, ranges, DAX_RANGE_STICKY, TABLES,
	    .label = "sticky", SIZE, .what = "4 KiB faults in ranges that fell back earlier"),
	NUM("never_tried_faults", "NEVER", COUNT, 6, ranges, DAX_RANGE_NEVER_TRIED, TABLES,
	    .label = "never tried", SIZE, .what = "4 KiB faults in ranges where 2 MiB was never tried"),
	NUM("fallback_ratio", "FALL%", RATIO, 6, fallback_ratio, 0, TABLES, .label = "ratio",
	    SIZE, .may_fall = true, .what = "share of completed 2 MiB faults that fell back (see pmd_coverage too)"),
	NUM("faults_per_s", "FLT/s", PER_S, 6, per_s, PTE_FAULTS | PMD_FAULTS, RATE, TABLES,
	    .label = "per second", SIZE, .what = "faults handled per second, both sizes"),
	NUM("fault_time_ratio", "TIME", RATIO, 6, time_share, 0, RATE, TABLES, .label = "time",
	    SIZE, .what = "time inside DAX faults per elapsed time (100%: one thread, always)"),
	LATENCY("pte", "4K", DAX_LAT_PTE, "4 KiB faults"),
	LATENCY("pmd", "2M", DAX_LAT_PMD, "2 MiB faults"),
	LATENCY("fallback", "FB", DAX_LAT_FALLBACK, "2 MiB attempts that fell back"),
	LATENCY("zero", "Z", DAX_LAT_ZERO, "zero-page faults"),
	LATENCY("sync", "S", DAX_LAT_SYNC, "MAP_SYNC faults"),
	NUM("faults", "FAULTS", COUNT, 6, outcomes, PTE_FAULTS | PMD_FAULTS, TABLES,
	    .label = "handled", SIZE, .what = "faults handled: pte_faults + pmd_faults"),
	NUM("read_faults", "READS", COUNT, 6, outcomes, PTE_FAULTS | PMD_FAULTS | READS_ONLY,
	    TABLES, .what = "faults handled for a read, both sizes"),
	NUM("write_faults", "WRITES", COUNT, 6, outcomes, PTE_FAULTS | PMD_FAULTS | WRITES_ONLY,
	    TABLES, .what = "faults handled for a write, both sizes"),
	NUM("ranges_touched", "RANGES", COUNT, 6, ranges, DAX_RANGE_TOUCHED, TABLES,
	    .label = "ranges", .what = "2 MiB ranges touched at either size, each once"),
	NUM("ranges_pmd", "RNG-2M", COUNT, 6, ranges, DAX_RANGE_PMD, TABLES, .label = "at 2 MiB",
	    SIZE, .what = "2 MiB ranges served at 2 MiB, each once"),
	NUM("pte_zero", "4K-Z", COUNT, 6, outcomes, BIT(DAX_PTE_ZERO), TABLES, .label = "4K zero",
	    .what = "4 KiB zero pages mapped over holes"),
	NUM("pmd_zero", "2M-Z", COUNT, 6, outcomes, BIT(DAX_PMD_ZERO), TABLES, .label = "2M zero",
	    .what = "2 MiB zero pages mapped over holes"),
	NUM("zero_bytes", "ZERO", BYTES, 7, zero_bytes, 0, TABLES, .label = "over",
	    .what = "bytes of holes that zero pages of both sizes were mapped over"),
	NUM("pte_sync", "4K-S", COUNT, 6, outcomes, BIT(DAX_PTE_SYNC), TABLES, .label = "4K sync",
	    .what = "4 KiB writes through MAP_SYNC"),
	NUM("pmd_sync", "2M-S", COUNT, 6, outcomes, BIT(DAX_PMD_SYNC), TABLES, .label = "2M sync",
	    .what = "2 MiB writes through MAP_SYNC"),
	NUM("pte_copies", "COPIES", COUNT, 6, outcomes, BIT(DAX_PTE_COPY), TABLES,
	    .what = "pages copied for writes to private mappings"),
	NUM("errors", "ERRORS", COUNT, 6, outcomes, ERRORS, TABLES, .label = "errors",
	    .what = "faults that failed: SIGBUS, no memory, failed sync"),
	NUM("retries", "RETRY", COUNT, 6, outcomes, RETRIES, TABLES, .label = "retries",
	    .what = "faults that lost a race and came again"),
	NUM("downgrades", "DOWNGR", COUNT, 6, downgrades, false, .tables = DAX_IN_TABLES,
	    NEEDS(DOWNGRADES), .what = "2 MiB entries without storage that a 4 KiB fault split (T2 and up)"),
	NUM("zero_page_splits", "SPLITS", COUNT, 6, downgrades, true,
	    NEEDS(DOWNGRADES), .what = "downgrades of 2 MiB zero pages, which unmap them from all processes"),
	NUM("pte_zero_replaced", "4K-ZR", COUNT, 6, zero_replaced, DAX_ZERO_REPLACED_PTE,
	    NEEDS(ZERO_REPLACED), .what = "4 KiB zero pages replaced by storage, in all processes (T2 and up)"),
	NUM("pmd_zero_replaced", "2M-ZR", COUNT, 6, zero_replaced, DAX_ZERO_REPLACED_PMD,
	    NEEDS(ZERO_REPLACED), .what = "2 MiB zero pages replaced by storage, in all processes (T2 and up)"),
	NUM("upgrades", "UPGR", COUNT, 6, upgrades, DAX_UPGRADED,
	    NEEDS(UPGRADES), .what = "ranges turned from 4 KiB entries to one of 2 MiB (patched kernels)"),
	NUM("upgrades_failed", "UPFAIL", COUNT, 6, upgrades, DAX_UPGRADE_FAILED,
	    NEEDS(UPGRADES), .what = "upgrades after which nothing was mapped at 2 MiB (patched kernels)"),
	LATENCY("wait", "W", DAX_LAT_WAIT, "waits for entry locks", NEEDS(WAITS)),
	NUM("entry_waits", "WAITS", COUNT, 6, wait_count, 0, TABLES, .label = "waits",
	    NEEDS(WAITS), .what = "times a task slept for an entry lock (T2 and up)"),
	NUM("entry_wait_ns", "WAIT-T", NS, 9, wait_time, 0, TABLES,
	    NEEDS(WAITS), .what = "time asleep for entry locks (T2 and up)"),
	NUM("res_pmd_bytes", "RES-2M", BYTES, 7, resident, DAX_RESIDENT_PMD, TABLES, READING,
	    .label = "at 2 MiB", .what = "mapped now at 2 MiB, zero pages included (Linux 6.7)"),
	NUM("res_pte_bytes", "RES-4K", BYTES, 7, resident, DAX_RESIDENT_PTE, TABLES, READING,
	    .label = "at 4 KiB", .what = "mapped now at 4 KiB, zero pages and copies included"),
	NUM("res_pmd_zero_bytes", "RES-2MZ", BYTES, 7, resident, DAX_RESIDENT_PMD_ZERO, READING,
	    .label = "2M zero", .what = "of res_pmd_bytes, zero pages"),
	NUM("res_pte_zero_bytes", "RES-4KZ", BYTES, 7, resident, DAX_RESIDENT_PTE_ZERO, READING,
	    .label = "4K zero", .what = "of res_pte_bytes, zero pages"),
	TEXT("cgroup", "CGROUP", 24, cgroup, DAX_IN_PROCESSES | DAX_IN_THREADS,
	     .what = "cgroup of the process or thread, when first seen"),
	{.name = "top_reason",
	 .title = "REASON",
	 .unit = DAX_UNIT_TEXT,
	 .width = 17,
	 .text = top_reason,
	 .what = "most frequent reason of the fallbacks"},
	NUM("pte_faults_per_s", "4K/s", PER_S, 6, per_s, PTE_FAULTS, RATE,
	    SIZE, .what = "4 KiB faults per second"),
	NUM("pmd_faults_per_s", "2M/s", PER_S, 6, per_s, PMD_FAULTS, RATE,
	    SIZE, .what = "2 MiB faults per second"),
	NUM("fallbacks_per_s", "FB/s", PER_S, 6, per_s, FALLBACKS, RATE,
	    SIZE, .what = "fallbacks per second"),
	NUM("fault_time_ns", "SUM-T", NS, 9, fault_time, 0,
	    SIZE, .what = "time inside DAX fault handlers, waits included (~: not all were timed)"),
	NUM("untracked_faults", "UNTRK", COUNT, 6, ranges, DAX_RANGE_UNTRACKED,
	    .what = "faults in ranges that the range table had no room for"),
	NUM("untimed_faults", "UNTIM", COUNT, 6, untimed, 0,
	    .what = "faults whose begin was not observed, so without a latency"),
};

const size_t dax_nr_fields = sizeof(dax_fields) / sizeof(dax_fields[0]);

const struct dax_field *dax_field_find(const char *wanted)
{
	size_t i;

	for (i = 0; i < dax_nr_fields; i++)
		if (!strcmp(dax_fields[i].name, wanted))
			return &dax_fields[i];
	return NULL;
}

struct dax_num dax_field_num(const struct dax_field *field, const struct dax_item *item,
			     enum dax_window window)
{
	/* A rate is always of the interval, whatever window is shown. */
	if (field->interval_only)
		window = DAX_INTERVAL;
	if (field->reading)
		window = DAX_TOTAL;
	if (!field->num || field->needs & ~item->known)
		return num_unknown();
	return field->num(item, window, field->arg);
}

const char *dax_field_text(const struct dax_field *field, const struct dax_item *item,
			   enum dax_window window)
{
	return field->text ? field->text(item, window) : NULL;
}

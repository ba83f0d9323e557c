// SPDX-License-Identifier: GPL-2.0-only
/* test-model.c - from hand-made samples to numbers that were worked out by hand. */
#include <stdlib.h>
#include "sample-make.h"
#include "unit.h"
#include "util/lat.h"

#define SECOND 1000000000ULL

static bool near(double got, double expected)
{
	double off = got - expected;

	return off < 1e-9 && off > -1e-9;
}

/* Two processes on two files of two devices. */
static void two_by_two(struct made *made)
{
	struct dax_counts *a, *b, *c;

	made_init(made);
	a = made_row(made, 259 << 20, 10, 100, "/mnt/a", "one");
	b = made_row(made, 259 << 20, 10, 200, "/mnt/a", "two");
	c = made_row(made, 260 << 20, 10, 200, NULL, "two");
	a->fault[DAX_PMD_MAPPED][0] = 3;
	a->fault[DAX_PMD_ZERO][0] = 2;
	a->fault[DAX_PMD_SYNC][1] = 1;
	a->fault[DAX_PMD_FALLBACK][0] = 2;
	a->reason[DAX_WHY_EXTENT_SHORT] = 2;
	a->fault[DAX_PTE_MAPPED][0] = 5;
	a->range[DAX_RANGE_TOUCHED] = 8;
	a->range[DAX_RANGE_PMD] = 6;
	a->range[DAX_RANGE_STICKY] = 3;
	b->fault[DAX_PTE_MAPPED][1] = 10;
	b->fault[DAX_PTE_ZERO][0] = 4;
	b->fault[DAX_PTE_SYNC][1] = 2;
	b->fault[DAX_PTE_COPY][1] = 1;
	b->fault[DAX_PTE_RETRY][1] = 6;
	b->fault[DAX_PTE_ERROR][1] = 7;
	b->fault[DAX_PMD_RETRY][0] = 8;
	b->fault[DAX_PMD_ERROR][0] = 9;
	b->fault[DAX_PMD_FALLBACK][1] = 4;
	b->reason[DAX_WHY_PTE_ENTRY] = 4;
	b->range[DAX_RANGE_TOUCHED] = 2;
	c->fault[DAX_PTE_MAPPED][0] = 100;
	c->range[DAX_RANGE_NEVER_TRIED] = 100;
	c->range[DAX_RANGE_TOUCHED] = 1;
}

static void test_sums(void)
{
	struct dax_model *model;
	const struct dax_item *file;
	struct made made;

	two_by_two(&made);
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "pte_faults") == 122, "pte_faults: mapped, zero, sync and copy");
	CHECK(total(&model->host, "pmd_faults") == 6, "pmd_faults: mapped, zero and sync");
	CHECK(total(&model->host, "faults") == 128, "faults: both sizes, fallbacks not twice");
	CHECK(total(&model->host, "read_faults") == 114 &&
		      total(&model->host, "write_faults") == 14,
	      "reads and writes add up to faults");
	CHECK(total(&model->host, "fallbacks") == 6, "fallbacks of all rows");
	CHECK(near(total(&model->host, "fallback_ratio"), 6.0 / 12.0), "fallback_ratio");
	CHECK(near(total(&model->host, "pmd_coverage"), 6.0 / 11.0), "pmd_coverage");
	CHECK(total(&model->host, "errors") == 16 && total(&model->host, "retries") == 14,
	      "errors and retries of both sizes");
	CHECK(total(&model->host, "zero_bytes") == 4 * 4096.0 + 2 * 2097152.0, "zero_bytes");
	CHECK(total(&model->host, "sticky_faults") == 3 &&
		      total(&model->host, "never_tried_faults") == 100,
	      "sticky and never tried");
	CHECK(model->list[DAX_FILE].nr == 2 && model->list[DAX_PROCESS].nr == 2 &&
		      model->list[DAX_MOUNT].nr == 2,
	      "two files, processes and devices, though the inode numbers are the same");
	file = &model->list[DAX_FILE].item[0];
	CHECK(!strcmp(file->path, "/mnt/a") && total(file, "pte_faults") == 22,
	      "a file's rows of two processes are one item");
	CHECK(file->most_pid == 200, "the process with most 4 KiB faults on a file is named");
	CHECK(total(&model->list[DAX_PROCESS].item[1], "pte_faults") == 117,
	      "a process's rows of two files are one item");
	CHECK(!strcmp(text_of(file, "top_reason"), "pte_entry"), "top reason");
	dax_model_free(model);
}

static void test_unknown(void)
{
	struct dax_model *model;
	struct made made;
	struct dax_counts *cell;

	made_init(&made);
	cell = made_row(&made, 1, 1, 1, "/a", "a");
	cell->fault[DAX_PTE_MAPPED][0] = 5;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "fallback_ratio") == -1, "no 2 MiB fault: the ratio is unknown");
	CHECK(total(&model->host, "pmd_coverage") == -1, "no range: the coverage is unknown");
	CHECK(total(&model->host, "lat_pte_p50_ns") == -1 &&
		      total(&model->host, "lat_pte_max_ns") == -1 &&
		      total(&model->host, "lat_pte_mean_ns") == -1,
	      "nothing timed: latencies are unknown");
	CHECK(last(&model->host, "pte_faults") == -1 && last(&model->host, "faults_per_s") == -1,
	      "one sample: nothing is known of the interval");
	CHECK(total(&model->host, "errors") == 0, "what did not happen is 0, not unknown");
	CHECK(!dax_field_text(dax_field_find("top_reason"), &model->host, DAX_TOTAL),
	      "no fallback: no top reason");
	dax_model_free(model);

	cell->range[DAX_RANGE_TOUCHED] = 1;
	cell->range[DAX_RANGE_PMD] = 2;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "pmd_coverage") == -1, "a coverage above 1 is none");
	dax_model_free(model);

	cell->range[DAX_RANGE_TOUCHED] = 4;
	cell->range[DAX_RANGE_UNTRACKED] = 1;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(dax_field_num(dax_field_find("pmd_coverage"), &model->host, DAX_TOTAL).partial &&
		      dax_field_num(dax_field_find("sticky_faults"), &model->host, DAX_TOTAL)
			      .partial &&
		      !dax_field_num(dax_field_find("untracked_faults"), &model->host, DAX_TOTAL)
			       .partial,
	      "with untracked faults what depends on ranges is partial");
	dax_model_free(model);

	model = dax_model_build(made_init(&made) ? &made.sample : NULL, NULL, 0);
	CHECK(model && !model->list[DAX_FILE].nr && total(&model->host, "faults") == 0,
	      "an empty sample is a model with nothing in it");
	dax_model_free(model);
}

static void test_entries(void)
{
	struct dax_model *model;
	struct made made;
	struct dax_counts *cell;

	made_init(&made);
	cell = made_row(&made, 1, 1, 1, "/a", "a");
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "downgrades") == -1,
	      "a tier that sees no downgrade knows of none");
	dax_model_free(model);
	made.sample.known |= DAX_KNOWN_DOWNGRADES;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "downgrades") == 0 && total(&model->host, "upgrades") == -1,
	      "one that does knows that there was none; upgrades are another matter");
	dax_model_free(model);
	made.sample.known |= DAX_KNOWN_UPGRADES;
	cell->entry[DAX_SPLIT_EMPTY] = 3;
	cell->entry[DAX_SPLIT_ZERO] = 4;
	cell->entry[DAX_UPGRADED] = 5;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "downgrades") == 7 &&
		      total(&model->host, "zero_page_splits") == 4 &&
		      total(&model->host, "upgrades") == 5 &&
		      total(&model->host, "upgrades_failed") == 0,
	      "downgrades and upgrades");
	dax_model_free(model);
}

static void test_interval(void)
{
	struct made before, now;
	struct dax_model *model;
	struct dax_counts *cell;

	two_by_two(&before);
	two_by_two(&now);
	now.row[0].count.fault[DAX_PTE_MAPPED][0] += 1000;
	now.row[0].count.lat_sum[DAX_LAT_PTE] += SECOND / 2;
	cell = made_row(&now, 1, 99, 300, "/new", "new");
	cell->fault[DAX_PMD_MAPPED][0] = 500;
	model = dax_model_build(&now.sample, &before.sample, 2 * SECOND);
	CHECK(last(&model->host, "pte_faults") == 1000 && last(&model->host, "pmd_faults") == 500,
	      "the interval has what was gained, a new row all it has");
	CHECK(last(&model->host, "faults_per_s") == 750 &&
		      last(&model->host, "pte_faults_per_s") == 500,
	      "rates are per second of the interval");
	CHECK(total(&model->host, "faults_per_s") == 750, "a rate is one of the interval always");
	CHECK(near(last(&model->host, "fault_time_ratio"), 0.25), "time in faults, of the time");
	CHECK(last(&model->list[DAX_FILE].item[1], "pte_faults") == 0,
	      "an idle file's interval is 0, which is known");
	dax_model_free(model);

	model = dax_model_build(&now.sample, &before.sample, 0);
	CHECK(last(&model->host, "faults_per_s") == -1, "without time there is no rate");
	dax_model_free(model);

	now.row[0].count.fault[DAX_PTE_MAPPED][0] = 1;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "pte_faults") == -1, "a counter that went back is unknown");
	CHECK(last(&model->host, "pte_faults_per_s") == -1, "and so is its rate");
	CHECK(last(&model->host, "pmd_faults") == 500, "other counters stay known");
	CHECK(last(&model->list[DAX_FILE].item[1], "pte_faults") == 0, "and so do other files");
	CHECK(last(&model->list[DAX_MOUNT].item[1], "pte_faults") == 0, "and devices");
	dax_model_free(model);

	two_by_two(&now);
	now.row[1].key.ino = 11;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "faults") == -1, "rows that changed places cannot be compared");
	dax_model_free(model);

	two_by_two(&now);
	now.sample.nr_rows = 2;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "faults") == -1, "nor can a sample that lost rows");
	dax_model_free(model);
}

static void test_maximum(void)
{
	struct made before, now;
	struct dax_model *model;

	made_init(&before);
	made_row(&before, 1, 1, 1, "/a", "a")->lat_max[DAX_LAT_PMD] = 900;
	before.row[0].count.lat[DAX_LAT_PMD][dax_lat_bucket(900)] = 1;
	made_copy(&now, &before);
	now.row[0].count.lat[DAX_LAT_PMD][dax_lat_bucket(200)] = 1;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "lat_pmd_max_ns") == -1 &&
		      total(&model->host, "lat_pmd_max_ns") == 900,
	      "an interval below the maximum does not know its own");
	dax_model_free(model);
	now.row[0].count.lat_max[DAX_LAT_PMD] = 1000;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "lat_pmd_max_ns") == 1000, "one above it does");
	dax_model_free(model);
}

static void test_quantiles(void)
{
	struct dax_model *model;
	struct dax_counts *cell;
	struct made made;
	__u64 *bucket;

	made_init(&made);
	cell = made_row(&made, 1, 1, 1, "/a", "a");
	bucket = cell->lat[DAX_LAT_PTE];
	/* 98 of [1024, 1280) ns, one of [8192, 10240), one of [65536, 81920), which took 70000. */
	bucket[dax_lat_bucket(1024)] = 98;
	bucket[dax_lat_bucket(8192)] = 1;
	bucket[dax_lat_bucket(70000)] = 1;
	cell->lat_sum[DAX_LAT_PTE] = 98 * 1100 + 9000 + 70000;
	cell->lat_max[DAX_LAT_PTE] = 70000;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "lat_pte_p50_ns") == 1280, "p50 is the end of its bucket");
	CHECK(total(&model->host, "lat_pte_p99_ns") == 10240, "p99 of 100 is the 99th");
	CHECK(total(&model->host, "lat_pte_max_ns") == 70000, "max is exact");
	CHECK(near(total(&model->host, "lat_pte_mean_ns"), 1868), "mean is exact");
	CHECK(dax_lat_quantile(&model->host, DAX_TOTAL, DAX_LAT_PTE, 1).count == 70000,
	      "no quantile is above the maximum");
	CHECK(dax_lat_quantile(&model->host, DAX_TOTAL, DAX_LAT_PTE, 0.98).count == 1280 &&
		      dax_lat_quantile(&model->host, DAX_TOTAL, DAX_LAT_PTE, 0.981).count == 10240,
	      "the rank is rounded up");
	CHECK(total(&model->host, "lat_pmd_p50_ns") == -1, "another class has none");
	CHECK(total(&model->host, "fault_time_ns") == 186800, "fault_time_ns is the sum");
	dax_model_free(model);

	memset(bucket, 0, DAX_LAT_BUCKETS * sizeof(*bucket));
	bucket[0] = 3;
	cell->lat_max[DAX_LAT_PTE] = 90;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "lat_pte_p50_ns") == 90, "the first bucket ends at the maximum");
	dax_model_free(model);

	memset(bucket, 0, DAX_LAT_BUCKETS * sizeof(*bucket));
	bucket[DAX_LAT_BUCKETS - 1] = 3;
	cell->lat_max[DAX_LAT_PTE] = 1ULL << 40;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "lat_pte_p50_ns") == (double)(1ULL << 40),
	      "the last bucket has no end but the maximum");
	dax_model_free(model);

	cell->lat_max[DAX_LAT_PTE] = 5; /* not read yet */
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "lat_pte_p50_ns") == -1,
	      "a maximum that lags behind is not used");
	dax_model_free(model);
}

static void test_sort(void)
{
	const struct dax_field *pte = dax_field_find("pte_faults");
	const struct dax_item *order[5];
	struct dax_model *model;
	struct made made;
	size_t i;

	/* 2^32 apart: a comparison in 32 bits calls them equal, or gets them the wrong way round.
	 */
	static const __u64 faults[5] = {7, 7 + (1ULL << 32), 7, 7 + (1ULL << 63), 7};

	made_init(&made);
	for (i = 0; i < 5; i++)
		made_row(&made, 1, i, 1,
			 i == 2	  ? NULL
			 : i == 4 ? "/b"
				  : "/a",
			 "a")
			->fault[DAX_PTE_MAPPED][0] = faults[i];
	model = dax_model_build(&made.sample, NULL, 0);
	for (i = 0; i < 5; i++)
		order[i] = &model->list[DAX_FILE].item[i];
	dax_sort(order, 5, pte, DAX_TOTAL, false);
	CHECK(order[0]->key.ino == 3 && order[1]->key.ino == 1, "64-bit counts are not cut");
	CHECK(order[2]->key.ino == 0 && order[3]->key.ino == 2 && order[4]->key.ino == 4,
	      "equals keep their order");
	dax_sort(order, 5, pte, DAX_TOTAL, true);
	CHECK(order[0]->key.ino == 0 && order[1]->key.ino == 2 && order[2]->key.ino == 4 &&
		      order[4]->key.ino == 3,
	      "reversed, equals keep their order too");
	dax_sort(order, 5, dax_field_find("name"), DAX_TOTAL, false);
	CHECK(order[4]->key.ino == 2 && order[3]->key.ino == 4, "names go up, unknown ones last");
	dax_sort(order, 5, dax_field_find("name"), DAX_TOTAL, true);
	CHECK(order[4]->key.ino == 2 && order[0]->key.ino == 4, "reversed, unknown ones last too");
	dax_sort(order, 5, pte, DAX_INTERVAL, false);
	CHECK(order[4]->key.ino == 2, "all unknown: nothing moves");
	dax_model_free(model);
}

static void test_reasons(void)
{
	enum dax_reason order[DAX_NR_REASONS];
	struct dax_advice advice;
	struct dax_model *model;
	struct dax_counts *cell;
	struct made made;
	int i, named = 0, explained = 0;

	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++) {
		named += dax_reason_name((enum dax_reason)i) != NULL;
		explained +=
			dax_reason_means((enum dax_reason)i) && dax_reason_fix((enum dax_reason)i, NULL);
	}
	CHECK(named == DAX_NR_REASONS - 1 && explained == named,
	      "every reason has a name, a meaning and a fix");
	CHECK(strstr(dax_reason_fix(DAX_WHY_EXTENT_MISALIGNED, "erofs"), "--dsunit=512") &&
		      !dax_reason_run(DAX_WHY_EXTENT_MISALIGNED, "erofs") &&
		      !strcmp(dax_reason_run(DAX_WHY_PTE_ENTRY, "erofs"), "daxdoctor {file}"),
	      "an EROFS has the advice of its image, and no command that writes to it");

	made_init(&made);
	cell = made_row(&made, 1, 1, 1, "/a", "a");
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(!dax_advise(&model->host, DAX_TOTAL).cause, "no faults, no advice");
	dax_model_free(model);

	cell->fault[DAX_PMD_FALLBACK][1] = cell->fault[DAX_PTE_ERROR][1] = 20;
	cell->reason[DAX_WHY_LOOKUP_FAILED] = 20;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(strstr(dax_advise(&model->host, DAX_TOTAL).fix, "free some space"),
	      "no extent, and the 4 KiB fault is an error as well: the filesystem is full");
	dax_model_free(model);
	cell->fault[DAX_PTE_ERROR][1] = 0;
	cell->fault[DAX_PTE_MAPPED][1] = 20;
	model = dax_model_build(&made.sample, NULL, 0);
	advice = dax_advise(&model->host, DAX_TOTAL);
	CHECK(!strcmp(advice.cause, "lookup_failed") && strstr(advice.fix, "bug of this kernel"),
	      "no extent, and the 4 KiB fault has one: the kernel refuses 2 MiB");
	dax_model_free(model);
	cell->fault[DAX_PMD_FALLBACK][1] = cell->fault[DAX_PTE_MAPPED][1] = 0;
	cell->reason[DAX_WHY_LOOKUP_FAILED] = 0;

	cell->fault[DAX_PMD_FALLBACK][0] = 12;
	cell->fault[DAX_PTE_MAPPED][0] = 112;
	cell->reason[DAX_WHY_PAST_EOF] = 2;
	cell->reason[DAX_WHY_PTE_ENTRY] = 7;
	cell->reason[DAX_WHY_LOST_RACE] = 2;
	cell->reason[DAX_WHY_EXTENT_SHORT] = 1;
	cell->range[DAX_RANGE_STICKY] = 50;
	cell->range[DAX_RANGE_NEVER_TRIED] = 50;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(dax_reasons_by_count(&model->host, DAX_TOTAL, order) == 4 &&
		      order[0] == DAX_WHY_PTE_ENTRY && order[1] == DAX_WHY_PAST_EOF &&
		      order[2] == DAX_WHY_LOST_RACE && order[3] == DAX_WHY_EXTENT_SHORT,
	      "reasons by count, equals in the kernel's order");
	advice = dax_advise(&model->host, DAX_TOTAL);
	CHECK(!strcmp(advice.cause, "pte_entry") && advice.count == 7 && advice.of == 12,
	      "the advice is about the top reason");
	CHECK(advice.behind && !strcmp(advice.behind, "past_eof") &&
		      advice.fix == dax_reason_fix(DAX_WHY_PAST_EOF, NULL),
	      "an old 4 KiB entry is mended by what mends its cause");
	dax_model_free(model);

	cell->range[DAX_RANGE_NEVER_TRIED] = 63;
	model = dax_model_build(&made.sample, NULL, 0);
	advice = dax_advise(&model->host, DAX_TOTAL);
	CHECK(!strcmp(advice.cause, "never_tried") && advice.count == 63 && advice.of == 112,
	      "more faults without a try than after fallbacks: never_tried");
	CHECK(!strcmp(text_of(&model->host, "cause"), "never_tried") &&
		      !strcmp(text_of(&model->host, "top_reason"), "pte_entry"),
	      "the cause may be none of the fallbacks' reasons");
	dax_model_free(model);

	made.sample.tier = DAX_T0;
	made.sample.known &= ~DAX_KNOWN_EXTENTS;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(dax_reason_num(&model->host, DAX_TOTAL, DAX_WHY_DEVICE_SHORT).kind == DAX_NUM_COUNT,
	      "T0: as long as no reason is unknown, 0 is 0");
	dax_model_free(model);
	cell->reason[DAX_WHY_UNKNOWN] = 1;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(dax_reason_num(&model->host, DAX_TOTAL, DAX_WHY_DEVICE_SHORT).kind ==
			      DAX_NUM_UNKNOWN &&
		      dax_reason_num(&model->host, DAX_TOTAL, DAX_WHY_VMA_END).kind ==
			      DAX_NUM_COUNT &&
		      dax_reason_num(&model->host, DAX_TOTAL, DAX_WHY_EXTENT_SHORT).partial,
	      "T0: reasons that may hide among the unknown ones are unknown, or at least so many");
	dax_model_free(model);
}

static void test_other(void)
{
	struct dax_model *model;
	struct made made;

	made_init(&made);
	made_row(&made, 0, 0, 0, NULL, "")->fault[DAX_PTE_MAPPED][0] = 1;
	made.row[0].other = true;
	made_row(&made, 0, 0, 0, "/a", "a")->fault[DAX_PTE_MAPPED][0] = 2;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(model->list[DAX_FILE].nr == 2 && model->list[DAX_FILE].item[0].other &&
		      total(&model->list[DAX_FILE].item[1], "pte_faults") == 2,
	      "what found no slot is nobody's, even with the same key");
	CHECK(total(&model->host, "pte_faults") == 3, "but the host has it");
	CHECK(total(&model->list[DAX_PROCESS].item[0], "pid") == -1, "and it has no pid");
	dax_model_free(model);
}

static void test_many(void)
{
	static struct dax_row rows[5000];
	struct dax_sample sample = {.rows = rows, .nr_rows = 5000, .known = DAX_KNOWN_EXTENTS};
	struct dax_model *model;
	size_t i;

	for (i = 0; i < 5000; i++) {
		rows[i].key = (struct dax_key){.ino = i / 2, .dev = 1, .tgid = 1 + i % 1000};
		rows[i].count.fault[DAX_PMD_MAPPED][1] = 1000000000;
	}
	model = dax_model_build(&sample, NULL, 0);
	CHECK(model->list[DAX_FILE].nr == 2500 && model->list[DAX_PROCESS].nr == 1000,
	      "thousands of rows are grouped");
	CHECK(total(&model->host, "pmd_faults") == 5e12, "and their sums do not overflow");
	EXPECT(model->list[DAX_FILE].item[1234].key.ino == 1234);
	EXPECT(total(&model->list[DAX_FILE].item[1234], "pmd_faults") == 2e9);
	EXPECT(total(&model->list[DAX_PROCESS].item[999], "pmd_faults") == 5e9);
	CHECK(unit_quiet(), "in the order in which they were first seen");
	dax_model_free(model);
}

static void test_copy(void)
{
	struct dax_sample *copy;
	char path[] = "/mnt/a";
	struct made made;

	made_init(&made);
	made_row(&made, 1, 1, 1, path, "a")->fault[DAX_PTE_MAPPED][0] = 5;
	made_row(&made, 1, 2, 1, NULL, "a");
	copy = dax_sample_copy(&made.sample);
	memset(path, 'x', sizeof(path) - 1);
	memset(&made, 0xaa, sizeof(made));
	CHECK(copy->nr_rows == 2 && !strcmp(copy->rows[0].path, "/mnt/a") && !copy->rows[1].path &&
		      copy->rows[0].count.fault[DAX_PTE_MAPPED][0] == 5,
	      "a copied sample does not depend on its source");
	dax_sample_free(copy);
	dax_sample_free(NULL);
	dax_model_free(NULL);
}

static void test_table(void)
{
	size_t i, j;

	for (i = 0; i < dax_nr_fields; i++) {
		const struct dax_field *field = &dax_fields[i];

		EXPECT(field->name && field->title && field->what);
		EXPECT(strlen(field->name) <= 20);
		EXPECT(field->unit == DAX_UNIT_TEXT ? field->text != NULL : field->num != NULL);
		EXPECT(!field->tables || strlen(field->title) <= field->width);
		EXPECT((field->unit == DAX_UNIT_NS) ==
		       (strlen(field->name) > 3 &&
			!strcmp(field->name + strlen(field->name) - 3, "_ns")));
		for (j = 0; j < i; j++)
			EXPECT(strcmp(field->name, dax_fields[j].name) != 0);
		EXPECT(dax_field_find(field->name) == field);
	}
	CHECK(unit_quiet(), "the field table is complete, and every name is there once");
	CHECK(!dax_field_find("no_such_field"), "an unknown field is not found");
}

int main(void)
{
	test_table();
	test_sums();
	test_unknown();
	test_entries();
	test_interval();
	test_maximum();
	test_quantiles();
	test_sort();
	test_reasons();
	test_other();
	test_many();
	test_copy();
	return UNIT_STATUS;
}

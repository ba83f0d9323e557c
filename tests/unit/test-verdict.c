// SPDX-License-Identifier: GPL-2.0-only
/* test-verdict.c - verdicts on assertions: only what is proven, by whom it is about, safe to show.
 */
#include <locale.h>
#include <stdlib.h>
#include "sample-make.h"
#include "trace/assert.h"
#include "unit.h"
#include "util/lat.h"

/* The verdict on @expr, and in @result what more is asked. */
static struct assert_result result;
static struct assertion asked;
static struct dax_model *model;

static void forget(void)
{
	assert_result_free(&result);
	assert_free(&asked);
	dax_model_free(model);
	model = NULL;
}

static enum assert_verdict judge(struct made *made, const char *expr)
{
	struct assert_error err;
	struct assert_run run = {.now = &made->sample};

	forget();
	if (assert_parse(&asked, expr, &err)) {
		printf("# %s: %s\n", expr, err.what);
		return ASSERT_NR_VERDICTS;
	}
	run.model = model = dax_model_build(&made->sample, NULL, 0);
	if (assert_judge(&result, &asked, &run))
		return ASSERT_NR_VERDICTS;
	return result.verdict;
}

#define PASSES(expr)  (judge(&made, expr) == ASSERT_PASS)
#define FAILS(expr)   (judge(&made, expr) == ASSERT_FAIL)
#define UNKNOWN(expr) (judge(&made, expr) == ASSERT_INCONCLUSIVE)

/* /good: 10 ranges, all at 2 MiB. /bad: 4 ranges, 3 fell back, one for another reason. */
static void make_two(struct made *made)
{
	struct dax_counts *cell;

	made_init(made);
	cell = made_row(made, 1, 1, 100, "/mnt/dax/good.db", "postgres");
	cell->fault[DAX_PMD_MAPPED][0] = 10;
	cell->range[DAX_RANGE_TOUCHED] = cell->range[DAX_RANGE_PMD] = 10;
	cell->lat[DAX_LAT_PMD][20] = 10;
	cell->lat_max[DAX_LAT_PMD] = 20480;
	cell->lat_sum[DAX_LAT_PMD] = 150000;
	cell = made_row(made, 1, 2, 200, "/mnt/dax/bad.db", "writer");
	cell->fault[DAX_PMD_MAPPED][1] = 1;
	cell->fault[DAX_PMD_FALLBACK][1] = 3;
	cell->fault[DAX_PTE_MAPPED][1] = 33;
	cell->reason[DAX_WHY_EXTENT_SHORT] = 2;
	cell->reason[DAX_WHY_PAST_EOF] = 1;
	cell->range[DAX_RANGE_TOUCHED] = 4;
	cell->range[DAX_RANGE_PMD] = 1;
	cell->range[DAX_RANGE_STICKY] = 30;
}

/* Some writers have exited: twenty, or three, it does not say. */
static void test_exited(void)
{
	struct made made;
	struct dax_counts *cell;

	make_two(&made);
	cell = made_row(&made, 1, 2, 0, "/mnt/dax/bad.db", "writer");
	made.row[2].exited = true;
	cell->fault[DAX_PMD_FALLBACK][1] = 20;
	cell->reason[DAX_WHY_EXTENT_SHORT] = 20;
	CHECK(UNKNOWN("fallbacks{process=\"writer\"} < 5") && strstr(result.why, "exited"),
	      "no process is judged by the sum of others");
	CHECK(UNKNOWN("fallbacks{process=\"writer\"} >= 1"), "... nor let pass for it");
	CHECK(PASSES("fallbacks{process=\"writer\"} < 21") && PASSES("pmd_faults{process=\"writer\"} >= 0"),
	      "what holds for the sum and for nothing holds for each");
	CHECK(FAILS("fallbacks{process=\"writer\"} < 3"), "one that is there is judged as ever");
	CHECK(FAILS("fallbacks{file=\"*bad.db\"} < 23") && PASSES("fallbacks{file=\"*bad.db\"} == 23"),
	      "a file has what they counted");
	forget();
}

static void test_verdicts(void)
{
	struct made made;

	made_init(&made);
	CHECK(UNKNOWN("fallbacks == 0") && !result.nr_judged && strstr(result.why, "no fault"),
	      "nothing seen is never good");
	made_row(&made, 1, 1, 1, "/a", "a")->range[DAX_RANGE_TOUCHED] = 0;
	CHECK(UNKNOWN("fallbacks == 0") && UNKNOWN("fallbacks{file=\"*\"} == 0") &&
		      strstr(result.why, "no fault"),
	      "a file that never faulted was not seen");

	make_two(&made);
	CHECK(PASSES("fallbacks <= 3") && FAILS("fallbacks < 3") && PASSES("fallbacks == 3") &&
		      FAILS("fallbacks != 3") && FAILS("fallbacks > 3") &&
		      PASSES("fallbacks >= 3") && PASSES("fallbacks != 2.5") &&
		      FAILS("fallbacks == 3.5") && PASSES("fallbacks < 3.5") &&
		      FAILS("fallbacks > 3.5") && PASSES("fallbacks > 2.5"),
	      "every operator, with whole and broken limits");
	CHECK(FAILS("pmd_coverage >= 99%") && result.nr_worst == 2 &&
		      !strcmp(result.worst[0].item->path, "/mnt/dax/bad.db") &&
		      result.worst[0].num.real == 0.25,
	      "the worst file of a low ratio comes first");
	CHECK(FAILS("fallbacks == 0") && result.nr_worst == 1 && result.num.count == 3 &&
		      result.worst[0].item->key.ino == 2,
	      "a file that adds nothing is not named");
	CHECK(PASSES("pmd_coverage >= 0.7857142857142857") &&
		      FAILS("pmd_coverage > 0.7857142857142857"),
	      "11/14 is the nearest double to its digits");
	CHECK(FAILS("fallbacks{reason=\"extent_short\"} == 0") && result.num.count == 2 &&
		      PASSES("fallbacks{reason=\"vma_end\"} == 0") &&
		      PASSES("fallbacks{reason=\"past_eof\"} <= 1"),
	      "by reason");
	CHECK(PASSES("lat_pmd_p99_us <= 20.48") && FAILS("lat_pmd_p99_us < 4") &&
		      PASSES("lat_pmd_max_ms < 1") && PASSES("lat_pmd_mean_us == 15") &&
		      UNKNOWN("lat_sync_p99_us < 1") && strstr(result.why, "nothing of that kind"),
	      "latencies; of a kind that never happened there is none");
	CHECK(UNKNOWN("upgrades == 0") && UNKNOWN("downgrades >= 0") && UNKNOWN("faults_per_s > 0"),
	      "what this tier or a single sample cannot tell");
}

static void test_each(void)
{
	struct made made;
	struct dax_counts *cell;

	make_two(&made);
	CHECK(PASSES("pmd_coverage{file=\"/mnt/dax/good.*\"} >= 1") && result.nr_judged == 1,
	      "only the file that matches");
	CHECK(FAILS("pmd_coverage{file=\"*.db\"} >= 0.5") && result.nr_judged == 2 &&
		      result.nr_failed == 1 && result.nr_worst == 1 &&
		      result.worst[0].item->key.ino == 2,
	      "every file that matches must hold, though the sum does");
	made_row(&made, 1, 9, 100, "/mnt/dax/idle", "postgres");
	CHECK(UNKNOWN("fallbacks{file=\"*idle\"} == 0") && strstr(result.why, "no file"),
	      "a file without a fault was not seen, though others were");
	made.sample.nr_rows--;
	CHECK(UNKNOWN("fallbacks{file=\"/mnt/other/*\"} == 0") && strstr(result.why, "no file"),
	      "no file matches");
	CHECK(PASSES("fallbacks{process=\"postgres\"} == 0") &&
		      FAILS("fallbacks{process=\"*\"} == 0") &&
		      result.worst[0].item->key.tgid == 200 &&
		      UNKNOWN("fallbacks{process=\"w\"} == 0") && strstr(result.why, "no process"),
	      "by process");
	CHECK(FAILS("fallbacks{file=\"*.db\",process=\"wr*\"} == 0") && result.nr_judged == 1 &&
		      PASSES("fallbacks{process=\"wr?ter\",file=\"*bad*\",reason=\"vma_end\"} == "
			     "0") &&
		      UNKNOWN("fallbacks{file=\"*good*\",process=\"writer\"} == 0"),
	      "by both: the faults of these processes in these files");

	cell = made_row(&made, 1, 3, 200, NULL, "writer");
	cell->fault[DAX_PMD_FALLBACK][0] = 1;
	CHECK(UNKNOWN("fallbacks{file=\"*good*\"} == 0") &&
		      strstr(result.why, "unknown paths") &&
		      PASSES("fallbacks{file=\"*good*\"} <= 1") &&
		      FAILS("fallbacks{file=\"*bad*\"} == 0") &&
		      FAILS("fallbacks{file=\"*\"} == 0") && result.nr_failed == 2,
	      "a file without a path may be meant, unless it is good anyway or all are meant");
	made.row[2].path = ".../deep/x.db";
	CHECK(UNKNOWN("fallbacks{file=\"*good*\"} == 0") &&
		      FAILS("fallbacks{file=\"*/x.db\"} == 0") && result.nr_judged == 1,
	      "so may one of which only the end of the path is known");
	made.row[2].path = "/a\xff\x1b[2J\n";
	setlocale(LC_ALL, "C.UTF-8");
	CHECK(FAILS("fallbacks{file=\"/a\\xff?[[]2J?\"} == 0") && result.nr_judged == 1 &&
		      FAILS("fallbacks{file=\"/a?\\x1b*\"} == 0"),
	      "names are bytes, in every locale");
	made.row[2].path = "/\xc3\xa4";
	CHECK(UNKNOWN("fallbacks{file=\"/?\"} == 0") && FAILS("fallbacks{file=\"/??\"} == 0"),
	      "... and ? is one of them");
	setlocale(LC_ALL, "C");
	CHECK(UNKNOWN("fallbacks{file=\"[\"} == 0") && UNKNOWN("fallbacks{file=\"a\\\\\"} == 0"),
	      "a broken glob matches nothing");
	forget();
}

static void test_proof(void)
{
	struct made made;
	struct dax_counts *cell;

	make_two(&made);
	made.sample.lost.unwatched = 1;
	CHECK(UNKNOWN("fallbacks <= 3") && FAILS("fallbacks <= 2") && FAILS("fallbacks < 3") &&
		      FAILS("fallbacks == 2") && UNKNOWN("fallbacks == 3") &&
		      UNKNOWN("fallbacks == 4") && PASSES("fallbacks != 2") &&
		      PASSES("fallbacks >= 3") && UNKNOWN("fallbacks >= 4") &&
		      UNKNOWN("fallbacks > 3") && result.num.partial,
	      "at least 3 proves what more cannot change, and no more");
	CHECK(UNKNOWN("pmd_coverage >= 0.1") && UNKNOWN("pmd_coverage >= 0.99") &&
		      UNKNOWN("lat_pmd_p99_us < 100") && FAILS("lat_pmd_max_us < 20"),
	      "a ratio or a quantile of what was seen proves nothing, a maximum does");
	made.sample.lost.unwatched = 0;

	cell = &made.row[1].count;
	cell->range[DAX_RANGE_UNTRACKED] = 2;
	CHECK(PASSES("pmd_coverage >= 0.5") && FAILS("pmd_coverage >= 0.99") &&
		      UNKNOWN("pmd_coverage >= 0.75") && UNKNOWN("sticky_faults <= 30") &&
		      FAILS("sticky_faults <= 29") && PASSES("untracked_faults == 2"),
	      "two ranges that were not tracked move the coverage between 11/16 and 13/16");
	CHECK(PASSES("pmd_coverage{file=\"*good*\"} == 1"), "but not that of other files");
	cell->range[DAX_RANGE_UNTRACKED] = 0;

	made.sample.tier = DAX_T2;
	made.sample.known |= DAX_KNOWN_WAITS | DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED;
	cell->lat[DAX_LAT_WAIT][20] = 3;
	cell->lat_max[DAX_LAT_WAIT] = 20480;
	cell->lat_sum[DAX_LAT_WAIT] = 60000;
	cell->entry[DAX_SPLIT_ZERO] = 2;
	CHECK(PASSES("entry_waits == 3") && PASSES("lat_wait_max_us < 21") && PASSES("downgrades == 2") &&
		      PASSES("zero_page_splits <= 2") && PASSES("pmd_zero_replaced == 0"),
	      "waits and downgrades, of which none is missing");
	made.sample.lost.waits = 1;
	CHECK(UNKNOWN("entry_waits == 3") && result.num.partial && FAILS("entry_waits < 3") &&
		      UNKNOWN("lat_wait_max_us < 21") && FAILS("lat_wait_max_us < 20") &&
		      UNKNOWN("lat_wait_p99_us < 21") && UNKNOWN("lat_wait_mean_us <= 20") &&
		      UNKNOWN("entry_wait_us <= 60") && UNKNOWN("entry_waits{file=\"*good*\"} == 0") &&
		      PASSES("downgrades == 2") && PASSES("pmd_faults == 11"),
	      "a wait that is missing may be anybody's, and as long as it likes");
	made.sample.lost.waits = 0;
	made.sample.lost.entries = 1;
	CHECK(UNKNOWN("downgrades == 2") && FAILS("downgrades < 2") && UNKNOWN("zero_page_splits <= 2") &&
		      UNKNOWN("pmd_zero_replaced == 0") && PASSES("entry_waits == 3"),
	      "so may a downgrade or a zero page that gave way");
	made.sample.lost.entries = 0;

	made.row[0].count.untimed = 1;
	CHECK(UNKNOWN("lat_pmd_p99_us < 100") && PASSES("lat_pmd_p50_us < 100") &&
		      UNKNOWN("lat_pmd_max_us < 100") && FAILS("lat_pmd_max_us < 20") &&
		      FAILS("lat_pmd_p50_us < 1"),
	      "a fault without a latency may be the longest, but not half of them");
	made.row[0].count.untimed = 11;
	CHECK(UNKNOWN("lat_pmd_p50_ns > 1") && UNKNOWN("lat_pmd_p50_us < 100") &&
		      PASSES("lat_pmd_p50_ns >= 0"),
	      "more without than with one may be half of them, short or long");
	made.row[0].count.untimed = 0;

	made_row(&made, 0, 0, 0, NULL, "")->fault[DAX_PTE_MAPPED][0] = 9;
	made.row[2].other = true;
	CHECK(PASSES("pte_faults == 42") && UNKNOWN("fallbacks{file=\"*good*\"} == 0") &&
		      UNKNOWN("fallbacks{process=\"postgres\"} == 0") &&
		      FAILS("fallbacks{file=\"*bad*\"} == 0") &&
		      FAILS("fallbacks{file=\"*bad*\",process=\"*\"} == 0"),
	      "faults that found no file of their own are in the sum, and may be any file's");
	made.row[2].count.fault[DAX_PTE_MAPPED][0] = 0;
	made.row[2].count.untimed = 1;
	CHECK(UNKNOWN("untimed_faults{file=\"*good*\"} == 0") &&
		      PASSES("fallbacks{file=\"*good*\"} == 0"),
	      "so may be what is counted without a fault");

	make_two(&made);
	made.sample.known &= ~DAX_KNOWN_EXTENTS;
	made.row[1].count.reason[DAX_WHY_UNKNOWN] = 1;
	CHECK(UNKNOWN("fallbacks{reason=\"device_short\"} == 0") &&
		      FAILS("fallbacks{reason=\"extent_short\"} == 0") &&
		      UNKNOWN("fallbacks{reason=\"extent_short\"} <= 2") &&
		      PASSES("fallbacks{reason=\"vma_end\"} == 0"),
	      "tier T0: what hides among the unknown reasons");
	forget();
}

/* Half of the 4 KiB faults have a latency, and no fault at 2 MiB: what they took is an estimate, and a part. */
static void test_estimate(void)
{
	struct dax_counts *cell;
	struct made made;

	made_init(&made);
	cell = made_row(&made, 1, 1, 100, "/a", "a");
	cell->fault[DAX_PTE_MAPPED][0] = 100;
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(1000)] = 50;
	cell->lat_sum[DAX_LAT_PTE] = 50 * 1000;
	cell->fault[DAX_PMD_MAPPED][0] = 10;
	cell->untimed = 60;
	CHECK(UNKNOWN("fault_time_ns >= 100000") && UNKNOWN("fault_time_ns < 100000"),
	      "an estimate proves nothing, also when it lacks a part");
	CHECK(PASSES("fault_time_ns >= 0"), "but what holds for any number");
	forget();
}

static void test_large(void)
{
	struct assert_run run = {0};
	struct made made;
	int i;

	made_init(&made);
	made_row(&made, 1, 1, 1, "/a", "a")->fault[DAX_PTE_MAPPED][0] = (1ULL << 53) + 1;
	CHECK(FAILS("pte_faults == 9007199254740992") && PASSES("pte_faults == 9007199254740993") &&
		      PASSES("pte_faults > 9007199254740992"),
	      "counts above 2^53 are compared exactly");
	made.row[0].count.fault[DAX_PTE_MAPPED][0] = DAX_NOT_KNOWN;
	CHECK(UNKNOWN("pte_faults == 0") && UNKNOWN("pte_faults > 0"), "an unknown count");
	made_init(&made);
	for (i = 0; i < 9; i++)
		made_row(&made, 1, i, i + 1, "/a", "a")->fault[DAX_PMD_FALLBACK][0] = 1 + i % 5;
	CHECK(FAILS("fallbacks{file=\"/a\"} <= 1") && result.nr_failed == 7 &&
		      result.nr_worst == 5 && result.worst[0].num.count == 5 &&
		      result.worst[4].num.count == 3 && result.worst[1].item->key.ino == 3,
	      "five of the worst are kept, equals in their order");
	run.model = model;
	run.now = &made.sample;
	run.unfinished = true;
	assert_result_free(&result);
	CHECK(!assert_judge(&result, &asked, &run) && result.verdict == ASSERT_FAIL,
	      "a command that was stopped can have failed");
	CHECK(PASSES("fallbacks <= 100"), "nine files are good");
	run.model = model;
	assert_result_free(&result);
	CHECK(!assert_judge(&result, &asked, &run) && result.verdict == ASSERT_INCONCLUSIVE,
	      "but a good verdict needs the end");
	forget();
}

/* All that is printed, in memory of the caller's. */
static char *shown(struct made *made, const char *expr, bool ascii)
{
	struct lines lines = {.columns = 200, .ascii = ascii, .whole_commands = true};
	char *text = NULL;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	judge(made, expr);
	assert_show(&lines, &result, 1);
	for (i = 0; i < lines.nr; i++)
		fprintf(to, "%s\n", lines.line[i].text);
	lines_free(&lines);
	fclose(to);
	return text;
}

static bool shows(struct made *made, const char *expr, const char *wanted)
{
	char *text = shown(made, expr, true);
	bool good = strstr(text, wanted) != NULL;

	if (!good)
		printf("# %s\n", text);
	free(text);
	return good;
}

static void test_text(void)
{
	struct made made;
	char *text;
	size_t i;

	make_two(&made);
	CHECK(shows(&made, "fallbacks == 0", "verdict: fail, 0 of 1 assertions hold") &&
		      shows(&made, "fallbacks == 0", "fallbacks is 3\n") &&
		      shows(&made, "fallbacks == 0", "/mnt/dax/bad.db: 3, extent_short\n") &&
		      shows(&made, "fallbacks == 0", "fix: "),
	      "a failure names value, file, reason and what to do");
	CHECK(shows(&made, "fallbacks{reason=\"past_eof\"} == 0", "bad.db: 1, past_eof\n") &&
		      shows(&made, "fallbacks{reason=\"past_eof\"} == 0",
			    dax_reason_means(DAX_WHY_PAST_EOF)),
	      "the reason asked for is the one explained");
	CHECK(shows(&made, "pmd_coverage{file=\"*\"} >= 1",
		    "worst pmd_coverage is 0.25; of 2 files, 1 fails\n") &&
		      shows(&made, "fallbacks{process=\"*\"} >= 0", "of 2 processes, 0 fail\n"),
	      "how many of how many");
	CHECK(shows(&made, "lat_pmd_max_us > 99", "lat_pmd_max_us is 20.48\n") &&
		      shows(&made, "lat_pmd_max_ns > 99999", "lat_pmd_max_ns is 20480\n") &&
		      shows(&made, "lat_pmd_max_s > 99", "lat_pmd_max_s is 0.00002048\n") &&
		      shows(&made, "lat_pmd_mean_us > 99", "lat_pmd_mean_us is 15\n"),
	      "times are exact, in the unit that was asked for");
	made.row[1].path = "/mnt/\x1b]0;x\a\xff\n verdict: pass \xe2\x80\xae.db";
	for (i = 0; i < 2; i++) {
		text = shown(&made, "fallbacks{file=\"/mnt/\\x1b*\"} == 0", i);
		EXPECT(!strpbrk(text, "\x1b\a\xff") && !strstr(text, "\n verdict: pass") &&
		       !strstr(text, "\xe2\x80\xae") && strstr(text, "\\x1b]0;x\\x07\\xff\\x0a"));
		free(text);
		text = shown(&made, "fallbacks{file=\"/mnt/\x1b*\"} == 0", i);
		EXPECT(!strchr(text, '\x1b') && strstr(text, "file=\"/mnt/\\x1b*\""));
		free(text);
	}
	CHECK(unit_quiet(), "hostile names and expressions are escaped");
	forget();
}

static void test_json(void)
{
	struct made made;
	json_t *json, *one, *worst;

	make_two(&made);
	made.row[1].path = "/a\xff";
	judge(&made, "lat_pmd_max_us{process=\"*\"} < 20.5");
	json = assert_json(&result, 1);
	one = json_array_get(json_object_get(json, "asserts"), 0);
	CHECK(!strcmp(json_string_value(json_object_get(json, "verdict")), "inconclusive") &&
		      json_real_value(json_object_get(one, "limit")) == 20.5 &&
		      !strcmp(json_string_value(json_object_get(one, "op")), "<"),
	      "JSON has the limit in the metric's unit");
	json_decref(json);
	judge(&made, "fallbacks == 0");
	json = assert_json(&result, 1);
	one = json_array_get(json_object_get(json, "asserts"), 0);
	worst = json_array_get(json_object_get(one, "worst"), 0);
	CHECK(json_integer_value(json_object_get(one, "value")) == 3 &&
		      json_is_integer(json_object_get(one, "limit")) &&
		      !strcmp(json_string_value(json_object_get(one, "verdict")), "fail") &&
		      !strcmp(json_string_value(json_object_get(worst, "file")), "/a\\xff") &&
		      !strcmp(json_string_value(json_object_get(worst, "reason")),
			      "extent_short") &&
		      json_integer_value(json_object_get(worst, "value")) == 3,
	      "and the worst files with value and reason");
	json_decref(json);
	forget();
}

int main(void)
{
	test_verdicts();
	test_exited();
	test_each();
	test_proof();
	test_estimate();
	test_large();
	test_text();
	test_json();
	return UNIT_STATUS;
}

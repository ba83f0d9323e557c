// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - the programs' own code, run by this machine's kernel on two CPUs at once for as many
 * faults as a long day has: every counter ends at exactly what was caused, from the cell to the
 * JSON.
 *
 * usage: long [FAULTS [counters]]      (default 2 * 10^7; counters: not the bounds, events and
 * costs)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"
#include "model/model.h"
#include "unit.h"
#include "util/lat.h"
#include "view/format.h"

#define BOTH	     3U
#define PLAIN_READS  160 /* in one play of the script, beside one or more of every other kind */
#define PRESET_PLAYS 1000
#define MOVES	     30000
#define BEYOND_FILES 2048
#define BEYOND	     16384 /* chunks */

static const struct dax_live_opts as_daxtop = {.max_tier = DAX_T1};
static struct script script;

static void open_again(struct stand *stand, const struct dax_live_opts *opts)
{
	char err[512];

	if (!stand_open(stand, opts, err, sizeof(err)))
		return;
	CHECK(false, "the collector opens: %s", err);
	exit(1);
}

static bool nothing_lost(struct stand *stand)
{
	struct dax_bpf_losses lost;

	dax_live_losses(stand->live, &lost);
	return !lost.events && !lost.unwatched && !lost.slots;
}

static void test_all(struct stand *stand, __u64 faults)
{
	__u64 each, plays;

	script_all(&script, stand->begins, PLAIN_READS);
	stand_script(stand, &script);
	each = script_faults(&script);
	plays = (faults + 2 * each - 1) / (2 * each);
	if (plays < PRESET_PLAYS)
		plays = PRESET_PLAYS;
	stand_play(stand, plays, BOTH);
	printf("# %llu faults of all kinds, %llu a play, in %.1f s: each costs its CPU %.0f ns\n",
	       (unsigned long long)(2 * each * plays), (unsigned long long)each,
	       (double)stand->elapsed_ns / 1e9,
	       (double)(stand->cpu_ns[0] + stand->cpu_ns[1]) / (double)(2 * each * plays));
	CHECK(counted_as(stand, &script, NULL, NULL),
	      "%.1e faults on two CPUs at once: every counter is what was caused",
	      (double)(2 * each * plays));
	CHECK(json_holds(stand), "... and the JSON says the same");
	CHECK(stand_at_rest(stand), "... no fault is left in flight or pending");
	CHECK(nothing_lost(stand), "... nothing was lost");
}

/* Goes on where test_all() ended, so that no range is new. */
static void test_presets(struct stand *stand)
{
	static const int bits[] = {32, 63};

	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		struct dax_cell before, other;

		stand_preset(stand, 0, (1ULL << bits[i]) - 1);
		stand_preset(stand, 1, (1ULL << bits[i]) - 1);
		stand_row(stand, 1, &before);
		stand_row(stand, 0, &other);
		stand_script(stand, &script);
		stand_play(stand, PRESET_PLAYS, BOTH);
		CHECK(counted_as(stand, &script, &before, &other),
		      "counters that pass 2^%d go on counting exactly", bits[i]);
		CHECK(json_holds(stand), "... and the JSON has all their digits");
	}
}

/* A CPU that knows a range learns what another CPU did to it, also where the epoch wraps. */
static void test_epochs(void)
{
	static const __u64 start[] = {0, 0xfffffffd, 0xfffffffe, 0xffffffff};
	static struct script read, fall;
	struct dax_cell now;
	struct stand stand;

	open_again(&stand, &as_daxtop);
	for (__u32 i = 0; i < sizeof(start) / sizeof(*start); i++) {
		stand_epochs(&stand, start[i], start[i]);
		script_files(&read, stand.begins, 1);
		script_fall(&fall, stand.begins);
		script_of_file(&read, i + 1);
		script_of_file(&fall, i + 1);
		stand_script(&stand, &read);
		stand_play(&stand, 3, 1);
		stand_script(&stand, &fall);
		stand_play(&stand, 1, 2);
		stand_script(&stand, &read);
		stand_play(&stand, 5, 1);
		stand_row(&stand, i + 1, &now);
		CHECK(now.range[DAX_RANGE_NEVER_TRIED] == 3 && now.range[DAX_RANGE_STICKY] == 5,
		      "range epoch %llx: 3 faults before another CPU fell back were never tried, "
		      "5 after are sticky",
		      (unsigned long long)start[i]);
	}
	stand_close(&stand);
}

/* What a task carries from one CPU to another is found, also where it is put aside meanwhile. */
static void test_moves(void)
{
	struct stand stand;

	open_again(&stand, &as_daxtop);
	script_move(&script, stand.begins);
	stand_script(&stand, &script);
	stand_move(&stand, &script, MOVES);
	CHECK(counted_as(&stand, &script, NULL, NULL),
	      "%d MAP_SYNC writes that end on another CPU, while a task faults on the first: all are synced",
	      MOVES);
	CHECK(stand_at_rest(&stand), "... and nothing is kept of them");
	stand_close(&stand);
}

static void test_chunks(void)
{
	const __u64 tracked = DAX_RANGES_DEFAULT, rounds = 5;
	struct dax_sample sample;
	struct dax_model *model;
	struct dax_num num;
	struct stand stand;
	struct dax_cell now;
	char text[FORMAT_NUM_MAX];

	open_again(&stand, &as_daxtop);
	script_chunks(&script, stand.begins, BEYOND);
	stand_script(&stand, &script);
	stand_play(&stand, rounds * BEYOND, BOTH);
	stand_row(&stand, 1, &now);
	CHECK(now.fault[DAX_PTE_MAPPED][0] == 2 * rounds * BEYOND,
	      "a file of %d ranges 512 MiB apart: all faults are counted", BEYOND);
	CHECK(now.range[DAX_RANGE_TOUCHED] == tracked, "... %llu ranges found room",
	      (unsigned long long)tracked);
	CHECK(now.range[DAX_RANGE_NEVER_TRIED] == 2 * rounds * tracked &&
		      now.range[DAX_RANGE_UNTRACKED] == 2 * rounds * (BEYOND - tracked),
	      "... the faults in all others are untracked, and no others are");
	/* 8192 hashes of 17 bits: 256 of them are expected to be others' too, and at most. */
	CHECK(now.range[DAX_RANGE_LET_GO] <= BEYOND - tracked &&
		      now.range[DAX_RANGE_LET_GO] >= (BEYOND - tracked) * 96 / 100,
	      "... which are %llu, at least %llu", (unsigned long long)(BEYOND - tracked),
	      (unsigned long long)now.range[DAX_RANGE_LET_GO]);
	stand_sample(&stand, &sample);
	model = dax_model_build(&sample, NULL, 0);
	num = dax_field_num(dax_field_find("ranges_touched"), &model->host, DAX_TOTAL);
	format_num(text, num, DAX_UNIT_COUNT);
	CHECK(num.partial && *text == '>', "... ranges are said to be at least that many: %s",
	      text);
	CHECK(json_holds(&stand), "... and the JSON says the same");
	dax_model_free(model);
	stand_close(&stand);
}

/* Memory of this process that is no file's and no map's, in KB. */
static long own_memory(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[128];
	long kb = -1;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "RssAnon: %ld", &kb) == 1)
			break;
	if (status)
		fclose(status);
	return kb;
}

static void test_files(void)
{
	const __u64 rounds = 20;
	struct dax_sample sample, *before;
	struct dax_model *model;
	struct stand stand;
	size_t i, exact = 0;
	__u64 other = 0;

	open_again(&stand, &as_daxtop);
	script_files(&script, stand.begins, BEYOND_FILES);
	stand_script(&stand, &script);
	stand_play(&stand, BEYOND_FILES, 1); /* one CPU takes all slots: no race for the last */
	stand_script(&stand, &script);
	stand_play(&stand, rounds * BEYOND_FILES, BOTH);
	stand_sample(&stand, &sample);
	for (i = 0; i < sample.nr_rows; i++) {
		__u64 nr = sample.rows[i].count.fault[DAX_PTE_MAPPED][0];

		if (sample.rows[i].other)
			other += nr;
		else
			exact += nr == 2 * rounds + 1;
	}
	CHECK(sample.nr_rows == 1024 && exact == 1023, "%d files: 1023 have their own exact counts",
	      BEYOND_FILES);
	CHECK(other == (BEYOND_FILES - 1023) * (2 * rounds + 1),
	      "... all others are in (other), exactly");
	CHECK(sample.lost.slots > 0, "... and it is said that slots were lacking");
	before = dax_sample_copy(&sample);
	model = dax_model_build(&sample, before, 1);
	CHECK(model && own_memory() < 48 << 10, "... all that takes %.0f MB of the tool",
	      (double)own_memory() * 1024 / 1e6);
	dax_model_free(model);
	dax_sample_free(before);
	stand_close(&stand);
}

static int count_event(void *ctx, const struct dax_event *ev, size_t size)
{
	unsigned class = dax_lat_class(ev->outcome);
	struct dax_cell *cell = ctx;

	(void)size;
	if (class < DAX_NR_CLASSES && !(ev->flags & DAX_EVF_UNTIMED)) {
		cell->lat[class][dax_lat_bucket(ev->dur_ns)]++;
		cell->lat_sum[class] += ev->dur_ns;
		if (ev->dur_ns > cell->lat_max[class])
			cell->lat_max[class] = ev->dur_ns;
	}
	cell->fault[ev->outcome][ev->flags & DAX_EVF_WRITE ? 1 : 0]++;
	cell->reason[ev->reason] += ev->outcome == DAX_PMD_FALLBACK;
	cell->untimed += ev->flags & DAX_EVF_UNTIMED ? 1 : 0;
	return 0;
}

static __u64 all_faults(const struct dax_cell *cell)
{
	__u64 sum = 0;

	for (int i = 0; i < DAX_NR_OUTCOMES; i++)
		sum += cell->fault[i][0] + cell->fault[i][1];
	return sum;
}

static void test_events(void)
{
	static const struct dax_live_opts opts = {.max_tier = DAX_T1, .record = true};
	struct dax_cell now, read = {};
	struct dax_bpf_losses lost;
	struct stand stand;

	open_again(&stand, &opts);
	script_all(&script, stand.begins, PLAIN_READS);
	stand_script(&stand, &script);
	stand_play(&stand, 300, BOTH);
	dax_live_drain(stand.live, count_event, &read);
	stand_row(&stand, 1, &now);
	stand.recorded = &read;
	CHECK(counted_as(&stand, &script, NULL, NULL) && nothing_lost(&stand) &&
		      !memcmp(now.fault, read.fault, sizeof(now.fault)) &&
		      !memcmp(now.reason, read.reason, sizeof(now.reason)) &&
		      now.untimed == read.untimed,
	      "%llu events that the rings hold: one for each fault, with its outcome, reason and time",
	      (unsigned long long)all_faults(&now));
	stand_play(&stand, 2000, BOTH);
	memset(&read, 0, sizeof(read));
	dax_live_drain(stand.live, count_event, &read);
	dax_live_losses(stand.live, &lost);
	CHECK(lost.events && all_faults(&read) + lost.events == 2 * 2000 * script_faults(&script),
	      "%llu events that they do not: %llu read + %llu lost",
	      2 * 2000 * (unsigned long long)script_faults(&script),
	      (unsigned long long)all_faults(&read), (unsigned long long)lost.events);
	stand_row(&stand, 1, &now);
	CHECK(all_faults(&now) == 2 * 2300 * script_faults(&script), "... and the counters miss none");
	stand_close(&stand);
}

static void test_filter(void)
{
	__u32 us = (__u32)getpid(), not_us = 1;
	struct dax_live_opts opts = {.max_tier = DAX_T1, .targets = &us, .nr_targets = 1};
	struct dax_cell now;
	struct stand stand;

	open_again(&stand, &opts);
	script_all(&script, stand.begins, PLAIN_READS);
	stand_script(&stand, &script);
	stand_epochs(&stand, 0, 0xfffffffc);
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork(); /* followed: the epoch goes up, and up again when it is gone */

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
		stand_play(&stand, 100, BOTH);
	}
	CHECK(counted_as(&stand, &script, NULL, NULL),
	      "a watched process is counted exactly while the filter changes past 2^32 times");
	CHECK(stand_watch_epoch(&stand) > 0xffffffff, "... it did");
	stand_close(&stand);

	opts.targets = &not_us;
	open_again(&stand, &opts);
	stand_script(&stand, &script);
	stand_play(&stand, 100, BOTH);
	stand_row(&stand, 1, &now);
	CHECK(!all_faults(&now) && stand_at_rest(&stand),
	      "a process that is not watched is not counted");
	stand_close(&stand);
}

/* The least of some runs, as others use the machine too. */
static double best(struct stand *stand, unsigned int cpus, enum loop_plain what)
{
	const __u64 nr = 2000000;
	double least = 1e9;

	for (int i = 0; i < 5; i++) {
		for (int cpu = 0; cpu < LOOP_CPUS; cpu++)
			stand->cpu_ns[cpu] = 0;
		stand_plain(stand, nr, cpus, what);
		for (int cpu = 0; cpu < LOOP_CPUS; cpu++)
			if (stand->cpu_ns[cpu] && (double)stand->cpu_ns[cpu] / (double)nr < least)
				least = (double)stand->cpu_ns[cpu] / (double)nr;
	}
	return least;
}

static void time_plain(void)
{
	double one, both, nothing, clock;
	struct dax_cell now;
	struct stand stand;

	open_again(&stand, &as_daxtop);
	nothing = best(&stand, 1, LOOP_NOTHING);
	clock = best(&stand, 1, LOOP_CLOCK) - nothing;
	one = best(&stand, 1, LOOP_FAULTS) - nothing;
	both = best(&stand, BOTH, LOOP_FAULTS) - nothing;
	printf("# a 4 KiB read fault costs %.0f ns of its CPU, %.0f ns when both CPUs fault at "
	       "once; reading "
	       "the clock twice alone %.0f ns\n",
	       one, both, clock);
	stand_row(&stand, 1, &now);
	CHECK(all_faults(&now) == 3 * 5 * 2000000ULL, "timed faults are counted exactly too");
	stand_close(&stand);
}

int main(int argc, char **argv)
{
	__u64 faults = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000000;
	struct stand stand;
	char err[512];

	if (stand_open(&stand, &as_daxtop, err, sizeof(err))) {
		printf("skip - a long day of faults in this kernel: %s\n", err);
		return 0;
	}
	test_all(&stand, faults);
	test_presets(&stand);
	stand_close(&stand);
	if (argc > 2)
		return UNIT_STATUS;
	test_epochs();
	test_moves();
	test_chunks();
	test_files();
	test_events();
	test_filter();
	time_plain();
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* test-record.c - recordings written and read back, counted, and written where there is no room. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include "model/model.h"
#include "recording/replay.h"
#include "sample-make.h"
#include "small.h"
#include "unit.h"
#include "util/counts.h"

#define EVENTS 60000
#define CPUS   4
#define SLOTS  40

static struct dax_event_extent *made; /* EVENTS of them, in time order */

/* A recording of `made`, chunks of all sizes, as daxtrace writes it. */
static int write_made(int level)
{
	struct rec_clocks now = {made[0].ev.ts_ns, made[0].ev.ts_ns, 1700000000000000000};
	struct dax_bpf_losses lost = {0};
	struct rec_facts facts = small_facts();
	struct rec_writer *w;
	int fd = gen_file(), ret;
	__u64 begin = now.mono;

	ret = rec_writer_open(&w, fd, &facts, &now, level);
	for (int i = 0; i < EVENTS && !ret; i++) {
		now.mono = made[i].ev.ts_ns;
		now.real = 1700000000000000000 + now.mono - begin;
		if (rec_writer_wants(w, made[i].ev.slot) && made[i].ev.slot % 7) {
			struct dax_meta meta = gen_meta(made[i].ev.slot);
			struct dax_row names = gen_names(&meta, "/mnt/dax/f");

			ret = rec_writer_slot(w, made[i].ev.slot, &meta, &names);
		}
		ret = ret ? ret : rec_writer_event(w, &made[i].ev);
		lost.events = i / 1000;
		if (i % 50 == 0 && !ret)
			ret = rec_writer_tick(w, &now, &lost);
	}
	ret = ret ? ret : rec_writer_finish(w, &now, &lost, EVENTS + lost.events);
	EXPECT(!ret && rec_writer_events(w) == EVENTS);
	EXPECT((__u64)lseek(fd, 0, SEEK_END) == rec_writer_bytes(w));
	rec_writer_free(w);
	rec_facts_free(&facts);
	return fd;
}

static struct rec_reader *open_made(int level)
{
	struct rec_reader *r;
	char err[256];

	if (rec_open_fd(&r, write_made(level), err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	return r;
}

static void make(void)
{
	__u64 seed = 4, ts = 1000000;

	made = calloc(EVENTS, sizeof(*made));
	for (int i = 0; made && i < EVENTS; i++) {
		if (i)
			made[i] = made[i - 1];
		gen_wild(&seed, &made[i]);
		made[i].ev.cpu = gen_next(&seed) % CPUS * 300;
		made[i].ev.slot = gen_next(&seed) % SLOTS;
		/* Bursts, and now and then a pause of seconds. */
		ts += 1 + gen_next(&seed) % (i % 5000 ? 100000 : 3000000000);
		made[i].ev.ts_ns = ts;
	}
}

static void test_round_trip(int level, const char *name)
{
	struct rec_reader *r = open_made(level);
	const struct rec_state *state = rec_state(r);
	struct dax_event_extent ev;
	int i;

	for (i = 0; rec_next(r, &ev) > 0 && i < EVENTS; i++)
		EXPECT(!memcmp(&ev, &made[i], sizeof(ev)));
	CHECK(unit_quiet() && i == EVENTS && !rec_next(r, &ev),
	      "%s: %d events of %d CPUs come back exactly, in time order", name, EVENTS, CPUS);
	CHECK(state->clean && !state->skipped_bytes && !state->cut_bytes && !state->bad_chunks &&
		      !state->missing_chunks && state->events == EVENTS &&
		      state->recorded == EVENTS && state->counted_known &&
		      state->counted == state->recorded + state->lost.events &&
		      state->lost.events == (EVENTS - 1) / 1000,
	      "%s: the totals are those of the end chunk", name);
	CHECK(rec_slot(r, 8)->key.ino == 1008 && rec_slot(r, 8)->key.tgid == 4008 &&
		      rec_slot(r, 8)->cgroup == 85 && !strcmp(rec_slot(r, 8)->comm, "writer-8") &&
		      !strcmp(rec_slot(r, 8)->path, "/mnt/dax/f") &&
		      rec_slot(r, 9)->flags == DAX_META_DELETED,
	      "%s: slots come back", name);
	CHECK(rec_slot(r, 8)->key.tid == 5008 && !strcmp(rec_slot(r, 8)->thread, "thread-8") &&
		      !strcmp(rec_slot(r, 8)->cgroup_path, "/a\n\033\xff") &&
		      !strcmp(rec_slot(r, 8)->mount, "/mnt/dax") &&
		      !strcmp(rec_slot(r, 8)->fs_type, "xfs") && !rec_slot(r, 9)->key.tid &&
		      !rec_slot(r, 9)->thread[0] && !rec_slot(r, 9)->cgroup_path,
	      "%s: so do thread, cgroup and mount", name);
	CHECK(!rec_slot(r, 0) && !rec_slot(r, 7) && !rec_slot(r, ~0u), "%s: unknown slots are none",
	      name);
	CHECK(rec_real_ns(r, made[0].ev.ts_ns + 5) == 1700000000000000005 &&
		      rec_real_ns(r, made[EVENTS - 1].ev.ts_ns) - 1700000000000000000 ==
			      made[EVENTS - 1].ev.ts_ns - made[0].ev.ts_ns,
	      "%s: time stamps become times of day", name);
	rec_free(r);
}

/* What the events before @until come to in @slot, counted here in another way than there. */
static void count_by_hand(struct dax_cell *cell, __u32 slot, __u64 until)
{
	static const int class_of[DAX_NR_OUTCOMES] = {
		[DAX_PTE_MAPPED] = DAX_LAT_PTE, [DAX_PTE_ZERO] = DAX_LAT_ZERO,
		[DAX_PTE_SYNC] = DAX_LAT_SYNC,	[DAX_PTE_COPY] = DAX_LAT_PTE,
		[DAX_PTE_RETRY] = -1,		[DAX_PTE_ERROR] = -1,
		[DAX_PMD_MAPPED] = DAX_LAT_PMD, [DAX_PMD_ZERO] = DAX_LAT_ZERO,
		[DAX_PMD_SYNC] = DAX_LAT_SYNC,	[DAX_PMD_RETRY] = -1,
		[DAX_PMD_ERROR] = -1,		[DAX_PMD_FALLBACK] = DAX_LAT_FALLBACK,
	};
	int i, b;

	memset(cell, 0, sizeof(*cell));
	for (i = 0; i < EVENTS; i++) {
		const struct dax_event *ev = &made[i].ev;
		int class = class_of[ev->outcome];

		if (ev->slot != slot || ev->ts_ns > until)
			continue;
		cell->fault[ev->outcome][ev->flags & 1]++;
		if (ev->outcome == DAX_PMD_FALLBACK)
			cell->reason[ev->reason]++;
		for (b = 0; b < DAX_NR_RANGE_COUNTS; b++)
			cell->range[b] += ev->flags >> (b + 2) & 1;
		if (ev->flags & 2) {
			cell->untimed++;
			continue;
		}
		if (class < 0)
			continue;
		cell->lat_sum[class] += ev->dur_ns;
		if (cell->lat_max[class] < ev->dur_ns)
			cell->lat_max[class] = ev->dur_ns;
		for (b = DAX_LAT_BUCKETS - 1; b > 0; b--)
			if (ev->dur_ns >= (4ULL + (b - 1) % 4) << ((b - 1) / 4 + 5))
				break;
		cell->lat[class][b]++;
	}
}

static bool same_as(const struct dax_cell *cell, const struct dax_counts *counts)
{
	struct dax_cell flat;

	counts_flat(counts, &flat);
	return !memcmp(cell, &flat, sizeof(flat));
}

static bool same_counts(const struct dax_counts *one, const struct dax_counts *other)
{
	struct dax_cell flat;

	counts_flat(one, &flat);
	return same_as(&flat, other);
}

static void test_fold(void)
{
	struct rec_reader *r = open_made(0);
	struct dax_source *source = rec_source(r, 0);
	struct dax_sample sample;
	struct dax_cell cell;
	__u32 slot = 0;
	size_t i;

	CHECK(source->next(source, &sample) == 1 && sample.nr_rows == SLOTS &&
		      sample.tier == DAX_T1 && sample.known == DAX_KNOWN_EXTENTS &&
		      sample.lost.events == (EVENTS - 1) / 1000 &&
		      sample.mono_ns == made[EVENTS - 1].ev.ts_ns,
	      "a recording is one sample");
	for (i = 0; i < sample.nr_rows; i++) {
		const struct dax_row *row = &sample.rows[i];

		/* Rows are in the order in which their slots were first seen. */
		for (slot = 0; i && slot < EVENTS && made[slot].ev.slot != row->key.ino - 1000;)
			slot++;
		if (row->key.ino)
			slot = row->key.ino - 1000;
		else
			continue;
		count_by_hand(&cell, slot, ~0ULL);
		EXPECT(same_as(&cell, &row->count));
		EXPECT(!row->other && row->key.tgid == 4000 + slot && row->path &&
		       row->path_deleted == (slot & 1));
	}
	CHECK(unit_quiet(), "its counters are those counted by hand");
	CHECK(!source->next(source, &sample), "and then it ends");
	source->free(source);
	rec_free(r);
}

static void test_intervals(void)
{
	const __u64 every = 700000000;
	__u64 begin = made[0].ev.ts_ns, end = made[EVENTS - 1].ev.ts_ns, last = 0, n = 0;
	struct rec_reader *r = open_made(0);
	struct dax_source *source = rec_source(r, every);
	struct dax_sample sample;
	struct dax_cell cell;
	int ret;

	while ((ret = source->next(source, &sample)) > 0) {
		__u64 expect = begin + n * every < end ? begin + n * every : end;

		EXPECT(sample.mono_ns == expect);
		EXPECT(sample.real_ns == 1700000000000000000 + expect - begin);
		EXPECT(n || !sample.nr_rows);
		for (size_t i = 0; i < sample.nr_rows; i++) {
			const struct dax_row *row = &sample.rows[i];

			if (!row->other && !row->key.ino)
				continue;
			count_by_hand(&cell, row->other ? 0 : row->key.ino - 1000, expect);
			EXPECT(same_as(&cell, &row->count));
		}
		n++;
		last = sample.mono_ns;
	}
	CHECK(unit_quiet() && !ret && last == end && n == 2 + (end - begin) / every,
	      "read by 0.7 s, it is %llu samples, each as counted by hand", (unsigned long long)n);
	source->free(source);
	rec_free(r);
}

/* Rows of slots without a name are alike: each is still compared with itself. */
static void test_gains(void)
{
	struct rec_reader *r = open_made(0);
	struct dax_source *source = rec_source(r, 700000000);
	struct dax_sample sample, *before = NULL;
	double sum = 0, all = 0;

	while (source->next(source, &sample) > 0) {
		struct dax_sample *now = dax_sample_copy(&sample);
		struct dax_model *model = dax_model_build(now, before, 700000000);

		if (before)
			sum += last(&model->host, "pte_faults");
		all = total(&model->host, "pte_faults");
		dax_model_free(model);
		dax_sample_free(before);
		before = now;
	}
	dax_sample_free(before);
	CHECK(all > 10000 && sum == all, "what came in the intervals, %.0f, is all there is, %.0f", sum, all);
	source->free(source);
	rec_free(r);
}

/* Any sample can be had at any time, and is what it is when all are read in their order. */
static void test_seek(void)
{
	const __u64 every = 700000000;
	struct rec_reader *r = open_made(0);
	struct dax_source *source = rec_source(r, every);
	__u64 last = rec_source_last(source), seed = 4711, n, i;
	struct dax_sample sample, **in_order = calloc(last + 1, sizeof(*in_order));

	for (n = 0; source->next(source, &sample) > 0; n++) {
		if (n > last)
			break;
		in_order[n] = dax_sample_copy(&sample);
	}
	CHECK(n == last + 1, "the last sample is number %llu", (unsigned long long)last);
	for (i = 0; i < 40; i++) {
		__u64 to = i < 2 ? last : i < 4 ? 0 : gen_next(&seed) % (last + 1);

		rec_source_seek(source, to);
		EXPECT(source->next(source, &sample) == 1);
		EXPECT(sample.mono_ns == in_order[to]->mono_ns &&
		       sample.real_ns == in_order[to]->real_ns);
		EXPECT(sample.nr_rows == in_order[to]->nr_rows);
		for (size_t j = 0; j < sample.nr_rows && j < in_order[to]->nr_rows; j++)
			EXPECT(same_counts(&sample.rows[j].count, &in_order[to]->rows[j].count) &&
			       sample.rows[j].key.ino == in_order[to]->rows[j].key.ino);
	}
	CHECK(unit_quiet() && last > 4, "40 samples in any order are those read in order");
	rec_source_seek(source, last);
	EXPECT(source->next(source, &sample) == 1 && source->next(source, &sample) == 0);
	CHECK(unit_quiet(), "behind the last one there is none");
	for (n = 0; n <= last; n++)
		dax_sample_free(in_order[n]);
	free(in_order);
	source->free(source);
	rec_free(r);
}

/* A recording that was killed tells what its last chunk knew. */
static void test_killed(void)
{
	struct small s;
	struct rec_state state;
	bool all[SMALL_CHUNKS];
	int got;

	memset(all, 1, sizeof(all));
	small_make(&s, 0, false);
	all[SMALL_CHUNKS - 1] = false;
	got = small_read(&s, gen_file_of(s.at, s.size), all, &state);
	CHECK(got == (int)state.events && !state.clean && !state.counted_known &&
		      state.recorded == state.events && state.recorded < SMALL_EVENTS &&
		      state.lost.events > 0,
	      "without an end, %llu events and %llu lost ones are still told",
	      (unsigned long long)state.recorded, (unsigned long long)state.lost.events);
	free(s.at);
}

static void test_slots(void)
{
	struct rec_clocks now = {1, 1, 1};
	struct dax_bpf_losses lost = {0};
	struct rec_facts facts = small_facts();
	struct dax_meta meta = gen_meta(5);
	struct dax_row names = gen_names(&meta, NULL);
	struct dax_event ev = {.type = DAX_EV_FAULT, .slot = REC_SLOT_MAX};
	char *path = calloc(1, 20001), err[256];
	struct rec_reader *r;
	struct rec_writer *w;
	int fd = gen_file();

	if (!path || rec_writer_open(&w, fd, &facts, &now, 0))
		exit(1);
	memset(path, 'x', 20000);
	strcpy(path + 19990, "/the file");
	names.path = path;
	memset(meta.comm, 0xff, sizeof(meta.comm));
	CHECK(!rec_writer_wants(w, 0) && rec_writer_wants(w, 5) &&
		      !rec_writer_slot(w, 5, &meta, &names) && !rec_writer_wants(w, 5) &&
		      rec_writer_slot(w, 5, &meta, &names) == -EINVAL,
	      "a slot is told once");
	CHECK(!rec_writer_wants(w, REC_SLOT_MAX) && rec_writer_event(w, &ev) == -EINVAL,
	      "a slot that no file can hold is refused");
	if (rec_writer_finish(w, &now, &lost, ~0ULL))
		exit(1);
	rec_writer_free(w);
	if (rec_open_fd(&r, fd, err, sizeof(err)))
		exit(1);
	CHECK(strlen(rec_slot(r, 5)->path) == REC_PATH_MAX &&
		      strstr(rec_slot(r, 5)->path, "x/the file"),
	      "of a long path, the end is kept");
	CHECK(strlen(rec_slot(r, 5)->comm) == DAX_COMM_LEN - 1, "a name without NUL is cut");
	CHECK(!rec_state(r)->counted_known, "counters that are not known stay so");
	rec_free(r);
	rec_facts_free(&facts);
	free(path);
}

/* Events until the writer fails; its error. */
static int write_until_full(int fd, int level)
{
	struct rec_clocks now = {1, 1, 1};
	struct rec_facts facts = small_facts();
	struct dax_bpf_losses lost = {0};
	struct rec_writer *w;
	int ret = rec_writer_open(&w, fd, &facts, &now, level);

	rec_facts_free(&facts);
	if (ret)
		return ret;
	for (int i = 0; i < EVENTS && !ret; i++)
		ret = rec_writer_event(w, &made[i].ev);
	EXPECT(rec_writer_finish(w, &now, &lost, 0) == ret);
	EXPECT(rec_writer_event(w, &made[0].ev) == ret);
	EXPECT(rec_writer_tick(w, &now, &lost) == ret);
	rec_writer_free(w);
	return ret;
}

static void test_full_disk(void)
{
	struct rlimit before, small = {700000, RLIM_INFINITY};
	struct dax_event_extent ev;
	int fd = open("/dev/full", O_WRONLY), ret, pipes[2];
	char name[] = "/tmp/recording-XXXXXX", err[256];
	struct rec_reader *r;
	__u64 nr = 0;

	ret = write_until_full(fd, 0);
	CHECK(unit_quiet() && ret == -ENOSPC, "a full device is an error at once");
	close(fd);

	signal(SIGXFSZ, SIG_IGN);
	fd = mkstemp(name);
	unlink(name);
	getrlimit(RLIMIT_FSIZE, &before);
	small.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	ret = write_until_full(fd, 0);
	setrlimit(RLIMIT_FSIZE, &before);
	CHECK(unit_quiet() && ret == -EFBIG, "a write that fails half way stays an error");
	if (rec_open_fd(&r, fd, err, sizeof(err)))
		exit(1);
	while (rec_next(r, &ev) > 0)
		nr++;
	CHECK(nr > 1000 && nr == rec_state(r)->recorded && !rec_state(r)->cut_bytes &&
		      !rec_state(r)->clean,
	      "and the file holds its %llu events up to the last whole chunk",
	      (unsigned long long)nr);
	rec_free(r);

	signal(SIGPIPE, SIG_IGN);
	if (pipe(pipes))
		exit(1);
	close(pipes[0]);
	CHECK(write_until_full(pipes[1], 1) == -EPIPE, "a closed pipe is an error");
	close(pipes[1]);
}

int main(void)
{
	make();
	if (!made)
		return 1;
	test_round_trip(0, "plain");
	test_round_trip(1, "zstd");
	test_fold();
	test_intervals();
	test_gains();
	test_seek();
	test_killed();
	test_slots();
	test_full_disk();
	free(made);
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* stand.c - includes the collector itself: the player is in its object, and its settings are under
 * test. */
#include <linux/types.h>
#include <stdbool.h>
#include "loop.h"
#include "collect/live.c"
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include "util/counts.h"
#include "stand.h"

struct job {
	struct stand *stand;
	struct loop_args args;
	__u64 events, cpu_ns;
	__u32 most; /* events a call */
	int prog, at_cpu;
	pthread_barrier_t *start;
	bool failed;
};

static int cpu_number(unsigned int nth)
{
	cpu_set_t set;
	int cpu;

	sched_getaffinity(0, sizeof(set), &set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set) && !nth--)
			return cpu;
	return -1;
}

static bool play_call(int prog, struct loop_args *args)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(*args));
	int ret = bpf_prog_test_run_opts(prog, &opts);

	if (!ret && opts.retval == args->events)
		return true;
	printf("# the player ended with %d after %u of %u events\n", ret, opts.retval,
	       args->events);
	return false;
}

static void *work(void *arg)
{
	struct job *job = arg;
	cpu_set_t set;
	__u64 before;

	CPU_ZERO(&set);
	CPU_SET(job->at_cpu, &set);
	job->failed = sched_setaffinity(0, sizeof(set), &set) != 0;
	pthread_barrier_wait(job->start);
	before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	while (job->events && !job->failed) {
		job->args.events = job->events < job->most ? (__u32)job->events : job->most;
		job->events -= job->args.events;
		job->failed = !play_call(job->prog, &job->args);
	}
	job->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;
	return NULL;
}

/* What the test cannot do without ends it: no assertion could hold. */
static void must(bool good, const char *what)
{
	if (good)
		return;
	printf("not ok - %s\n", what);
	exit(1);
}

static void run(struct stand *stand, struct bpf_program *prog, unsigned int cpus, __u64 events,
		__u32 unit, __u32 what)
{
	pthread_t thread[LOOP_CPUS];
	struct job job[LOOP_CPUS];
	pthread_barrier_t start;
	__u32 cpu;

	pthread_barrier_init(&start, NULL, 1 + (unsigned)__builtin_popcount(cpus));
	for (cpu = 0; cpu < LOOP_CPUS; cpu++) {
		job[cpu] = (struct job){
			.stand = stand,
			.args = {.cpu = cpu, .nr = stand->nr, .what = what},
			.events = events,
			.most = LOOP_MAX_CALL / unit * unit,
			.prog = bpf_program__fd(prog),
			.at_cpu = cpu_number(cpu),
			.start = &start,
		};
		if (cpus & 1U << cpu)
			must(!pthread_create(&thread[cpu], NULL, work, &job[cpu]),
			     "start a thread");
	}
	stand->elapsed_ns = clock_ns(CLOCK_MONOTONIC);
	pthread_barrier_wait(&start);
	for (cpu = 0; cpu < LOOP_CPUS; cpu++) {
		if (!(cpus & 1U << cpu))
			continue;
		pthread_join(thread[cpu], NULL);
		must(!job[cpu].failed, "the player plays all events");
		stand->cpu_ns[cpu] = job[cpu].cpu_ns;
	}
	stand->elapsed_ns = clock_ns(CLOCK_MONOTONIC) - stand->elapsed_ns;
	pthread_barrier_destroy(&start);
}

void stand_play(struct stand *stand, __u64 plays, unsigned int cpus)
{
	for (int cpu = 0; cpu < LOOP_CPUS; cpu++)
		stand->plays[cpu] += cpus & 1U << cpu ? plays : 0;
	run(stand, stand->live->skel->progs.loop_play, cpus, plays * stand->nr, stand->nr, 0);
}

void stand_plain(struct stand *stand, __u64 nr, unsigned int cpus, enum loop_plain what)
{
	run(stand, stand->live->skel->progs.loop_plain, cpus, nr, 1, what);
}

/* Two tasks that meet once a round: the one that stays on the first CPU sleeps until it is called. */
struct meeting {
	struct stand *stand;
	const struct script *script;
	__u64 rounds;
	int prog;
	sem_t called, left;
	unsigned int here; /* the last round that the one that stays has come to */
	unsigned int go;   /* ... that both go on from */
	bool failed;
};

static bool play_part(struct meeting *m, __u32 cpu, __u32 from, __u32 to)
{
	struct loop_args args = {.cpu = cpu, .nr = m->stand->nr, .from = from, .events = to - from};

	return play_call(m->prog, &args);
}

static bool run_on(unsigned int nth)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(nth, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

static void *stay(void *arg)
{
	struct meeting *m = arg;
	unsigned int round;

	for (round = 1; round <= m->rounds; round++) {
		sem_wait(&m->called);
		__atomic_store_n(&m->here, round, __ATOMIC_RELEASE);
		while (__atomic_load_n(&m->go, __ATOMIC_ACQUIRE) != round)
			;
		if (!play_part(m, 0, m->script->part[1], m->script->nr))
			__atomic_store_n(&m->failed, true, __ATOMIC_RELAXED);
		sem_post(&m->left);
	}
	return NULL;
}

/* Not in step with the other to the instruction, but a little later each round. */
static void drift(unsigned int round)
{
	for (volatile unsigned int i = 0; i < round % 256 * 4; i++)
		;
}

void stand_move(struct stand *stand, const struct script *script, __u64 rounds)
{
	struct meeting m = {
		.stand = stand,
		.script = script,
		.rounds = rounds,
		.prog = bpf_program__fd(stand->live->skel->progs.loop_play),
	};
	int first = cpu_number(0), second = cpu_number(1);
	pthread_t thread;
	cpu_set_t before;
	unsigned int round;
	bool good = !sched_getaffinity(0, sizeof(before), &before);

	sem_init(&m.called, 0, 0);
	sem_init(&m.left, 0, 0);
	good = good && run_on(first); /* the thread inherits it */
	must(!pthread_create(&thread, NULL, stay, &m), "start a thread");
	for (round = 1; round <= rounds; round++) {
		good &= run_on(first);
		good &= play_part(&m, 0, 0, script->part[0]);
		good &= run_on(second);
		sem_post(&m.called);
		while (__atomic_load_n(&m.here, __ATOMIC_ACQUIRE) != round)
			;
		__atomic_store_n(&m.go, round, __ATOMIC_RELEASE);
		drift(round);
		good &= play_part(&m, 1, script->part[0], script->part[1]);
		sem_wait(&m.left);
	}
	pthread_join(thread, NULL);
	sched_setaffinity(0, sizeof(before), &before);
	must(good && !m.failed, "the player plays all events on the CPUs that it was sent to");
	for (int cpu = 0; cpu < LOOP_CPUS; cpu++)
		stand->plays[cpu] = rounds / LOOP_CPUS; /* one task's, counted as if each CPU played half */
	sem_destroy(&m.called);
	sem_destroy(&m.left);
}

int stand_open(struct stand *stand, const struct dax_live_opts *opts, char *err, size_t size)
{
	struct loop_args args = {};

	memset(stand, 0, sizeof(*stand));
	if (cpu_number(LOOP_CPUS - 1) < 0)
		return set_error(err, size, 1, "needs two CPUs");
	if (dax_live_open(&stand->live, opts, err, size))
		return 1;
	stand->begins = bpf_program__autoload(stand->live->skel->progs.on_pte_fault);
	for (args.cpu = 0; args.cpu < LOOP_CPUS; args.cpu++)
		must(play_call(bpf_program__fd(stand->live->skel->progs.loop_stage), &args),
		     "set the stage");
	return 0;
}

void stand_close(struct stand *stand)
{
	dax_live_free(stand->live);
	stand->live = NULL;
}

void stand_script(struct stand *stand, const struct script *script)
{
	struct daxscope_bpf *skel = stand->live->skel;
	__u32 i;

	must(script->nr < LOOP_MAX_EVENTS, "the script has room");
	for (i = 0; i < script->nr; i++)
		must(!bpf_map_update_elem(bpf_map__fd(skel->maps.script), &i, &script->ev[i],
					  BPF_ANY),
		     "hand over the script");
	for (i = 0; i < LOOP_WALKS; i++) {
		const struct walk *walk = &script->walk[i];

		skel->bss->walk_mask[i] = walk->steps ? walk->ranges * walk->per_step - 1 : 0;
		skel->bss->stages[0].at[i] = skel->bss->stages[1].at[i] = 0;
	}
	memset(stand->plays, 0, sizeof(stand->plays));
	stand->nr = script->nr;
}

bool stand_at_rest(struct stand *stand)
{
	size_t i, nr = 0;

	for (i = 0; i < sizeof(stand->live->skel->bss->held) / sizeof(*stand->live->skel->bss->held); i++)
		nr += stand->live->skel->bss->held[i];
	return !nr && !stand->live->skel->bss->pmd_in_flight;
}

void stand_sample(struct stand *stand, struct dax_sample *sample)
{
	struct dax_source *source = dax_live_source(stand->live);

	must(source->next(source, sample) == 1, "the collector reads a sample");
}

void stand_row(struct stand *stand, __u64 ino, struct dax_cell *cell)
{
	struct dax_sample sample;

	stand_sample(stand, &sample);
	memset(cell, 0, sizeof(*cell));
	for (size_t i = 0; i < sample.nr_rows; i++)
		if (ino ? sample.rows[i].key.ino == ino && !sample.rows[i].other
			: sample.rows[i].other)
			counts_flat(&sample.rows[i].count, cell);
}

void stand_preset(struct stand *stand, __u32 slot, __u64 value)
{
	const size_t max = offsetof(struct dax_cell, lat_max) / sizeof(__u64);
	struct dax_live *live = stand->live;
	__u32 at = slot * live->shards;
	int cells = bpf_map__fd(live->skel->maps.cells);
	struct dax_cell cell;
	__u64 *word = (__u64 *)&cell;

	must(!bpf_map_lookup_elem(cells, &at, &cell), "read a cell");
	for (size_t i = 0; i < sizeof(cell) / sizeof(*word); i++)
		if (i < max || i >= max + DAX_NR_CLASSES)
			word[i] = value - i;
	must(!bpf_map_update_elem(cells, &at, &cell, BPF_ANY), "preset a cell");
}

void stand_epochs(struct stand *stand, __u64 range, __u64 watch)
{
	stand->live->skel->bss->range_epoch = range;
	stand->live->skel->bss->watch_epoch = watch;
}

__u64 stand_watch_epoch(struct stand *stand)
{
	return *(volatile __typeof__(stand->live->skel->bss->watch_epoch) *)&stand->live->skel->bss
			->watch_epoch;
}

// SPDX-License-Identifier: GPL-2.0-only
/* run.c - start processes and threads, each with its part of the faults. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "bench/batch.h"
#include "bench/run.h"
#include "util/clock.h"
#include "util/err.h"

#define TICK_NS 50000000ULL /* for a run with a delay */

/* In memory that all processes share. */
struct shared {
	pthread_barrier_t start; /* for all threads of all processes of one plan */
	pthread_mutex_t one_by_one;
	struct run_result result[MAX_WORKERS];
};

struct worker {
	pthread_t thread;
	const struct plan *plan;
	const struct toucher *touch;
	struct shared *shared;
	struct run_result result;
	__u64 first, end; /* its part of the faults */
};

static void on_fault(int sig)
{
	static const char text[] = ": a page fault failed (SIGBUS): the file was cut short, its "
				   "filesystem is full, or the memory is bad\n";
	const char *name = program_name();

	(void)sig;
	if (write(STDERR_FILENO, name, strlen(name)) < 0 ||
	    write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(DAX_EXIT_UNSUPPORTED);
	exit(DAX_EXIT_UNSUPPORTED); /* the fault was in our own loop, so no lock is held */
}

static void sleep_until(__u64 start, __u64 after)
{
	__u64 at = start + after;
	struct timespec ts = {.tv_sec = at / NSEC_PER_SEC, .tv_nsec = at % NSEC_PER_SEC};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static void run_slice(struct batch *batch, __u64 first, __u64 end)
{
	size_t most = batch_faults(batch->plan);

	while (first < end) {
		__u64 stop = end - first > most ? first + most : end;

		batch_run(batch, first, stop);
		first = stop;
	}
}

/* Run the part in equal pieces, one for each tick. */
static void run_paced(struct batch *batch, __u64 first, __u64 end)
{
	__u64 ticks = batch->plan->spread_ns / TICK_NS + 1, nr = end - first;
	__u64 start = clock_ns(CLOCK_MONOTONIC);

	for (__u64 i = 0; i < ticks; i++) {
		run_slice(batch, first + nr * i / ticks, first + nr * (i + 1) / ticks);
		sleep_until(start, (i + 1) * (batch->plan->spread_ns / ticks));
	}
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct batch batch;

	batch_init(&batch, worker->plan, worker->touch);
	if (worker->plan->kind->sync_map && worker->plan->procs * worker->plan->threads > 1)
		batch.one_by_one = &worker->shared->one_by_one;
	pthread_barrier_wait(&worker->shared->start);
	if (worker->plan->spread_ns)
		run_paced(&batch, worker->first, worker->end);
	else
		run_slice(&batch, worker->first, worker->end);
	worker->result.elapsed_ns = batch.elapsed_ns;
	worker->result.thread_cpu_ns = batch.cpu_ns;
	batch_free(&batch);
	return NULL;
}

/* Run process @index of the plan: the parts of its threads, which are adjacent in the file. */
static void run_process(const struct plan *plan, unsigned int index, struct shared *shared)
{
	struct run_result *sum = &shared->result[index];
	unsigned int all = plan->procs * plan->threads;
	struct worker *workers = calloc(plan->threads, sizeof(*workers));
	struct sigaction act = {.sa_handler = on_fault};
	struct toucher touch;

	if (!workers)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	/* The parent process may have switched huge pages off for its children. */
	if (prctl(PR_SET_THP_DISABLE, plan->kind->thp_off, 0, 0, 0) && plan->kind->thp_off)
		die(DAX_EXIT_UNSUPPORTED, "prctl(PR_SET_THP_DISABLE): %s", strerror(errno));
	sigaction(SIGBUS, &act, NULL);
	toucher_open(&touch);
	for (unsigned int i = 0; i < plan->threads; i++) {
		struct worker *worker = &workers[i];
		__u64 nth = index * plan->threads + i;
		int err = 0;

		worker->plan = plan;
		worker->touch = &touch;
		worker->shared = shared;
		worker->first = plan->count * nth / all;
		worker->end = plan->count * (nth + 1) / all;
		if (i)
			err = pthread_create(&worker->thread, NULL, work, worker);
		if (err)
			die(DAX_EXIT_UNSUPPORTED, "cannot start a thread: %s", strerror(err));
	}
	work(&workers[0]);
	for (unsigned int i = 0; i < plan->threads; i++) {
		if (i)
			pthread_join(workers[i].thread, NULL);
		if (sum->elapsed_ns < workers[i].result.elapsed_ns)
			sum->elapsed_ns = workers[i].result.elapsed_ns;
		sum->thread_cpu_ns += workers[i].result.thread_cpu_ns;
	}
	toucher_close(&touch);
	free(workers);
}

static struct shared *make_shared(const struct plan *plan)
{
	struct shared *shared;
	pthread_mutexattr_t mutex_attr;
	pthread_barrierattr_t attr;
	int err;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		die(DAX_EXIT_UNSUPPORTED, "cannot share memory: %s", strerror(errno));
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	err = pthread_barrier_init(&shared->start, &attr, plan->procs * plan->threads);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "pthread_barrier_init: %s", strerror(err));
	pthread_mutexattr_init(&mutex_attr);
	pthread_mutexattr_setpshared(&mutex_attr, PTHREAD_PROCESS_SHARED);
	err = pthread_mutex_init(&shared->one_by_one, &mutex_attr);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "pthread_mutex_init: %s", strerror(err));
	return shared;
}

static pid_t start_process(const struct plan *plan, unsigned int index, struct shared *shared)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		die(DAX_EXIT_UNSUPPORTED, "fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(DAX_EXIT_UNSUPPORTED);
	if (plan->worker)
		prctl(PR_SET_NAME, plan->worker);
	run_process(plan, index, shared);
	exit(DAX_EXIT_OK);
}

/* Wait for all processes. If one fails, others may be waiting for it, so end them. */
static void wait_processes(const pid_t *pids, size_t nr)
{
	for (size_t left = nr; left > 0; left--) {
		int status;
		pid_t pid = wait(&status);

		if (pid < 0)
			die(DAX_EXIT_UNSUPPORTED, "wait: %s", strerror(errno));
		if (WIFEXITED(status) && WEXITSTATUS(status) == DAX_EXIT_OK)
			continue;
		for (size_t i = 0; i < nr; i++)
			if (pids[i] != pid)
				kill(pids[i], SIGKILL);
		while (wait(NULL) > 0)
			;
		if (WIFEXITED(status))
			exit(WEXITSTATUS(status)); /* the process has printed the reason */
		die(DAX_EXIT_UNSUPPORTED, "a worker process was ended by signal %d",
		    WTERMSIG(status));
	}
}

void run_plans(const struct plan *plans, size_t nr, struct run_result *result)
{
	bool here = nr == 1 && plans[0].procs == 1 && !plans[0].worker;
	struct shared **shared = calloc(nr, sizeof(*shared));
	pid_t *pids = calloc(nr * MAX_WORKERS, sizeof(*pids));
	size_t started = 0;

	if (!shared || !pids)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	for (size_t i = 0; i < nr; i++)
		shared[i] = make_shared(&plans[i]);
	if (here)
		run_process(&plans[0], 0, shared[0]);
	for (size_t i = 0; !here && i < nr; i++)
		for (unsigned int p = 0; p < plans[i].procs; p++)
			pids[started++] = start_process(&plans[i], p, shared[i]);
	wait_processes(pids, started);
	for (size_t i = 0; i < nr; i++) {
		result[i] = (struct run_result){};
		for (unsigned int p = 0; p < plans[i].procs; p++) {
			if (result[i].elapsed_ns < shared[i]->result[p].elapsed_ns)
				result[i].elapsed_ns = shared[i]->result[p].elapsed_ns;
			result[i].thread_cpu_ns += shared[i]->result[p].thread_cpu_ns;
		}
		munmap(shared[i], sizeof(*shared[i]));
	}
	free(shared);
	free(pids);
}

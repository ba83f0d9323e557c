// SPDX-License-Identifier: GPL-2.0-only
/*
 * speed.c - how slow this machine is for this run at this moment, in percent of the machine on which time limits were
 * set: does a fixed piece of work on N CPUs at once, and prints by how much longer it took. Never less than 100.
 *
 * usage: speed [N]
 *
 * What counts is the time that went by, so other load on the machine counts too.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The reference: two virtual CPUs (threads of one core) of an EPYC at 2.1 GHz, where ROUNDS took 1010 to 1050 ms of CPU
 * time on both at once, and 890 to 950 on one. */
#define REFERENCE_MS 1000.0
#define ROUNDS 120000000UL
#define MOST_THREADS 64

static volatile uint64_t sink;

/* Arithmetic and memory accesses that miss the first cache, as an emulator's are; each round depends on the one before. */
static void *work(void *unused)
{
	static uint32_t table[MOST_THREADS][1 << 14];
	uint32_t *mine = table[(uintptr_t)unused];
	uint64_t x = 88172645463325252ULL;
	unsigned long i;

	for (i = 0; i < ROUNDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		mine[x & 0x3fff] += (uint32_t)(x >> 32);
		x += mine[(x >> 20) & 0x3fff];
	}
	sink += x;
	return NULL;
}

static double ms_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	pthread_t threads[MOST_THREADS];
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1, i;
	double begin = ms_of(CLOCK_MONOTONIC), took;

	if (n < 1)
		n = 1;
	if (n > MOST_THREADS)
		n = MOST_THREADS;
	for (i = 1; i < n; i++) {
		if (pthread_create(&threads[i], NULL, work, (void *)i)) {
			perror("speed: pthread_create");
			return 3;
		}
	}
	work(NULL);
	for (i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
	took = ms_of(CLOCK_MONOTONIC) - begin;
	if (getenv("SPEED_VERBOSE"))
		fprintf(stderr, "speed: %.0f ms went by, %.0f ms of CPU time on %ld\n", took,
			ms_of(CLOCK_PROCESS_CPUTIME_ID), n);
	printf("%.0f\n", took > REFERENCE_MS ? 100 * took / REFERENCE_MS : 100.0);
	return 0;
}

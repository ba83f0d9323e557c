// SPDX-License-Identifier: GPL-2.0-only
/* Print the rate of this machine's time stamp counter in kHz, which a guest without KVM sees as its own. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { NS_PER_MS = 1000000 };

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000 * NS_PER_MS + (uint64_t)t.tv_nsec;
}

/* Both clocks at one moment: of many pairs the one read in the shortest time, so that no interruption counts */
static void read_both(uint64_t *ns, uint64_t *tsc)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 200; i++) {
		uint64_t before = __builtin_ia32_rdtsc(), t = now(), after = __builtin_ia32_rdtsc();

		if (after - before < least) {
			least = after - before;
			*ns = t;
			*tsc = before + least / 2;
		}
	}
}

int main(void)
{
	struct timespec pause = {0, 50 * NS_PER_MS};
	uint64_t ns[2], tsc[2];

	read_both(&ns[0], &tsc[0]);
	nanosleep(&pause, NULL);
	read_both(&ns[1], &tsc[1]);
	printf("%.0f\n", (double)(tsc[1] - tsc[0]) * NS_PER_MS / (double)(ns[1] - ns[0]));
	return 0;
}

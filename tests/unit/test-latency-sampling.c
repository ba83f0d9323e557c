// SPDX-License-Identifier: GPL-2.0-only
/* test-latency-sampling.c - when the begin of 4 KiB faults is looked at: always while they are few, else at moments. */
#include "collect/latency-sampling.h"
#include "unit.h"

#define NSEC 1000000000.0

/* Simulate @seconds of @per_s faults; returns the share of the time that was looked at. */
static double looked(struct latency_sampling *pace, __u32 *begun, double per_s, double seconds)
{
	double now = 0, open = 0;
	__u64 ns = SAMPLING_CALM_NS;
	bool on = true;

	if (pace->state == SAMPLING_REST) {
		on = false;
		ns = SAMPLING_REST_NS;
	} else if (pace->state == SAMPLING_MOMENT) {
		ns = SAMPLING_MOMENT_NS;
	}
	while (now < seconds) {
		if (on) {
			open += (double)ns / NSEC;
			*begun += (__u32)(per_s * (double)ns / NSEC);
		}
		now += (double)ns / NSEC;
		on = latency_sampling_next(pace, *begun, &ns);
		EXPECT(ns >= SAMPLING_MOMENT_NS && ns <= SAMPLING_REST_NS + 200000000);
	}
	return open / now;
}

int main(void)
{
	struct latency_sampling pace = {.begun = 0xffffff00};
	__u32 begun = 0xffffff00; /* the counter runs over */
	double share;
	__u64 ns, rests[2];

	CHECK(looked(&pace, &begun, 0, 10) == 1, "without faults it stays on");
	CHECK(looked(&pace, &begun, 1000, 10) == 1, "1000 a second are all timed");
	share = looked(&pace, &begun, 1100, 100);
	CHECK(share > 0.03 && share < 0.07, "1100 a second are timed a twentieth of the time: %f", share);
	share = looked(&pace, &begun, 1e6, 100);
	CHECK(share > 0.03 && share < 0.07, "so is a million: %f", share);
	CHECK(unit_quiet(), "each wait is within its bounds");
	looked(&pace, &begun, 10, 2);
	CHECK(pace.state == SAMPLING_CALM && looked(&pace, &begun, 10, 10) == 1,
	      "when they get few again, all are");

	pace = (struct latency_sampling){0};
	CHECK(!latency_sampling_next(&pace, 1000, &ns), "a burst ends the calm");
	rests[0] = ns;
	CHECK(latency_sampling_next(&pace, 1000, &ns) && ns == SAMPLING_MOMENT_NS, "after a rest comes a moment");
	CHECK(!latency_sampling_next(&pace, 2000, &ns), "and after it a rest, while there are many");
	rests[1] = ns;
	CHECK(rests[0] != rests[1], "no two rests are alike");
	return UNIT_STATUS;
}

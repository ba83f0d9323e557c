// SPDX-License-Identifier: GPL-2.0-only
/* test-bucket.c - the kernel side's latency buckets are those of dax_wire.h and of tools/util/lat.c. */
#include <stdlib.h>
#include <linux/types.h>
#include "dax_wire.h"
#include "unit.h"
#include "util/lat.h"
#include "../../bpf/bucket.bpf.h"

int main(void)
{
	__u64 seed = 1;
	int wrong = 0;
	unsigned e, i;

	for (i = 0; i < 4096; i++)
		wrong += latency_bucket(i) != dax_lat_bucket(i);
	CHECK(!wrong, "every value below 4096 ns falls into the same bucket on both sides");

	wrong = 0;
	for (e = 1; e < 64; e++) {
		for (i = 0; i < 7; i++) {
			__u64 ns = (1ULL << e) - 3 + i;

			wrong += latency_bucket(ns) != dax_lat_bucket(ns);
			ns = (1ULL << e) + (1ULL << e) / 4 * (i % 4) + i - 3;
			wrong += latency_bucket(ns) != dax_lat_bucket(ns);
		}
	}
	CHECK(wrong == 0, "so does every edge of every power of two and of its quarters");

	wrong = 0;
	for (i = 0; i < 1000000; i++) {
		__u64 ns;

		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		ns = seed >> (seed >> 58);
		wrong += latency_bucket(ns) != dax_lat_bucket(ns);
	}
	CHECK(wrong == 0, "and a million values of all sizes");
	CHECK(latency_bucket(~0ULL) == DAX_LAT_BUCKETS - 1, "the largest falls into the last");
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * rings.c - one ring buffer of event records for each CPU that is online when recording begins.
 * Shared rings cost several times as much, and rings for all possible CPUs would take most of the
 * memory of a small guest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "collect/rings.h"

struct rings {
	const struct dax_ring_line *line;
	struct dax_ring_ends *ends;
	size_t lines; /* of each ring, a power of two */
	size_t line_bytes, ends_bytes;
	int cpus; /* number of CPUs that have ends; only some have a ring */
};

int rings_map(struct rings **out, int lines_fd, int ends_fd, int nr, size_t lines, const bool *online,
	      int cpus)
{
	struct rings *rings;
	int cpu, ring = 0;

	*out = NULL;
	if (!nr)
		return 0;
	rings = calloc(1, sizeof(*rings));
	if (!rings)
		return -ENOMEM;
	*rings = (struct rings){
		.lines = lines,
		.line_bytes = (size_t)nr * lines * sizeof(*rings->line),
		.ends_bytes = (size_t)cpus * sizeof(*rings->ends),
		.cpus = cpus,
	};
	rings->line = mmap(NULL, rings->line_bytes, PROT_READ, MAP_SHARED, lines_fd, 0);
	rings->ends = mmap(NULL, rings->ends_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ends_fd, 0);
	if (rings->line == MAP_FAILED || rings->ends == MAP_FAILED) {
		int err = -errno;

		rings_free(rings);
		return err;
	}
	for (cpu = 0; cpu < cpus && ring < nr; cpu++)
		if (online[cpu])
			__atomic_store_n(&rings->ends[cpu].ring, ++ring, __ATOMIC_RELEASE);
	*out = rings;
	return 0;
}

void rings_free(struct rings *rings)
{
	if (!rings)
		return;
	if (rings->line != MAP_FAILED)
		munmap((void *)rings->line, rings->line_bytes);
	if (rings->ends != MAP_FAILED)
		munmap(rings->ends, rings->ends_bytes);
	free(rings);
}

/*
 * Pass on the records of one ring up to its current head. Returns their number, or the error of
 * @fn.
 */
static int drain(const struct rings *rings, int cpu, dax_event_fn fn, void *ctx)
{
	struct dax_ring_ends *ends = &rings->ends[cpu];
	const struct dax_ring_line *ring = rings->line + (size_t)(ends->ring - 1) * rings->lines;
	__u64 at = ends->tail, head = __atomic_load_n(&ends->head, __ATOMIC_ACQUIRE);
	int ret = 0, nr = 0;

	while (at < head && ret >= 0) {
		const void *line = &ring[at++ & (rings->lines - 1)];
		struct dax_event_extent both;
		size_t size = sizeof(both.ev);

		if (((const struct dax_event *)line)->type == DAX_EV_EXTENT) {
			memcpy(&both, line, sizeof(both.ev));
			memcpy((char *)&both + sizeof(both.ev), &ring[at++ & (rings->lines - 1)],
			       sizeof(both) - sizeof(both.ev));
			line = &both;
			size = sizeof(both);
		}
		ret = fn(ctx, line, size);
		nr++;
	}
	/*
	 * One store for all records: each store takes the cache line away from the CPU that writes.
	 */
	__atomic_store_n(&ends->tail, at, __ATOMIC_RELEASE);
	return ret < 0 ? ret : nr;
}

__u64 rings_missing(const struct rings *rings)
{
	__u64 nr = 0;
	int cpu;

	for (cpu = 0; rings && cpu < rings->cpus; cpu++)
		if (!rings->ends[cpu].ring)
			nr += __atomic_load_n(&rings->ends[cpu].head, __ATOMIC_RELAXED);
	return nr;
}

int rings_drain(struct rings *rings, dax_event_fn fn, void *ctx)
{
	int cpu, ret, nr = 0;

	for (cpu = 0; rings && cpu < rings->cpus; cpu++) {
		if (!rings->ends[cpu].ring)
			continue;
		ret = drain(rings, cpu, fn, ctx);
		if (ret < 0)
			return ret;
		nr += ret;
	}
	return nr;
}

// SPDX-License-Identifier: GPL-2.0-only
/* rings.c - one ring buffer of event records for each CPU: shared ones cost several times as much. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "collect/rings.h"

struct rings {
	struct ring_buffer *reader;
	dax_event_fn fn; /* during rings_drain() */
	void *ctx;
	int drained;
	int nr;
	int fd[];
};

static int on_record(void *ctx, void *data, size_t size)
{
	struct rings *rings = ctx;
	int ret = rings->fn(rings->ctx, data, size);

	rings->drained++;
	return ret < 0 ? ret : 0;
}

static int add_ring(struct rings *rings, int outer, __u32 cpu, size_t bytes)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "dax_ring", 0, 0, (__u32)bytes, NULL);
	int ret;

	if (fd < 0)
		return fd;
	rings->fd[rings->nr++] = fd;
	ret = bpf_map_update_elem(outer, &cpu, &fd, BPF_ANY);
	if (ret)
		return ret;
	if (rings->reader)
		return ring_buffer__add(rings->reader, fd, on_record, rings);
	rings->reader = ring_buffer__new(fd, on_record, rings, NULL);
	return rings->reader ? 0 : -errno;
}

int rings_make(struct rings **out, int outer, int nr, size_t bytes)
{
	struct rings *rings;
	int ret, cpu;

	*out = NULL;
	if (!nr)
		return 0;
	rings = calloc(1, sizeof(*rings) + (size_t)nr * sizeof(*rings->fd));
	if (!rings)
		return -ENOMEM;
	for (cpu = 0; cpu < nr; cpu++) {
		ret = add_ring(rings, outer, (__u32)cpu, bytes);
		if (ret) {
			rings_free(rings);
			return ret;
		}
	}
	*out = rings;
	return 0;
}

void rings_free(struct rings *rings)
{
	if (!rings)
		return;
	ring_buffer__free(rings->reader);
	while (rings->nr > 0)
		close(rings->fd[--rings->nr]);
	free(rings);
}

int rings_drain(struct rings *rings, dax_event_fn fn, void *ctx)
{
	int ret;

	if (!rings)
		return 0;
	rings->fn = fn;
	rings->ctx = ctx;
	rings->drained = 0;
	ret = ring_buffer__consume(rings->reader);
	return ret < 0 ? ret : rings->drained;
}

// SPDX-License-Identifier: GPL-2.0-only
/* merge.c - play the events of all CPUs in the order of their time stamps. */
#include <errno.h>
#include <stdlib.h>
#include "recording/index.h"

static void unload(struct rec_reader *r, struct cursor *c)
{
	if (c->loaded)
		r->memory -= c->len;
	free(c->raw);
	c->raw = NULL;
	c->loaded = false;
}

void rec_merge_free(struct rec_reader *r)
{
	size_t i;

	for (i = 0; i < r->nr_heap; i++) {
		unload(r, r->heap[i]);
		free(r->heap[i]);
	}
	free(r->heap);
	r->heap = NULL;
	r->nr_heap = 0;
}

static void sift_down(struct rec_reader *r, size_t at)
{
	struct cursor **heap = r->heap, *moving = heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= r->nr_heap)
			break;
		if (child + 1 < r->nr_heap && heap[child + 1]->key < heap[child]->key)
			child++;
		if (moving->key <= heap[child]->key)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moving;
}

static int start(struct rec_reader *r)
{
	size_t nr = 0, i;

	for (i = 0; i < r->nr_cpus; i++)
		nr += r->cpu[i].first != REC_NO_CHUNK;
	r->playing = true;
	r->fresh = r->state;
	if (!nr)
		return 0;
	r->heap = calloc(nr, sizeof(struct cursor *));
	if (!r->heap)
		return -ENOMEM;
	for (i = 0; i < r->nr_cpus; i++) {
		struct cursor *c;

		if (r->cpu[i].first == REC_NO_CHUNK)
			continue;
		c = calloc(1, sizeof(*c));
		if (!c)
			return -ENOMEM;
		c->cpu = i;
		c->chunk = r->cpu[i].first;
		c->key = r->chunk[c->chunk].first_ts;
		r->heap[r->nr_heap++] = c;
	}
	for (i = nr / 2; i-- > 0;)
		sift_down(r, i);
	return 0;
}

/* The chunk was bad after all: count its remaining events as unreadable. */
static void give_up(struct rec_reader *r, __u32 events)
{
	r->state.bad_chunks++;
	r->state.events -= events;
}

/* Move c->ev to the next event of the chunk; false when there is none. */
static bool step(struct rec_reader *r, struct cursor *c)
{
	size_t got;

	if (!c->left)
		return false;
	got = codec_get(&c->codec, c->raw + c->at, c->len - c->at, &c->ev);
	if (!got) {
		give_up(r, c->left);
		return false;
	}
	c->at += got;
	c->left--;
	c->key = c->ev.ev.ts_ns;
	return true;
}

/*
 * Load the cursor's chunk and its first event. Returns 1, 0 when it cannot be read (the file
 * changed since the scan, or the payload is malformed), or a negative errno.
 */
static int load(struct rec_reader *r, struct cursor *c)
{
	__u64 off = r->chunk[c->chunk].off;
	__u8 header[REC_CHUNK_HEADER];
	struct rec_chunk chunk;
	int ret;

	ret = rec_pread(r->fd, header, sizeof(header), off);
	if (ret > 0)
		ret = rec_chunk_get(header, &chunk) && chunk.cpu == c->cpu &&
		      chunk.type == REC_CHUNK_EVENTS;
	if (ret <= 0)
		return ret;
	ret = rec_read_payload(r, off, &chunk);
	if (ret < 0)
		return ret;
	if (r->memory + chunk.raw > REC_READER_MEMORY)
		return -EOVERFLOW;
	c->raw = malloc(chunk.raw);
	if (!c->raw)
		return -ENOMEM;
	if (!ret || !rec_unpack(r, &chunk, c->raw)) {
		free(c->raw);
		c->raw = NULL;
		give_up(r, chunk.events);
		return 0;
	}
	c->loaded = true;
	c->len = chunk.raw;
	c->at = 0;
	c->left = chunk.events;
	r->memory += c->len;
	codec_start(&c->codec, chunk.first_ts, c->cpu);
	if (chunk.lost > r->reached.events)
		r->reached.events = chunk.lost;
	if (chunk.unwatched > r->reached.unwatched)
		r->reached.unwatched = chunk.unwatched;
	return step(r, c);
}

/* Move the cursor at the top of the heap to its place, or remove it when it is at its end. */
static void settle(struct rec_reader *r, bool ended)
{
	struct cursor *c = r->heap[0];

	if (ended) {
		__u32 next = r->chunk[c->chunk].next;

		unload(r, c);
		c->chunk = next;
		if (next == REC_NO_CHUNK) {
			free(c);
			r->heap[0] = r->heap[--r->nr_heap];
		} else {
			c->key = r->chunk[next].first_ts;
		}
	}
	if (r->nr_heap)
		sift_down(r, 0);
}

/* Replace values that this program does not know by known ones; false when that is impossible. */
static bool make_known(struct rec_reader *r, struct dax_event *ev)
{
	if (ev->outcome >= DAX_NR_OUTCOMES) {
		r->state.unknown_events++;
		return false;
	}
	if (ev->reason >= DAX_NR_REASONS)
		ev->reason = DAX_WHY_UNKNOWN;
	return true;
}

int rec_next(struct rec_reader *r, struct dax_event_extent *ev)
{
	int ret = r->playing ? 0 : start(r);

	if (ret)
		return ret;
	while (r->nr_heap) {
		struct cursor *c = r->heap[0];
		bool known;

		if (!c->loaded) {
			ret = load(r, c);
			if (ret < 0)
				return ret;
			settle(r, !ret);
			continue;
		}
		*ev = c->ev;
		known = make_known(r, &ev->ev);
		settle(r, !step(r, c));
		if (known)
			return 1;
	}
	return 0;
}

void rec_rewind(struct rec_reader *r)
{
	if (!r->playing)
		return;
	rec_merge_free(r);
	r->state = r->fresh;
	r->reached = (struct dax_bpf_losses){0};
	r->playing = false;
}

void rec_lost_so_far(const struct rec_reader *r, struct dax_bpf_losses *lost)
{
	*lost = r->nr_heap || !r->playing ? r->reached : r->state.lost;
}

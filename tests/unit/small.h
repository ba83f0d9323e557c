/* SPDX-License-Identifier: GPL-2.0-only */
/* small.h - a small recording of many chunks, of which the tests know every event and boundary. */
#ifndef DAX_UNIT_SMALL_H
#define DAX_UNIT_SMALL_H

#include "gen.h"
#include "recording/bytes.h"
#include "recording/reader.h"

#define SMALL_EVENTS 90
#define SMALL_CPUS   3
#define SMALL_SLOTS  4
#define SMALL_CHUNKS 64 /* at most */

struct small {
	__u8 *at;
	size_t size, header;
	size_t nr_chunks, end[SMALL_CHUNKS];	  /* offset behind each chunk */
	struct dax_event_extent ev[SMALL_EVENTS]; /* in time order */
	size_t chunk[SMALL_EVENTS];		  /* that holds it; the last one: none */
	struct dax_bpf_losses lost;
};

static inline struct rec_facts small_facts(void)
{
	static char *const args[] = {"daxtrace", "record", "--", "a command\n", NULL};
	struct rec_facts facts;

	if (rec_facts_here(&facts, args, DAX_T1, true))
		exit(1);
	return facts;
}

/* Note where the chunks are, and which of them holds each event: by CPU and time. */
static inline void small_index(struct small *s)
{
	size_t at = get_le32(s->at + REC_H_LEN), i;
	struct rec_chunk chunk;

	s->header = at;
	s->nr_chunks = 0;
	for (i = 0; i < SMALL_EVENTS; i++)
		s->chunk[i] = SMALL_CHUNKS - 1;
	while (at < s->size) {
		if (!rec_chunk_get(s->at + at, &chunk) || s->nr_chunks == SMALL_CHUNKS)
			exit(1);
		at += REC_CHUNK_HEADER + chunk.stored;
		for (i = 0; chunk.type == REC_CHUNK_EVENTS && i < SMALL_EVENTS; i++)
			if (s->ev[i].ev.cpu == chunk.cpu && s->ev[i].ev.ts_ns >= chunk.first_ts &&
			    s->ev[i].ev.ts_ns <= chunk.first_ts + chunk.span)
				s->chunk[i] = s->nr_chunks;
		s->end[s->nr_chunks++] = at;
	}
}

/* With @finish false, as a daxtrace that was killed leaves it. */
static inline void small_make(struct small *s, int level, bool finish)
{
	struct rec_clocks now = {5000000000, 6000000000, 1700000000000000000};
	struct rec_facts facts = small_facts();
	struct rec_writer *w;
	int fd = gen_file(), ret;
	__u64 seed = 99;
	__u32 slot;

	memset(s, 0, sizeof(*s));
	ret = rec_writer_open(&w, fd, &facts, &now, level);
	for (int i = 0; i < SMALL_EVENTS && !ret; i++) {
		struct dax_event_extent *ev = &s->ev[i];

		gen_wild(&seed, ev);
		ev->ev.cpu = gen_next(&seed) % SMALL_CPUS;
		ev->ev.slot = gen_next(&seed) % SMALL_SLOTS;
		ev->ev.ts_ns = now.mono + gen_next(&seed) % 1000;
		if (rec_writer_wants(w, ev->ev.slot)) {
			struct dax_meta meta = gen_meta(ev->ev.slot);
			struct dax_row names = gen_names(&meta, "/mnt/dax/a file\n");

			slot = ev->ev.slot;
			if (slot == 2)
				names.path = NULL;
			ret = rec_writer_slot(w, slot, &meta, &names);
		}
		ret = ret ? ret : rec_writer_event(w, &ev->ev);
		now.mono += 60000000;
		now.boot += 60000000;
		now.real += 60000000;
		s->lost.events = i / 10;
		s->lost.unwatched = i / 30;
		if (i % 5 == 4 && !ret)
			ret = rec_writer_tick(w, &now, &s->lost);
	}
	s->lost.slots = 2;
	if (!ret && finish)
		ret = rec_writer_finish(w, &now, &s->lost, SMALL_EVENTS + s->lost.events);
	if (ret) {
		fprintf(stderr, "writer: %s\n", strerror(-ret));
		exit(1);
	}
	rec_writer_free(w);
	rec_facts_free(&facts);
	s->at = gen_read(fd, &s->size);
	close(fd);
	small_index(s);
}

/*
 * Read the recording in @fd, which is closed, and count the events that are exactly those of
 * chunks that @holds is true for, in their order; -1 when there are others, too many or too few.
 */
static inline int small_read(const struct small *s, int fd, const bool holds[SMALL_CHUNKS],
			     struct rec_state *state)
{
	struct dax_event_extent ev;
	struct rec_reader *r;
	char err[256];
	int i = 0, nr = 0, ret;

	memset(state, 0, sizeof(*state));
	if (rec_open_fd(&r, fd, err, sizeof(err)))
		return -1;
	while ((ret = rec_next(r, &ev)) > 0) {
		while (i < SMALL_EVENTS && !holds[s->chunk[i]])
			i++;
		if (i == SMALL_EVENTS || memcmp(&ev, &s->ev[i], sizeof(ev)))
			break;
		i++;
		nr++;
	}
	while (i < SMALL_EVENTS && !holds[s->chunk[i]])
		i++;
	*state = *rec_state(r);
	rec_free(r);
	return ret || i < SMALL_EVENTS ? -1 : nr;
}

#endif

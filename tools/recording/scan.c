// SPDX-License-Identifier: GPL-2.0-only
/* scan.c - find every complete chunk of a recording, also after damage. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "recording/bytes.h"
#include "recording/crc32c.h"
#include "recording/index.h"

/*
 * After a bad payload the next chunk may begin at any byte. A file with nothing but headers of bad
 * chunks would be read over and over: after checking more than this many times the file's size,
 * trust the length in the header of a bad chunk.
 */
#define SCAN_PATIENCE 4
#define HEADERS_MAX   64 /* file headers in one file that are parsed completely */

struct scan {
	struct rec_reader *r;
	__u64 size;
	__u64 checked; /* bytes of payload that were checked */
	__u32 headers; /* file headers that were parsed */
	__u32 next_seq;
};

enum found { FOUND_CHUNK, FOUND_BAD, FOUND_CUT, FOUND_NOTHING };

int rec_read_payload(struct rec_reader *r, __u64 off, const struct rec_chunk *chunk)
{
	__u8 *at = rec_room(&r->stored, chunk->stored);
	int ret = at ? rec_pread(r->fd, at, chunk->stored, off + REC_CHUNK_HEADER) : -ENOMEM;

	if (ret <= 0)
		return ret;
	return crc32c(at, chunk->stored) == chunk->payload_crc;
}

bool rec_unpack(struct rec_reader *r, const struct rec_chunk *chunk, __u8 *raw)
{
	/* The output never exceeds chunk->raw bytes, whatever size the frame claims. */
	if (chunk->flags & REC_CF_ZSTD)
		return ZSTD_decompressDCtx(r->zstd, raw, chunk->raw, r->stored.at, chunk->stored) ==
		       chunk->raw;
	if (chunk->stored != chunk->raw)
		return false;
	memcpy(raw, r->stored.at, chunk->raw);
	return true;
}

/*
 * Find out what is at @off: returns enum found, or a negative errno. After FOUND_CHUNK the payload
 * is in r->stored.at.
 */
static int read_chunk_header(struct scan *s, __u64 off, struct rec_chunk *chunk)
{
	__u8 header[REC_CHUNK_HEADER];
	int ret;

	if (s->size - off < REC_CHUNK_HEADER)
		return FOUND_NOTHING;
	ret = rec_pread(s->r->fd, header, sizeof(header), off);
	if (ret < 0)
		return ret;
	if (!ret || !rec_chunk_get(header, chunk))
		return FOUND_NOTHING;
	if (s->size - off - REC_CHUNK_HEADER < chunk->stored)
		return FOUND_CUT;
	s->checked += chunk->stored;
	ret = rec_read_payload(s->r, off, chunk);
	if (ret < 0)
		return ret;
	return ret ? FOUND_CHUNK : FOUND_BAD;
}

/*
 * Does another recording begin at @off, where @in holds @size bytes? Its chunks belong to other
 * processes and clocks. Returns 1, 0 or a negative errno.
 */
static int second_begins(struct scan *s, __u64 off, const __u8 *in, size_t size)
{
	char ignored[256];
	size_t len = size < REC_H_TLVS ? 0 : rec_header_len(in, size, ignored, sizeof(ignored));
	struct rec_facts facts;
	__u8 *whole;
	int ret;

	if (!len || len > s->size - off || s->headers++ >= HEADERS_MAX)
		return 0;
	whole = rec_room(&s->r->stored, len);
	ret = whole ? rec_pread(s->r->fd, whole, len, off) : -ENOMEM;
	if (ret > 0 && rec_header_get(whole, len, &facts, ignored, sizeof(ignored)))
		return 0;
	if (ret > 0)
		rec_facts_free(&facts);
	return ret;
}

/*
 * Look for the header of another recording in the payload of @len bytes at @off. Returns 0,
 * -EEXIST, or another negative errno.
 */
static int find_second(struct scan *s, __u64 off, size_t len)
{
	__u8 *buf = rec_room(&s->r->raw, len), *at = buf;
	int ret = buf ? rec_pread(s->r->fd, buf, len, off) : -ENOMEM;

	while (ret > 0 && (at = memmem(at, (size_t)(buf + len - at), REC_MAGIC, REC_MAGIC_LEN))) {
		__u8 begin[REC_H_TLVS];
		__u64 where = off + (__u64)(at - buf);

		ret = s->size - where < sizeof(begin) ? 0 : rec_pread(s->r->fd, begin, sizeof(begin), where);
		if (ret > 0)
			ret = second_begins(s, where, begin, sizeof(begin));
		if (ret > 0) {
			s->r->second = where;
			return -EEXIST;
		}
		ret = ret < 0 ? ret : 1;
		at++;
	}
	return ret < 0 ? ret : 0;
}

/*
 * Find the offset of the next valid chunk header from @from on, or the end of the file. *zeros:
 * only zeros came before it. -EEXIST when another recording begins before it.
 */
static int search(struct scan *s, __u64 from, __u64 *at, bool *zeros)
{
	const size_t block = 256 << 10;
	__u8 *buf = rec_room(&s->r->raw, s->size - from < block ? s->size - from : block);
	struct rec_chunk chunk;

	*zeros = true;
	if (!buf)
		return -ENOMEM;
	while (from < s->size) {
		size_t have = s->size - from < block ? s->size - from : block, i;
		size_t whole = have < block ? have : have - REC_CHUNK_HEADER + 1;
		int ret = rec_pread(s->r->fd, buf, have, from);

		if (ret < 0)
			return ret;
		if (!ret)
			break;
		for (i = 0; i < whole; i++) {
			if (!buf[i])
				continue;
			if (buf[i] == (__u8)REC_CHUNK_MAGIC[0] && have - i >= REC_CHUNK_HEADER &&
			    rec_chunk_get(buf + i, &chunk)) {
				*at = from + i;
				return 0;
			}
			*zeros = false;
			if (buf[i] != (__u8)REC_MAGIC[0] || have - i < REC_MAGIC_LEN ||
			    memcmp(buf + i, REC_MAGIC, REC_MAGIC_LEN))
				continue;
			ret = second_begins(s, from + i, buf + i, have - i);
			if (ret < 0)
				return ret;
			if (ret) {
				s->r->second = from + i;
				return -EEXIST;
			}
		}
		from += whole;
	}
	*at = s->size;
	return 0;
}

/* Use what a valid header shows even if its payload cannot be read. */
static void note_header(struct scan *s, const struct rec_chunk *chunk)
{
	struct rec_state *state = &s->r->state;

	if (chunk->seq > s->next_seq)
		state->missing_chunks += chunk->seq - s->next_seq;
	if (chunk->seq >= s->next_seq)
		s->next_seq = chunk->seq + 1;
	state->recorded = chunk->total;
	state->lost.events = chunk->lost;
	state->lost.unwatched = chunk->unwatched;
	state->clean = false;
}

static void note_time(struct rec_state *state, __u64 first, __u64 span)
{
	__u64 last = first + span < first ? ~0ULL : first + span;

	if (first < state->first_ns || !state->first_ns)
		state->first_ns = first;
	if (last > state->last_ns)
		state->last_ns = last;
}

static struct index_cpu *index_cpu(struct rec_reader *r, __u32 number)
{
	if (number >= r->nr_cpus) {
		__u32 nr = r->nr_cpus ? r->nr_cpus : 16;
		struct index_cpu *cpu;

		while (nr <= number)
			nr *= 2;
		cpu = realloc(r->cpu, nr * sizeof(*cpu));
		if (!cpu)
			return NULL;
		memset(cpu + r->nr_cpus, 0xff, (nr - r->nr_cpus) * sizeof(*cpu));
		r->cpu = cpu;
		r->nr_cpus = nr;
	}
	return &r->cpu[number];
}

static int index_events(struct rec_reader *r, __u64 off, const struct rec_chunk *chunk)
{
	struct index_cpu *cpu = index_cpu(r, chunk->cpu);
	struct index_chunk *entry;

	if (!cpu)
		return -ENOMEM;
	if (r->nr_chunks == r->chunk_room) {
		__u32 room = r->chunk_room ? 2 * r->chunk_room : 256;

		if (room < r->chunk_room || room == REC_NO_CHUNK)
			return -EFBIG;
		entry = realloc(r->chunk, room * sizeof(*entry));
		if (!entry)
			return -ENOMEM;
		r->chunk = entry;
		r->chunk_room = room;
	}
	r->chunk[r->nr_chunks] = (struct index_chunk){
		.off = off, .first_ts = chunk->first_ts, .next = REC_NO_CHUNK, .cpu = chunk->cpu};
	if (cpu->first == REC_NO_CHUNK)
		cpu->first = r->nr_chunks;
	else
		r->chunk[cpu->last].next = r->nr_chunks;
	cpu->last = r->nr_chunks++;
	r->state.events += chunk->events;
	return 0;
}

/* Add a chunk whose payload is in r->stored.at. */
static int take_chunk(struct scan *s, __u64 off, const struct rec_chunk *chunk)
{
	struct rec_reader *r = s->r;
	__u8 *raw;
	bool sound;
	int ret;

	if (chunk->flags & ~REC_CF_KNOWN || chunk->type < REC_CHUNK_EVENTS ||
	    chunk->type > REC_CHUNK_END) {
		r->state.unknown_chunks++;
		return 0;
	}
	if (chunk->type == REC_CHUNK_EVENTS) {
		ret = index_events(r, off, chunk);
		if (ret)
			return ret;
		sound = true;
	} else {
		raw = rec_room(&r->raw, chunk->raw);
		if (!raw)
			return -ENOMEM;
		sound = rec_unpack(r, chunk, raw);
		if (sound && chunk->type == REC_CHUNK_SLOTS)
			sound = rec_take_slots(r, raw, chunk->raw);
		else if (sound && chunk->type == REC_CHUNK_CLOCK)
			sound = rec_take_clock(r, raw, chunk->raw);
		else if (sound)
			sound = rec_take_end(r, raw, chunk->raw);
	}
	if (sound) {
		r->state.chunks++;
		note_time(&r->state, chunk->first_ts, chunk->span);
	} else {
		r->state.bad_chunks++;
	}
	return 0;
}

/*
 * Skip what is not a valid chunk at *off: go to the next one, or find out what the end of the file
 * is.
 */
static int pass_damage(struct scan *s, __u64 *off, int found, const struct rec_chunk *chunk)
{
	struct rec_state *state = &s->r->state;
	__u64 next, rest = s->size - *off;
	struct rec_chunk behind;
	bool zeros;
	int ret;

	if (found == FOUND_BAD) {
		next = *off + REC_CHUNK_HEADER + chunk->stored;
		/*
		 * In place of a chunk that was cut off, the header of another recording may follow.
		 */
		ret = s->checked / SCAN_PATIENCE > s->size ? 0 : find_second(s, *off + REC_CHUNK_HEADER, chunk->stored);
		if (ret)
			return ret;
		ret = next == s->size || s->checked / SCAN_PATIENCE > s->size
			      ? FOUND_CHUNK
			      : read_chunk_header(s, next, &behind);
		if (ret < 0)
			return ret;
		if (ret == FOUND_NOTHING) {
			ret = search(s, *off + REC_CHUNK_HEADER, &next, &zeros);
			if (ret)
				return ret;
			if (next == s->size)
				next = *off + REC_CHUNK_HEADER + chunk->stored;
		}
		state->skipped_bytes += next - *off;
		*off = next;
		return 0;
	}
	ret = search(s, found == FOUND_CUT ? *off + REC_CHUNK_HEADER : *off, &next, &zeros);
	if (ret)
		return ret;
	if (next < s->size)
		state->skipped_bytes += next - *off;
	else if (found == FOUND_CUT || (!zeros && rest < REC_CHUNK_HEADER))
		state->cut_bytes += rest;
	else if (zeros)
		state->zero_bytes += rest;
	else
		state->skipped_bytes += rest;
	if (next < s->size || !zeros || found == FOUND_CUT)
		state->clean = false;
	*off = next;
	return 0;
}

int rec_scan(struct rec_reader *r, __u64 off)
{
	struct scan s = {.r = r, .size = r->state.file_bytes};
	struct rec_chunk chunk;
	int ret;

	while (off < s.size) {
		int found = read_chunk_header(&s, off, &chunk);

		if (found < 0)
			return found;
		if (found == FOUND_CHUNK || found == FOUND_BAD)
			note_header(&s, &chunk);
		if (found == FOUND_CHUNK) {
			ret = take_chunk(&s, off, &chunk);
			off += REC_CHUNK_HEADER + chunk.stored;
		} else {
			if (found == FOUND_BAD)
				r->state.bad_chunks++;
			ret = pass_damage(&s, &off, found, &chunk);
		}
		if (ret)
			return ret;
	}
	return 0;
}

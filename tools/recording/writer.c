// SPDX-License-Identifier: GPL-2.0-only
/* writer.c - write a recording: collect events in chunks, and append complete chunks to a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>
#include "recording/bytes.h"
#include "recording/codec.h"
#include "recording/crc32c.h"
#include "recording/reader.h"
#include "recording/writer.h"
#include "util/clock.h"

#define MAX_CPUS 65536 /* limit of a u16 */

/* The chunk of one CPU that is being filled. */
struct open_chunk {
	struct codec codec;
	__u64 opened; /* writer->now at its first event */
	__u64 first_ts, last_ts;
	__u32 events;
	size_t len;
	__u8 data[REC_CHUNK_BYTES];
};

struct rec_writer {
	int fd;
	int err;    /* of a failed write */
	off_t base; /* where the recording begins, in a file that can be truncated; else -1 */
	__u64 bytes, events;
	__u64 now, next_clock; /* CLOCK_MONOTONIC */
	__u32 seq;
	struct dax_bpf_losses lost;
	struct open_chunk *cpu[MAX_CPUS];
	__u32 nr_cpus;	    /* highest CPU seen + 1 */
	size_t chunk_bytes; /* a chunk is closed at this size */
	struct bytes slots; /* definitions that wait to be written */
	__u8 known[REC_SLOT_MAX / 8];
	ZSTD_CCtx *zstd;
	int level;
	__u8 out[REC_CHUNK_HEADER + REC_RAW_MAX];
};

struct rec_clocks rec_clocks_now(void)
{
	return (struct rec_clocks){
		.mono = clock_ns(CLOCK_MONOTONIC), .boot = clock_ns(CLOCK_BOOTTIME), .real = clock_ns(CLOCK_REALTIME)};
}

/* Append @len bytes, all or nothing. */
static int append(struct rec_writer *w, const __u8 *at, size_t len)
{
	size_t left = len;

	if (w->err)
		return w->err;
	while (left) {
		ssize_t put = write(w->fd, at, left);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			w->err = put < 0 ? -errno : -EIO;
			/* A reader can handle an incomplete chunk; removing it is not required. */
			if (w->base >= 0 && ftruncate(w->fd, w->base + (off_t)w->bytes))
				w->base = -1;
			return w->err;
		}
		at += put;
		left -= (size_t)put;
	}
	w->bytes += len;
	return 0;
}

/*
 * Compress @raw to @out, which has room for @len bytes. Returns its size, or 0 if it is not
 * smaller.
 */
static size_t compress(struct rec_writer *w, __u8 *out, const __u8 *raw, size_t len)
{
	size_t got;

	if (!w->zstd || len < 2)
		return 0;
	got = ZSTD_compressCCtx(w->zstd, out, len - 1, raw, len, w->level);
	return ZSTD_isError(got) ? 0 : got;
}

static int write_chunk(struct rec_writer *w, struct rec_chunk *chunk, const __u8 *raw, size_t len)
{
	__u8 *payload = w->out + REC_CHUNK_HEADER;
	size_t stored = compress(w, payload, raw, len);
	int ret;

	chunk->flags = stored ? REC_CF_ZSTD : 0;
	if (!stored) {
		memcpy(payload, raw, len);
		stored = len;
	}
	chunk->seq = w->seq;
	chunk->raw = len;
	chunk->stored = stored;
	chunk->unwatched = w->lost.unwatched > ~0u ? ~0u : w->lost.unwatched;
	chunk->total = w->events + chunk->events;
	chunk->lost = w->lost.events;
	chunk->payload_crc = crc32c(payload, stored);
	rec_chunk_put(w->out, chunk);
	ret = append(w, w->out, REC_CHUNK_HEADER + stored);
	if (!ret) {
		w->seq++;
		w->events += chunk->events;
	}
	return ret;
}

static int flush_slots(struct rec_writer *w)
{
	struct rec_chunk chunk = {.type = REC_CHUNK_SLOTS, .first_ts = w->now};
	int ret;

	if (!w->slots.len)
		return w->err;
	ret = write_chunk(w, &chunk, w->slots.at, w->slots.len);
	w->slots.len = 0;
	return ret;
}

static int flush_cpu(struct rec_writer *w, __u32 cpu)
{
	struct open_chunk *open = w->cpu[cpu];
	struct rec_chunk chunk = {.type = REC_CHUNK_EVENTS, .cpu = cpu};
	__u64 span;
	int ret;

	if (!open || !open->events)
		return w->err;
	ret = flush_slots(w);
	if (ret)
		return ret;
	chunk.events = open->events;
	chunk.first_ts = open->first_ts;
	span = open->last_ts - open->first_ts;
	chunk.span = span > ~0u ? ~0u : span;
	ret = write_chunk(w, &chunk, open->data, open->len);
	open->events = 0;
	open->len = 0;
	return ret;
}

static void put_clocks(__u8 *out, const struct rec_clocks *now)
{
	put_le64(out + REC_CLOCK_MONO, now->mono);
	put_le64(out + REC_CLOCK_BOOT, now->boot);
	put_le64(out + REC_CLOCK_REAL, now->real);
}

static int write_clock(struct rec_writer *w, const struct rec_clocks *now)
{
	struct rec_chunk chunk = {.type = REC_CHUNK_CLOCK, .first_ts = now->mono};
	__u8 payload[REC_CLOCK_LEN];

	put_clocks(payload, now);
	w->next_clock = now->mono + REC_CHUNK_NS;
	return write_chunk(w, &chunk, payload, sizeof(payload));
}

int rec_writer_open(struct rec_writer **writer, int fd, const struct rec_facts *facts,
		    const struct rec_clocks *now, int level)
{
	struct rec_writer *w = calloc(1, sizeof(*w));
	struct bytes header = {0};
	struct stat st;
	int ret;

	*writer = NULL;
	if (!w)
		return -ENOMEM;
	w->fd = fd;
	w->base = -1;
	w->level = level;
	w->now = now->mono;
	/*
	 * A reader has one chunk of each CPU in memory, and should need only half of its limit for
	 * them.
	 */
	w->chunk_bytes = REC_CHUNK_BYTES;
	if (facts->ncpu && w->chunk_bytes > REC_READER_MEMORY / 2 / facts->ncpu)
		w->chunk_bytes = REC_READER_MEMORY / 2 / facts->ncpu;
	if (w->chunk_bytes < 2 * REC_EVENT_MAX)
		w->chunk_bytes = 2 * REC_EVENT_MAX;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && !(fcntl(fd, F_GETFL) & O_APPEND))
		w->base = lseek(fd, 0, SEEK_CUR);
	if (level)
		w->zstd = ZSTD_createCCtx();
	rec_header_put(&header, facts);
	ret = header.failed || (level && !w->zstd) ? -ENOMEM : append(w, header.at, header.len);
	if (!ret)
		ret = write_clock(w, now);
	bytes_free(&header);
	if (ret)
		rec_writer_free(w);
	else
		*writer = w;
	return ret;
}

void rec_writer_free(struct rec_writer *w)
{
	__u32 i;

	if (!w)
		return;
	for (i = 0; i < w->nr_cpus; i++)
		free(w->cpu[i]);
	bytes_free(&w->slots);
	ZSTD_freeCCtx(w->zstd);
	free(w);
}

static struct open_chunk *open_chunk(struct rec_writer *w, const struct dax_event *ev)
{
	struct open_chunk *open = w->cpu[ev->cpu];

	if (!open) {
		open = w->cpu[ev->cpu] = malloc(sizeof(*open));
		if (!open)
			return NULL;
		open->events = 0;
		open->len = 0;
		if (ev->cpu >= w->nr_cpus)
			w->nr_cpus = ev->cpu + 1u;
	}
	if (!open->events) {
		codec_start(&open->codec, ev->ts_ns, ev->cpu);
		open->opened = w->now;
		open->first_ts = open->last_ts = ev->ts_ns;
	}
	return open;
}

int rec_writer_event(struct rec_writer *w, const struct dax_event *ev)
{
	struct open_chunk *open;

	if (w->err)
		return w->err;
	if (ev->slot >= REC_SLOT_MAX)
		return -EINVAL;
	open = open_chunk(w, ev);
	if (!open)
		return w->err = -ENOMEM;
	open->len += codec_put(&open->codec, open->data + open->len, ev);
	open->events++;
	if (ev->ts_ns > open->last_ts)
		open->last_ts = ev->ts_ns;
	return open->len > w->chunk_bytes - REC_EVENT_MAX ? flush_cpu(w, ev->cpu) : 0;
}

bool rec_writer_wants(const struct rec_writer *w, __u32 slot)
{
	return slot && slot < REC_SLOT_MAX && !(w->known[slot / 8] & 1 << slot % 8);
}

/* Of a text that is too long the end is kept. */
static void put_text(struct bytes *b, int tag, const char *text)
{
	size_t len = text ? strlen(text) : 0, skip = len > REC_PATH_MAX ? len - REC_PATH_MAX : 0;

	if (text)
		tlv_put(b, tag, text + skip, len - skip);
}

int rec_writer_slot(struct rec_writer *w, __u32 slot, const struct dax_meta *meta,
		    const struct dax_row *names)
{
	__u32 flags = meta->flags & ~DAX_META_DELETED;
	struct bytes *b = &w->slots;
	size_t head = b->len;
	__u8 key[REC_SLOT_KEY_LEN];

	if (w->err)
		return w->err;
	if (!rec_writer_wants(w, slot))
		return -EINVAL;
	put_le64(key, meta->key.ino);
	put_le32(key + 8, meta->key.dev);
	put_le32(key + 12, meta->key.gen);
	put_le32(key + 16, meta->key.tgid);
	bytes_add(b, REC_SLOT_HEAD);
	tlv_put(b, REC_SLOT_KEY, key, sizeof(key));
	tlv_put_u64(b, REC_SLOT_CGROUP, meta->cgroup);
	tlv_put(b, REC_SLOT_COMM, meta->comm, strnlen(meta->comm, DAX_COMM_LEN - 1));
	put_text(b, REC_SLOT_PATH, names->path);
	tlv_put_u32(b, REC_SLOT_FLAGS, flags | (names->path_deleted ? DAX_META_DELETED : 0));
	if (meta->key.tid) {
		tlv_put_u32(b, REC_SLOT_TID, meta->key.tid);
		tlv_put(b, REC_SLOT_THREAD, meta->thread, strnlen(meta->thread, DAX_COMM_LEN - 1));
	}
	put_text(b, REC_SLOT_CGROUP_PATH, names->cgroup_path);
	put_text(b, REC_SLOT_MOUNT, names->mount);
	put_text(b, REC_SLOT_FS_TYPE, names->fs_type);
	if (b->failed)
		return w->err = -ENOMEM;
	put_le32(b->at + head, slot);
	put_le32(b->at + head + 4, b->len - head - REC_SLOT_HEAD);
	w->known[slot / 8] |= 1 << slot % 8;
	return b->len > REC_CHUNK_BYTES ? flush_slots(w) : 0;
}

int rec_writer_tick(struct rec_writer *w, const struct rec_clocks *now,
		    const struct dax_bpf_losses *lost)
{
	__u32 cpu;
	int ret = w->err;

	w->now = now->mono;
	w->lost = *lost;
	for (cpu = 0; !ret && cpu < w->nr_cpus; cpu++)
		if (w->cpu[cpu] && w->cpu[cpu]->events &&
		    w->now - w->cpu[cpu]->opened >= REC_CHUNK_NS)
			ret = flush_cpu(w, cpu);
	if (!ret && w->now >= w->next_clock) {
		ret = flush_slots(w);
		if (!ret)
			ret = write_clock(w, now);
	}
	return ret;
}

int rec_writer_finish(struct rec_writer *w, const struct rec_clocks *now,
		      const struct dax_bpf_losses *lost, __u64 counted)
{
	struct rec_chunk chunk = {.type = REC_CHUNK_END, .first_ts = now->mono};
	__u8 payload[REC_END_LEN];
	int ret = w->err;
	__u32 cpu;

	w->now = now->mono;
	w->lost = *lost;
	for (cpu = 0; !ret && cpu < w->nr_cpus; cpu++)
		ret = flush_cpu(w, cpu);
	if (!ret)
		ret = flush_slots(w);
	if (ret)
		return ret;
	put_clocks(payload, now);
	put_le64(payload + REC_END_COUNTED, counted);
	put_le64(payload + REC_END_RECORDED, w->events);
	put_le64(payload + REC_END_LOST, lost->events);
	put_le64(payload + REC_END_UNWATCHED, lost->unwatched);
	put_le64(payload + REC_END_SLOTS, lost->slots);
	put_le64(payload + REC_END_FAULTS, lost->faults);
	put_le64(payload + REC_END_DETAILS, lost->details);
	ret = write_chunk(w, &chunk, payload, sizeof(payload));
	/* Pipes and character devices cannot be synced; that is no failure. */
	if (!ret && fsync(w->fd) && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
		ret = w->err = -errno;
	return ret;
}

__u64 rec_writer_events(const struct rec_writer *w)
{
	return w->events;
}

__u64 rec_writer_bytes(const struct rec_writer *w)
{
	return w->bytes;
}

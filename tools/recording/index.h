/* SPDX-License-Identifier: GPL-2.0-only */
/* index.h - shared by the parts of the reader: scan.c finds the chunks, merge.c plays them. */
#ifndef DAX_RECORDING_INDEX_H
#define DAX_RECORDING_INDEX_H

#include <zstd.h>
#include "recording/codec.h"
#include "recording/reader.h"

#define REC_NO_CHUNK	(~0u)
#define REC_SLOT_MEMORY (64u << 20) /* bytes for the texts of all slots; texts beyond are unknown */

struct index_chunk {
	__u64 off;
	__u64 first_ts;
	__u32 next; /* next chunk of the same CPU, or REC_NO_CHUNK */
	__u16 cpu;
};

/* First and last chunk of a CPU, or REC_NO_CHUNK. */
struct index_cpu {
	__u32 first, last;
};

struct index_clock {
	__u64 mono, real;
};

/* Position of the merge in the chunks of one CPU. */
struct cursor {
	__u64 key;   /* time stamp of `ev`, or of the chunk if that is not loaded */
	__u32 chunk; /* its number in the index */
	__u16 cpu;
	bool loaded;
	__u8 *raw; /* its payload, if loaded */
	size_t len, at;
	__u32 left; /* events after `ev` */
	struct codec codec;
	struct dax_event_extent ev;
};

struct buffer {
	__u8 *at;
	size_t room;
};

struct rec_reader {
	int fd;
	struct rec_facts facts;
	struct rec_state state;
	struct rec_slot **slot; /* by number */
	__u32 nr_slots;
	size_t slot_bytes;
	struct index_clock *clock;
	size_t nr_clocks, clock_room;
	struct index_chunk *chunk;
	__u32 nr_chunks, chunk_room;
	struct index_cpu *cpu; /* by number */
	__u32 nr_cpus;
	struct cursor **heap; /* lowest key first */
	size_t nr_heap;
	__u64 second; /* offset at which another recording begins in the file; 0: none */
	bool playing;
	struct rec_state fresh; /* `state` before the first event was played */
	__u64 memory;		/* of loaded payloads */
	struct dax_bpf_losses reached;
	ZSTD_DCtx *zstd;
	struct buffer stored, raw;
};

/* Make room for @len bytes; the old content is lost. NULL when out of memory. */
__u8 *rec_room(struct buffer *buffer, size_t len);

/* Read @len bytes at @off. Returns 1, 0 when the file ends earlier, or a negative errno. */
int rec_pread(int fd, void *to, size_t len, __u64 off);

/*
 * Read and check the payload of @chunk at @off into reader->stored.at. Returns 1, 0 (bad), or a
 * negative errno.
 */
int rec_read_payload(struct rec_reader *reader, __u64 off, const struct rec_chunk *chunk);

/* Unpack the payload in reader->stored.at to @raw, chunk->raw bytes. False when it is malformed. */
bool rec_unpack(struct rec_reader *reader, const struct rec_chunk *chunk, __u8 *raw);

/* Find and check all chunks from @off on. Returns 0 or a negative errno. */
int rec_scan(struct rec_reader *reader, __u64 off);

/* Store the contents of @raw, the payload of a chunk without events. False when it is malformed. */
bool rec_take_slots(struct rec_reader *reader, const __u8 *raw, size_t len);
bool rec_take_clock(struct rec_reader *reader, const __u8 *raw, size_t len);
bool rec_take_end(struct rec_reader *reader, const __u8 *raw, size_t len);

void rec_merge_free(struct rec_reader *reader);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* encoding.h - convert the file header, TLVs and chunk headers of recording.h to and from bytes. */
#ifndef DAX_RECORDING_ENCODING_H
#define DAX_RECORDING_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include "sample.h"
#include "recording.h"

/* A growing buffer. `failed` stays set once memory ran out or a limit was exceeded. */
struct bytes {
	__u8 *at;
	size_t len, room;
	bool failed;
};

/* Append @len bytes, which the caller fills; NULL when failed. */
__u8 *bytes_add(struct bytes *b, size_t len);
void bytes_free(struct bytes *b);

void tlv_put(struct bytes *b, __u16 tag, const void *value, size_t len);
void tlv_put_u32(struct bytes *b, __u16 tag, __u32 value);
void tlv_put_u64(struct bytes *b, __u16 tag, __u64 value);

struct tlv {
	__u16 tag, len;
	const __u8 *value;
};

/* Read the next TLV at *at. Returns 1, 0 at @end, or -EBADMSG when it would go past @end. */
int tlv_next(const __u8 **at, const __u8 *end, struct tlv *out);

/* Facts in the header of the recording. Texts are any bytes, NULL when unknown. */
enum rec_text { REC_TEXT_FIRST = REC_TAG_SYSNAME, REC_TEXT_LAST = REC_TAG_TOOL };
struct rec_facts {
	__u16 major, minor;
	char *text[REC_TEXT_LAST + 1]; /* by tag */
	char **args;
	size_t nr_args;
	__u32 ncpu, page_size, pmd_size, clock; /* 0: unknown */
	enum dax_tier tier;
	bool extents;
};

/* Collect the facts of this machine and this run. Returns 0 or -ENOMEM. */
int rec_facts_here(struct rec_facts *facts, char *const args[], enum dax_tier tier, bool extents);
void rec_facts_free(struct rec_facts *facts);

/* Write the whole header as bytes; out->failed is set when out of memory. */
void rec_header_put(struct bytes *out, const struct rec_facts *facts);

/*
 * The length of the header that begins with the @size bytes at @in; 0, with the reason in @err,
 * when this program cannot read it.
 */
size_t rec_header_len(const __u8 *in, size_t size, char *err, size_t err_size);

/*
 * Parse a whole header of rec_header_len() bytes. Returns 0, or a negative errno with the reason in
 * @err.
 */
int rec_header_get(const __u8 *in, size_t len, struct rec_facts *facts, char *err, size_t err_size);

struct rec_chunk {
	__u8 type, flags;
	__u16 cpu;
	__u32 seq, events, raw, stored;
	__u64 first_ts;
	__u32 span, unwatched;
	__u64 total, lost;
	__u32 payload_crc;
};

void rec_chunk_put(__u8 out[REC_CHUNK_HEADER], const struct rec_chunk *chunk);

/* False when the bytes are not a chunk header, are damaged, or exceed the limits of the format. */
bool rec_chunk_get(const __u8 in[REC_CHUNK_HEADER], struct rec_chunk *chunk);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* encoding.h - the file header, TLVs and chunk headers of recording.h, to and from bytes. */
#ifndef DAX_RECORDING_ENCODING_H
#define DAX_RECORDING_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include "sample.h"
#include "recording.h"

/* Bytes that grow. `failed` stays set once memory ran out or a limit was passed. */
struct bytes {
	__u8 *at;
	size_t len, room;
	bool failed;
};

/* Room for @len more bytes, already counted in; NULL when failed. */
__u8 *bytes_add(struct bytes *b, size_t len);
void bytes_free(struct bytes *b);

void tlv_put(struct bytes *b, __u16 tag, const void *value, size_t len);
void tlv_put_u32(struct bytes *b, __u16 tag, __u32 value);
void tlv_put_u64(struct bytes *b, __u16 tag, __u64 value);

struct tlv {
	__u16 tag, len;
	const __u8 *value;
};

/* Take the next TLV off *at: 1, 0 at @end, or -EBADMSG when it runs past @end. */
int tlv_next(const __u8 **at, const __u8 *end, struct tlv *out);

/* What the header tells about the recording. Texts are any bytes, NULL when unknown. */
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

/* The facts of this machine and this run. Returns 0 or -ENOMEM. */
int rec_facts_here(struct rec_facts *facts, char *const args[], enum dax_tier tier, bool extents);
void rec_facts_free(struct rec_facts *facts);

/* The whole header as bytes; out->failed when out of memory. */
void rec_header_put(struct bytes *out, const struct rec_facts *facts);

/*
 * The length of the header that begins with the @size bytes at @in; 0 with a reason in @err when
 * it is not one that this program can read.
 */
size_t rec_header_len(const __u8 *in, size_t size, char *err, size_t err_size);

/* Read a whole header of rec_header_len(). 0, or a negative errno with a reason in @err. */
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

/* False when the bytes are no chunk header, are damaged, or go past the format's limits. */
bool rec_chunk_get(const __u8 in[REC_CHUNK_HEADER], struct rec_chunk *chunk);

#endif

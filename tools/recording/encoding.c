// SPDX-License-Identifier: GPL-2.0-only
/* encoding.c - convert TLVs and chunk headers of recording.h to and from bytes. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "recording/bytes.h"
#include "recording/crc32c.h"
#include "recording/encoding.h"

__u8 *bytes_add(struct bytes *b, size_t len)
{
	size_t room = b->room ? b->room : 256;
	__u8 *at;

	if (b->failed || len > SIZE_MAX / 2 - b->len) {
		b->failed = true;
		return NULL;
	}
	while (room < b->len + len)
		room *= 2;
	if (room != b->room) {
		at = realloc(b->at, room);
		if (!at) {
			b->failed = true;
			return NULL;
		}
		b->at = at;
		b->room = room;
	}
	at = b->at + b->len;
	b->len += len;
	return at;
}

void bytes_free(struct bytes *b)
{
	free(b->at);
	memset(b, 0, sizeof(*b));
}

void tlv_put(struct bytes *b, __u16 tag, const void *value, size_t len)
{
	__u8 *at;

	if (len > REC_TLV_MAX)
		len = REC_TLV_MAX;
	at = bytes_add(b, REC_TLV_HEAD + len);
	if (!at)
		return;
	put_le16(at, tag);
	put_le16(at + 2, len);
	if (len)
		memcpy(at + REC_TLV_HEAD, value, len);
}

void tlv_put_u32(struct bytes *b, __u16 tag, __u32 value)
{
	__u8 le[4];

	put_le32(le, value);
	tlv_put(b, tag, le, sizeof(le));
}

void tlv_put_u64(struct bytes *b, __u16 tag, __u64 value)
{
	__u8 le[8];

	put_le64(le, value);
	tlv_put(b, tag, le, sizeof(le));
}

int tlv_next(const __u8 **at, const __u8 *end, struct tlv *out)
{
	const __u8 *p = *at;

	if (p == end)
		return 0;
	if (end - p < REC_TLV_HEAD)
		return -EBADMSG;
	out->tag = get_le16(p);
	out->len = get_le16(p + 2);
	out->value = p + REC_TLV_HEAD;
	if (end - out->value < out->len)
		return -EBADMSG;
	*at = out->value + out->len;
	return 1;
}

void rec_chunk_put(__u8 out[REC_CHUNK_HEADER], const struct rec_chunk *chunk)
{
	memcpy(out, REC_CHUNK_MAGIC, REC_CHUNK_MAGIC_LEN);
	out[REC_C_TYPE] = chunk->type;
	out[REC_C_FLAGS] = chunk->flags;
	put_le16(out + REC_C_CPU, chunk->cpu);
	put_le32(out + REC_C_SEQ, chunk->seq);
	put_le32(out + REC_C_EVENTS, chunk->events);
	put_le32(out + REC_C_RAW, chunk->raw);
	put_le32(out + REC_C_STORED, chunk->stored);
	put_le64(out + REC_C_FIRST_TS, chunk->first_ts);
	put_le32(out + REC_C_SPAN, chunk->span);
	put_le32(out + REC_C_UNWATCHED, chunk->unwatched);
	put_le64(out + REC_C_TOTAL, chunk->total);
	put_le64(out + REC_C_LOST, chunk->lost);
	put_le32(out + REC_C_PAYLOAD_CRC, chunk->payload_crc);
	put_le32(out + REC_C_HEADER_CRC, crc32c(out, REC_C_HEADER_CRC));
}

bool rec_chunk_get(const __u8 in[REC_CHUNK_HEADER], struct rec_chunk *chunk)
{
	if (memcmp(in, REC_CHUNK_MAGIC, REC_CHUNK_MAGIC_LEN) ||
	    get_le32(in + REC_C_HEADER_CRC) != crc32c(in, REC_C_HEADER_CRC))
		return false;
	chunk->type = in[REC_C_TYPE];
	chunk->flags = in[REC_C_FLAGS];
	chunk->cpu = get_le16(in + REC_C_CPU);
	chunk->seq = get_le32(in + REC_C_SEQ);
	chunk->events = get_le32(in + REC_C_EVENTS);
	chunk->raw = get_le32(in + REC_C_RAW);
	chunk->stored = get_le32(in + REC_C_STORED);
	chunk->first_ts = get_le64(in + REC_C_FIRST_TS);
	chunk->span = get_le32(in + REC_C_SPAN);
	chunk->unwatched = get_le32(in + REC_C_UNWATCHED);
	chunk->total = get_le64(in + REC_C_TOTAL);
	chunk->lost = get_le64(in + REC_C_LOST);
	chunk->payload_crc = get_le32(in + REC_C_PAYLOAD_CRC);
	if (chunk->raw > REC_RAW_MAX || chunk->stored > chunk->raw)
		return false;
	if (chunk->type == REC_CHUNK_EVENTS)
		return chunk->events && chunk->events <= chunk->raw / REC_EVENT_MIN;
	return true;
}

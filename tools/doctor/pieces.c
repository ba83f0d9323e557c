// SPDX-License-Identifier: GPL-2.0-only
/* pieces.c - what a copy of a file must contain, in whole 2 MiB ranges. */
#include <errno.h>
#include <stdlib.h>
#include "doctor/pieces.h"

static int append_piece(struct pieces *pieces, __u64 from, __u64 to, bool data)
{
	struct piece *last = pieces->nr ? &pieces->piece[pieces->nr - 1] : NULL;

	if (from == to)
		return 0;
	if (last && last->first + last->count == from && last->data == data) {
		last->count += to - from;
		return 0;
	}
	/* Double the array at each power of two. */
	if (!pieces->piece || !(pieces->nr & (pieces->nr - 1))) {
		size_t room = pieces->nr ? 2 * pieces->nr : 1;
		struct piece *more = realloc(pieces->piece, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		pieces->piece = more;
	}
	pieces->piece[pieces->nr++] = (struct piece){from, to - from, data};
	return 0;
}

int pieces_add(struct pieces *pieces, const struct extent *extent)
{
	bool data = !(extent->flags & EXTENT_UNWRITTEN);
	__u64 start = extent->logical, end = start + extent->length, from, to;

	if (end > pieces->size)
		end = pieces->size;
	if (start >= end)
		return 0;
	from = start / RANGE_BYTES;
	to = (end + RANGE_BYTES - 1) / RANGE_BYTES;
	pieces->filled -= end - start; /* modulo 2^64; pieces_end() adds the ranges */
	if (pieces->nr) {
		struct piece *last = &pieces->piece[pieces->nr - 1];

		/* Only the range in which the last extent ended can be shared with this one. */
		if (last->first + last->count > from) {
			if (last->data || !data)
				from++;
			else if (!--last->count)
				pieces->nr--;
		}
	}
	return append_piece(pieces, from, to, data);
}

void pieces_end(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->nr; i++) {
		__u64 start = pieces->piece[i].first * RANGE_BYTES;
		__u64 end = start + pieces->piece[i].count * RANGE_BYTES;

		pieces->filled += (end < pieces->size ? end : pieces->size) - start;
	}
}

__u64 pieces_ranges(const struct pieces *pieces)
{
	__u64 ranges = 0;

	for (size_t i = 0; i < pieces->nr; i++)
		ranges += pieces->piece[i].count;
	return ranges;
}

void pieces_free(struct pieces *pieces)
{
	free(pieces->piece);
	*pieces = (struct pieces){0};
}

// SPDX-License-Identifier: GPL-2.0-only
/* tables.c - the chunks of a recording without events: slots, clocks, and the end. */
#include <stdlib.h>
#include <string.h>
#include "recording/bytes.h"
#include "recording/index.h"

bool rec_take_clock(struct rec_reader *r, const __u8 *raw, size_t len)
{
	struct index_clock now;

	if (len < REC_CLOCK_LEN)
		return false;
	now.mono = get_le64(raw + REC_CLOCK_MONO);
	now.real = get_le64(raw + REC_CLOCK_REAL);
	if (r->nr_clocks && now.mono < r->clock[r->nr_clocks - 1].mono)
		return false;
	if (r->nr_clocks == r->clock_room) {
		size_t room = r->clock_room ? 2 * r->clock_room : 64;
		struct index_clock *clock = realloc(r->clock, room * sizeof(*clock));

		if (!clock)
			return false;
		r->clock = clock;
		r->clock_room = room;
	}
	r->clock[r->nr_clocks++] = now;
	return true;
}

bool rec_take_end(struct rec_reader *r, const __u8 *raw, size_t len)
{
	struct rec_state *state = &r->state;

	if (len < REC_END_LEAST || !rec_take_clock(r, raw, len))
		return false;
	state->clean = true;
	state->counted = get_le64(raw + REC_END_COUNTED);
	state->counted_known = state->counted != ~0ULL;
	state->recorded = get_le64(raw + REC_END_RECORDED);
	state->lost.events = get_le64(raw + REC_END_LOST);
	state->lost.unwatched = get_le64(raw + REC_END_UNWATCHED);
	state->lost.slots = get_le64(raw + REC_END_SLOTS);
	state->lost.faults = len < REC_END_FAULTS + 8 ? 0 : get_le64(raw + REC_END_FAULTS);
	state->lost.details = len < REC_END_DETAILS + 8 ? 0 : get_le64(raw + REC_END_DETAILS);
	return true;
}

static void take_name(char to[DAX_COMM_LEN], const struct tlv *tlv)
{
	memset(to, 0, DAX_COMM_LEN);
	memcpy(to, tlv->value, tlv->len < DAX_COMM_LEN ? tlv->len : DAX_COMM_LEN - 1);
}

/* Keep the first text of its kind, if the memory for all texts allows. */
static void take_text(struct rec_reader *r, char **to, const struct tlv *tlv)
{
	if (*to || tlv->len > REC_PATH_MAX || tlv->len > REC_SLOT_MEMORY - r->slot_bytes)
		return;
	*to = strndup((const char *)tlv->value, tlv->len);
	r->slot_bytes += tlv->len;
}

static void take_slot_fact(struct rec_reader *r, struct rec_slot *slot, const struct tlv *tlv)
{
	const __u8 *v = tlv->value;

	switch (tlv->tag) {
	case REC_SLOT_KEY:
		if (tlv->len == REC_SLOT_KEY_LEN)
			slot->key = (struct dax_key){.ino = get_le64(v),
						     .dev = get_le32(v + 8),
						     .gen = get_le32(v + 12),
						     .tgid = get_le32(v + 16),
						     .tid = slot->key.tid};
		break;
	case REC_SLOT_CGROUP:
		if (tlv->len == 8)
			slot->cgroup = get_le64(v);
		break;
	case REC_SLOT_COMM:
		take_name(slot->comm, tlv);
		break;
	case REC_SLOT_PATH:
		take_text(r, &slot->path, tlv);
		break;
	case REC_SLOT_TID:
		if (tlv->len == 4)
			slot->key.tid = get_le32(v);
		break;
	case REC_SLOT_THREAD:
		take_name(slot->thread, tlv);
		break;
	case REC_SLOT_CGROUP_PATH:
		take_text(r, &slot->cgroup_path, tlv);
		break;
	case REC_SLOT_MOUNT:
		take_text(r, &slot->mount, tlv);
		break;
	case REC_SLOT_FS_TYPE:
		take_text(r, &slot->fs_type, tlv);
		break;
	case REC_SLOT_FLAGS:
		if (tlv->len == 4)
			slot->flags = get_le32(v);
		break;
	}
}

/* Add a slot with @number; NULL when it exists, is not allowed, or out of memory. */
static struct rec_slot *new_slot(struct rec_reader *r, __u32 number)
{
	if (!number || number >= REC_SLOT_MAX || rec_slot(r, number))
		return NULL;
	if (number >= r->nr_slots) {
		__u32 nr = r->nr_slots ? r->nr_slots : 64;
		struct rec_slot **slot;

		while (nr <= number)
			nr *= 2;
		slot = realloc(r->slot, nr * sizeof(*slot));
		if (!slot)
			return NULL;
		memset(slot + r->nr_slots, 0, (nr - r->nr_slots) * sizeof(*slot));
		r->slot = slot;
		r->nr_slots = nr;
	}
	return r->slot[number] = calloc(1, sizeof(struct rec_slot));
}

bool rec_take_slots(struct rec_reader *r, const __u8 *raw, size_t len)
{
	const __u8 *at = raw, *end = raw + len;

	while (at != end) {
		struct rec_slot *slot;
		const __u8 *next;
		struct tlv tlv;
		__u32 number;
		int ret;

		if (end - at < REC_SLOT_HEAD ||
		    (size_t)(end - at) - REC_SLOT_HEAD < get_le32(at + 4))
			return false;
		number = get_le32(at);
		next = at + REC_SLOT_HEAD + get_le32(at + 4);
		at += REC_SLOT_HEAD;
		slot = new_slot(r, number);
		while ((ret = tlv_next(&at, next, &tlv)) > 0)
			if (slot)
				take_slot_fact(r, slot, &tlv);
		if (ret)
			return false;
	}
	return true;
}

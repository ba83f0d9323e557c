// SPDX-License-Identifier: GPL-2.0-only
/* reader.c - open a recording, and what it tells beside its events. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "record/bytes.h"
#include "record/index.h"

__u8 *rec_room(struct buffer *buffer, size_t len)
{
	if (len > buffer->room || !buffer->at) {
		free(buffer->at);
		buffer->room = len > 4096 ? len : 4096;
		buffer->at = malloc(buffer->room);
	}
	return buffer->at;
}

int rec_pread(int fd, void *to, size_t len, __u64 off)
{
	__u8 *p = to;

	while (len) {
		ssize_t got = pread(fd, p, len, (off_t)off);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			return 0;
		p += got;
		off += (size_t)got;
		len -= (size_t)got;
	}
	return 1;
}

static int read_header(struct rec_reader *r, __u64 *len, char *err, size_t size)
{
	size_t have = r->state.file_bytes < REC_H_TLVS ? r->state.file_bytes : REC_H_TLVS;
	__u8 begin[REC_H_TLVS], *whole = NULL;
	int ret = rec_pread(r->fd, begin, have, 0);

	if (ret > 0) {
		*len = rec_header_len(begin, have, err, size);
		if (!*len)
			return -EBADMSG;
		whole = rec_room(&r->stored, *len);
		ret = whole ? rec_pread(r->fd, whole, *len, 0) : -ENOMEM;
	}
	if (ret < 0) {
		snprintf(err, size, "%s", strerror(-ret));
		return ret;
	}
	if (!ret) {
		snprintf(err, size, "cut off inside its header");
		return -EBADMSG;
	}
	return rec_header_get(whole, *len, &r->facts, err, size);
}

static int load(struct rec_reader *r, char *err, size_t size)
{
	struct stat st;
	__u64 len = 0;
	int ret;

	if (fstat(r->fd, &st)) {
		ret = -errno;
		snprintf(err, size, "%s", strerror(-ret));
		return ret;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(err, size, "not a regular file: save the recording to one first");
		return -EINVAL;
	}
	r->state.file_bytes = (__u64)st.st_size;
	ret = read_header(r, &len, err, size);
	if (ret)
		return ret;
	r->zstd = ZSTD_createDCtx();
	ret = r->zstd ? rec_scan(r, len) : -ENOMEM;
	if (ret)
		snprintf(err, size, "%s", strerror(-ret));
	return ret;
}

int rec_open_fd(struct rec_reader **reader, int fd, char *err, size_t size)
{
	struct rec_reader *r = calloc(1, sizeof(*r));
	int ret;

	*reader = NULL;
	if (!r) {
		close(fd);
		snprintf(err, size, "out of memory");
		return -ENOMEM;
	}
	r->fd = fd;
	ret = load(r, err, size);
	if (ret)
		rec_free(r);
	else
		*reader = r;
	return ret;
}

int rec_open(struct rec_reader **reader, const char *path, char *err, size_t size)
{
	/* Not to wait for the writer of a named pipe, which is refused anyway. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret;

	if (fd < 0) {
		ret = -errno;
		*reader = NULL;
		snprintf(err, size, "%s", strerror(-ret));
		return ret;
	}
	return rec_open_fd(reader, fd, err, size);
}

void rec_free(struct rec_reader *r)
{
	size_t i;

	if (!r)
		return;
	rec_merge_free(r);
	for (i = 0; i < r->nr_slots; i++) {
		if (r->slot[i]) {
			free(r->slot[i]->path);
			free(r->slot[i]->cgroup_path);
			free(r->slot[i]->mount);
			free(r->slot[i]->fs_type);
		}
		free(r->slot[i]);
	}
	free(r->slot);
	free(r->cpu);
	free(r->stored.at);
	free(r->raw.at);
	free(r->clock);
	free(r->chunk);
	rec_facts_free(&r->facts);
	ZSTD_freeDCtx(r->zstd);
	close(r->fd);
	free(r);
}

const struct rec_facts *rec_facts(const struct rec_reader *r)
{
	return &r->facts;
}

const struct rec_state *rec_state(const struct rec_reader *r)
{
	return &r->state;
}

const struct rec_slot *rec_slot(const struct rec_reader *r, __u32 slot)
{
	return slot < r->nr_slots ? r->slot[slot] : NULL;
}

__u64 rec_real_ns(const struct rec_reader *r, __u64 mono_ns)
{
	size_t low = 0, high = r->nr_clocks;

	if (!high)
		return 0;
	/* The last snapshot that is not later, or the first one. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (r->clock[middle].mono <= mono_ns)
			low = middle;
		else
			high = middle;
	}
	return r->clock[low].real + (mono_ns - r->clock[low].mono);
}

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

	if (len < REC_END_LEN || !rec_take_clock(r, raw, len))
		return false;
	state->clean = true;
	state->counted = get_le64(raw + REC_END_COUNTED);
	state->counted_known = state->counted != ~0ULL;
	state->recorded = get_le64(raw + REC_END_RECORDED);
	state->lost.events = get_le64(raw + REC_END_LOST);
	state->lost.unwatched = get_le64(raw + REC_END_UNWATCHED);
	state->lost.slots = get_le64(raw + REC_END_SLOTS);
	return true;
}

static void take_name(char to[DAX_COMM_LEN], const struct tlv *tlv)
{
	memset(to, 0, DAX_COMM_LEN);
	memcpy(to, tlv->value, tlv->len < DAX_COMM_LEN ? tlv->len : DAX_COMM_LEN - 1);
}

/* The first of its kind, and not more than the memory for all of them. */
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

/* A new slot with @number; NULL when it is known, not a legal one, or out of memory. */
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

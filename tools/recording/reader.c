// SPDX-License-Identifier: GPL-2.0-only
/* reader.c - open a recording, and return its data other than events. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "recording/bytes.h"
#include "recording/index.h"

#define DAY_NS	  86400000000000ULL
#define NS_A_MARK 1000000000000ULL /* the longest time between two time marks */

/* Check what this program requires of every recording. Returns 0 or -ENOTSUP. */
static int check_facts(const struct rec_facts *facts, char *err, size_t size)
{
	const __u32 page = 1u << DAX_PAGE_SHIFT, range = 1u << DAX_RANGE_SHIFT;

	if ((facts->page_size && facts->page_size != page) || (facts->pmd_size && facts->pmd_size != range)) {
		snprintf(err, size, "of a machine with pages of %u and %u bytes: this program reads those with %u and %u",
			 facts->page_size, facts->pmd_size, page, range);
		return -ENOTSUP;
	}
	if (facts->clock && facts->clock != CLOCK_MONOTONIC) {
		snprintf(err, size, "its times are of clock %u: this program reads those of CLOCK_MONOTONIC (%u)",
			 facts->clock, (unsigned)CLOCK_MONOTONIC);
		return -ENOTSUP;
	}
	return 0;
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
	ret = rec_header_get(whole, *len, &r->facts, err, size);
	return ret ? ret : check_facts(&r->facts, err, size);
}

/*
 * A recording has a time mark for each second, fewer only while its writer was stopped. More than a
 * day without the marks that it should have is damage or forged, and a reader would show it second
 * by second.
 */
static int check_time(const struct rec_reader *r, char *err, size_t size)
{
	const struct rec_state *state = &r->state;
	__u64 ns = state->last_ns - state->first_ns;

	if (ns / NS_A_MARK <= r->nr_clocks + DAY_NS / NS_A_MARK)
		return 0;
	snprintf(err, size, "it claims to last %llu days, but has %zu time marks, which are one a second: damaged, or made up",
		 (unsigned long long)(ns / DAY_NS), r->nr_clocks);
	return -EBADMSG;
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
	if (!ret)
		return check_time(r, err, size);
	if (ret == -EEXIST)
		snprintf(err, size,
			 "two recordings one behind the other: split it at byte %llu (split -b %llu, or head -c and "
			 "tail -c +%llu)",
			 (unsigned long long)r->second, (unsigned long long)r->second,
			 (unsigned long long)r->second + 1);
	else
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
	/* Do not wait for the writer of a named pipe, which is refused anyway. */
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
	/* Find the last snapshot that is not later, or else the first one. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (r->clock[middle].mono <= mono_ns)
			low = middle;
		else
			high = middle;
	}
	return r->clock[low].real + (mono_ns - r->clock[low].mono);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - read any recording: complete, cut off, damaged or hostile. What cannot be read is left
 * out and counted; nothing from a chunk with a wrong checksum is used.
 */
#ifndef DAX_RECORDING_READER_H
#define DAX_RECORDING_READER_H

#include "recording/encoding.h"

struct rec_reader;

/* Limit of the memory for event chunks in the reader, bytes. */
#define REC_READER_MEMORY (1ULL << 30)

/* The owner of a slot. Texts are any bytes; NULL when unknown. */
struct rec_slot {
	struct dax_key key;
	__u64 cgroup;
	char comm[DAX_COMM_LEN];
	char thread[DAX_COMM_LEN]; /* "" when unknown */
	char *path, *cgroup_path, *mount, *fs_type;
	__u32 flags; /* DAX_META_* */
};

/* The contents and the condition of the file. */
struct rec_state {
	__u64 file_bytes;
	__u64 chunks, events;	    /* number that can be read */
	__u64 first_ns, last_ns;    /* CLOCK_MONOTONIC: from the first clock or event to the last */
	bool clean;		    /* ended with an end chunk, and has nothing but zeros after it */
	bool counted_known;	    /* `counted` is valid */
	__u64 counted;		    /* faults the kernel side counted */
	__u64 recorded;		    /* events that were written, from the last chunk that has this number */
	struct dax_bpf_losses lost; /* likewise; `slots` only if clean */
	/* Damage: */
	__u64 cut_bytes;      /* of an unfinished chunk at the end */
	__u64 skipped_bytes;  /* of damage between chunks */
	__u64 zero_bytes;     /* zeros at the end, which are not damage */
	__u64 bad_chunks;     /* header right, payload wrong */
	__u64 missing_chunks; /* gaps in the numbering */
	/* What only a newer program can read: */
	__u64 unknown_chunks;
	__u64 unknown_events; /* found so far by rec_next() */
};

/*
 * Open the recording at @path, check all of it and make its index. Returns 0, or a negative errno
 * with the reason in @err. rec_open_fd() takes over @fd, even if it fails.
 */
int rec_open(struct rec_reader **reader, const char *path, char *err, size_t size);
int rec_open_fd(struct rec_reader **reader, int fd, char *err, size_t size);
void rec_free(struct rec_reader *reader);

const struct rec_facts *rec_facts(const struct rec_reader *reader);
const struct rec_state *rec_state(const struct rec_reader *reader);

/* NULL when the recording does not have it, and for slot 0. */
const struct rec_slot *rec_slot(const struct rec_reader *reader, __u32 slot);

/* CLOCK_REALTIME at a time stamp of the recording, ns; 0: unknown. */
__u64 rec_real_ns(const struct rec_reader *reader, __u64 mono_ns);

/*
 * The next event of all CPUs, in the order of their time stamps. Returns 1, 0 at the end, or a
 * negative errno. Outcomes and reasons are those of dax_wire.h; slots are below REC_SLOT_MAX.
 */
int rec_next(struct rec_reader *reader, struct dax_event_extent *ev);

/* Start over: rec_next() returns the first event again. */
void rec_rewind(struct rec_reader *reader);

/* The losses up to the time at which the chunks that rec_next() has reached were written. */
void rec_lost_so_far(const struct rec_reader *reader, struct dax_bpf_losses *lost);

#endif

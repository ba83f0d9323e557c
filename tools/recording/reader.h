/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - read a recording of any origin: whole, cut off, damaged or hostile. What cannot be
 * read is left out and counted; nothing of a chunk with a wrong checksum is ever used.
 */
#ifndef DAX_RECORDING_READER_H
#define DAX_RECORDING_READER_H

#include "recording/encoding.h"

struct rec_reader;

/* Memory that a recording can make the reader use for event chunks, bytes. */
#define REC_READER_MEMORY (1ULL << 30)

/* Who a slot is. Texts are any bytes; NULL when unknown. */
struct rec_slot {
	struct dax_key key;
	__u64 cgroup;
	char comm[DAX_COMM_LEN];
	char thread[DAX_COMM_LEN]; /* "" when unknown */
	char *path, *cgroup_path, *mount, *fs_type;
	__u32 flags; /* DAX_META_* */
};

/* What the file holds and what state it is in. */
struct rec_state {
	__u64 file_bytes;
	__u64 chunks, events;	    /* that can be read */
	__u64 first_ns, last_ns;    /* CLOCK_MONOTONIC: from the first clock or event to the last */
	bool clean;		    /* ended with an end chunk, and nothing behind it but zeros */
	bool counted_known;	    /* `counted` holds */
	__u64 counted;		    /* faults the kernel side counted */
	__u64 recorded;		    /* events that were written, by the last chunk that tells */
	struct dax_bpf_losses lost; /* likewise; `slots` only when clean */
	/* Damage */
	__u64 cut_bytes;      /* of an unfinished chunk at the end */
	__u64 skipped_bytes;  /* of damage in between */
	__u64 zero_bytes;     /* of zeros at the end, which is no damage */
	__u64 bad_chunks;     /* header right, payload wrong */
	__u64 missing_chunks; /* gaps in the numbering */
	/* What only a newer program can read */
	__u64 unknown_chunks;
	__u64 unknown_events; /* met so far by rec_next() */
};

/*
 * Open the recording at @path, check all of it and make its index. 0, or a negative errno with a
 * reason in @err. rec_open_fd() takes over @fd, also when it fails.
 */
int rec_open(struct rec_reader **reader, const char *path, char *err, size_t size);
int rec_open_fd(struct rec_reader **reader, int fd, char *err, size_t size);
void rec_free(struct rec_reader *reader);

const struct rec_facts *rec_facts(const struct rec_reader *reader);
const struct rec_state *rec_state(const struct rec_reader *reader);

/* NULL when the recording does not tell, and for slot 0. */
const struct rec_slot *rec_slot(const struct rec_reader *reader, __u32 slot);

/* CLOCK_REALTIME at a time stamp of the recording; 0 when it does not tell. */
__u64 rec_real_ns(const struct rec_reader *reader, __u64 mono_ns);

/*
 * The next event of all CPUs in the order of their time stamps: 1, 0 at the end, or a negative
 * errno. Outcomes and reasons are those of dax_wire.h, slots below REC_SLOT_MAX.
 */
int rec_next(struct rec_reader *reader, struct dax_event_extent *ev);

/* Start again: rec_next() gives the first event. */
void rec_rewind(struct rec_reader *reader);

/* The losses that had happened when the chunks that rec_next() has reached were written. */
void rec_lost_so_far(const struct rec_reader *reader, struct dax_bpf_losses *lost);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* writer.h - write a recording: collect events in chunks, and append complete chunks to a file. */
#ifndef DAX_RECORDING_WRITER_H
#define DAX_RECORDING_WRITER_H

#include "recording/encoding.h"
#include "sample.h"

struct rec_writer;

/* The three clocks, read together. */
struct rec_clocks {
	__u64 mono, boot, real; /* ns */
};
struct rec_clocks rec_clocks_now(void);

/*
 * Begin a recording on @fd, which stays the caller's: write the header and a first clock chunk.
 * @level: of zstd, 0 for no compression. Returns 0 or a negative errno.
 *
 * When a write fails, a regular file is truncated to its last complete chunk, and this and every
 * later call returns the same error.
 */
int rec_writer_open(struct rec_writer **writer, int fd, const struct rec_facts *facts,
		    const struct rec_clocks *now, int level);
void rec_writer_free(struct rec_writer *writer);

/* Add one event; a struct dax_event_extent when its type is DAX_EV_EXTENT. */
int rec_writer_event(struct rec_writer *writer, const struct dax_event *ev);

/*
 * Does @slot still need rec_writer_slot()? False for slot 0, and for numbers that the format cannot
 * hold.
 */
bool rec_writer_wants(const struct rec_writer *writer, __u32 slot);

/* Define @slot; @names has the texts, and whether the file is deleted. */
int rec_writer_slot(struct rec_writer *writer, __u32 slot, const struct dax_meta *meta,
		    const struct dax_row *names);

/*
 * Call several times a second: closes chunks that are old enough, and writes a clock chunk each
 * second. @lost: the losses so far.
 */
int rec_writer_tick(struct rec_writer *writer, const struct rec_clocks *now,
		    const struct dax_bpf_losses *lost);

/* Write all pending chunks and the end chunk, and sync. @counted: REC_END_COUNTED. */
int rec_writer_finish(struct rec_writer *writer, const struct rec_clocks *now,
		      const struct dax_bpf_losses *lost, __u64 counted);

__u64 rec_writer_events(const struct rec_writer *writer); /* in chunks that were written */
__u64 rec_writer_bytes(const struct rec_writer *writer);  /* of the file */

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* replay.h - a recording as a source of samples: its events counted as the kernel side counts them.
 */
#ifndef DAX_RECORDING_REPLAY_H
#define DAX_RECORDING_REPLAY_H

#include "recording/reader.h"

/* Count one event into @cell, as the BPF programs do. */
bool rec_count(struct dax_counts *cell, const struct dax_event *ev);

/*
 * A source over @reader, which must not have been played and stays the caller's. With @every_ns 0
 * it gives one sample, of everything. Otherwise a first one of the beginning, when nothing had been
 * counted yet, then one each @every_ns of recorded time, the last of the end. NULL: out of memory.
 */
struct dax_source *rec_source(struct rec_reader *reader, __u64 every_ns);

/*
 * Of a source with an interval, whose samples are numbered from 0, the beginning: the number of the
 * one at the end of the recording; and have next() go on with number @frame. What lies before it is
 * counted again when it is not ahead, and a skipped one's rows are in the sample all the same.
 */
__u64 rec_source_last(const struct dax_source *source);
void rec_source_seek(struct dax_source *source, __u64 frame);

/*
 * Have @source, from rec_source() and not read yet, separate threads: up to 16384 pairs of file
 * and thread; those of further threads are not separated.
 */
void rec_by_thread(struct dax_source *source);

#endif

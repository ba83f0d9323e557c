/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replay.h - a recording as a source of samples: counts its events as the kernel side counts them.
 */
#ifndef DAX_RECORDING_REPLAY_H
#define DAX_RECORDING_REPLAY_H

#include "recording/reader.h"

/* Count one event in @cell, as the BPF programs do. */
bool rec_count(struct dax_counts *cell, const struct dax_event *ev);

/*
 * A source for @reader, which must not have been played and stays the caller's. With @every_ns 0 it
 * gives one sample, of everything. Otherwise it gives a first sample of the beginning, with all
 * counts 0, then one for each @every_ns of recorded time, the last one at the end. NULL: out of
 * memory.
 */
struct dax_source *rec_source(struct rec_reader *reader, __u64 every_ns);

/*
 * For a source with an interval. Its samples are numbered from 0, the beginning. The first function
 * returns the number of the sample at the end of the recording; the second lets next() continue
 * with sample number @frame. To go back, events are counted again from the start. The rows of
 * skipped samples are in the sample too.
 */
__u64 rec_source_last(const struct dax_source *source);
void rec_source_seek(struct dax_source *source, __u64 frame);

/*
 * Let @source, from rec_source() and not read yet, separate threads: up to 16384 pairs of file and
 * thread; further threads are not separated.
 */
void rec_by_thread(struct dax_source *source);

#endif

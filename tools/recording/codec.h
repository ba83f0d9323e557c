/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * codec.h - convert events to and from the bytes of an event chunk; recording.h describes the
 * encoding.
 */
#ifndef DAX_RECORDING_CODEC_H
#define DAX_RECORDING_CODEC_H

#include <stddef.h>
#include "sample.h"
#include "recording.h"

/* The values that the next event is encoded relative to. Call codec_start() for each chunk. */
struct codec {
	struct dax_event_extent last;
	__u64 step; /* last change of pgoff */
};

/* @first_ts and @cpu are those of the chunk's header. */
void codec_start(struct codec *codec, __u64 first_ts, __u16 cpu);

/*
 * Write @ev to @out, which must have room for REC_EVENT_MAX bytes; @ev is a struct dax_event_extent
 * when its type is DAX_EV_EXTENT. Returns the bytes written. The event's CPU is not written.
 */
size_t codec_put(struct codec *codec, __u8 *out, const struct dax_event *ev);

/*
 * Read the event at @in, in at most @size bytes. @ev->ev.type shows whether it has an extent;
 * without one the extent's members are 0. Returns the bytes read, or 0 when they are malformed.
 */
size_t codec_get(struct codec *codec, const __u8 *in, size_t size, struct dax_event_extent *ev);

#endif

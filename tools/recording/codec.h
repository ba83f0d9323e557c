/* SPDX-License-Identifier: GPL-2.0-only */
/* codec.h - events to and from the bytes of an event chunk; the encoding is in recording.h. */
#ifndef DAX_RECORDING_CODEC_H
#define DAX_RECORDING_CODEC_H

#include <stddef.h>
#include "sample.h"
#include "recording.h"

/* What the next event is told against. Start each chunk with codec_start(). */
struct codec {
	struct dax_event_extent last;
	__u64 step; /* last change of pgoff */
};

/* @first_ts and @cpu as in the chunk's header. */
void codec_start(struct codec *codec, __u64 first_ts, __u16 cpu);

/*
 * Write @ev to @out, which has room for REC_EVENT_MAX bytes; @ev is a struct dax_event_extent when
 * its type is DAX_EV_EXTENT. Returns the bytes written. The event's CPU is not written.
 */
size_t codec_put(struct codec *codec, __u8 *out, const struct dax_event *ev);

/*
 * Read the event at @in of @size bytes. @ev->ev.type tells whether it has an extent; the fields of
 * one are 0 when not. Returns the bytes read, or 0 when they are malformed.
 */
size_t codec_get(struct codec *codec, const __u8 *in, size_t size, struct dax_event_extent *ev);

#endif

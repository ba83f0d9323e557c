// SPDX-License-Identifier: GPL-2.0-only
/*
 * codec.c - convert events to and from the bytes of an event chunk; recording.h describes the
 * encoding.
 */
#include <string.h>
#include "recording/codec.h"

/* Map small numbers of either sign to small unsigned ones. */
static __u64 zigzag(__u64 v)
{
	return v << 1 ^ (v >> 63 ? ~0ULL : 0);
}

static __u64 unzigzag(__u64 v)
{
	return v >> 1 ^ (v & 1 ? ~0ULL : 0);
}

static __u8 *put_varint(__u8 *p, __u64 v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (__u8)v | 0x80;
	*p++ = (__u8)v;
	return p;
}

/* The bytes still to be read; `bad` stays set once a byte was missing or wrong. */
struct input {
	const __u8 *p, *end;
	bool bad;
};

static __u8 get_byte(struct input *in)
{
	if (in->p == in->end) {
		in->bad = true;
		return 0;
	}
	return *in->p++;
}

/* A varint of at most @bits bits. */
static __u64 get_varint(struct input *in, unsigned bits)
{
	__u64 v = 0;
	unsigned shift = 0;
	__u8 byte;

	do {
		byte = get_byte(in);
		if (shift >= bits || (bits - shift < 7 && (byte & 0x7f) >> (bits - shift))) {
			in->bad = true;
			return 0;
		}
		v |= (__u64)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return v;
}

static __u64 get_signed(struct input *in)
{
	return unzigzag(get_varint(in, 64));
}

static __u64 addr_base(const struct dax_event *ev)
{
	return ev->addr - (ev->pgoff << DAX_PAGE_SHIFT);
}

void codec_start(struct codec *codec, __u64 first_ts, __u16 cpu)
{
	memset(codec, 0, sizeof(*codec));
	codec->last.ev.ts_ns = first_ts;
	codec->last.ev.cpu = cpu;
}

static __u8 *put_extent(struct dax_event_extent *last, __u8 *p, const struct dax_event_extent *ext)
{
	p = put_varint(p, zigzag(ext->off - last->off));
	p = put_varint(p, zigzag(ext->len - last->len));
	p = put_varint(p, zigzag(ext->addr - last->addr));
	p = put_varint(p, ext->type);
	p = put_varint(p, ext->flags);
	last->off = ext->off;
	last->len = ext->len;
	last->addr = ext->addr;
	return p;
}

size_t codec_put(struct codec *codec, __u8 *out, const struct dax_event *ev)
{
	struct dax_event *last = &codec->last.ev;
	__u64 step = ev->pgoff - last->pgoff;
	__u64 base = addr_base(ev) - addr_base(last);
	__u8 *p = out + 1, control = 0;

	if (ev->outcome != last->outcome || ev->reason != last->reason ||
	    ev->flags != last->flags) {
		control |= REC_EV_KIND;
		*p++ = ev->outcome;
		*p++ = ev->reason;
		p = put_varint(p, ev->flags);
	}
	if (ev->slot != last->slot || ev->tid != last->tid) {
		control |= REC_EV_WHO;
		p = put_varint(p, ev->slot);
		p = put_varint(p, ev->tid);
	}
	if (step != codec->step) {
		control |= REC_EV_PGOFF;
		p = put_varint(p, zigzag(step));
	}
	if (base) {
		control |= REC_EV_ADDR;
		p = put_varint(p, zigzag(base));
	}
	if (ev->ts_ns < last->ts_ns) {
		control |= REC_EV_BACK;
		p = put_varint(p, last->ts_ns - ev->ts_ns);
	} else {
		p = put_varint(p, ev->ts_ns - last->ts_ns);
	}
	p = put_varint(p, ev->dur_ns);
	if (ev->type == DAX_EV_EXTENT) {
		control |= REC_EV_EXTENT;
		p = put_extent(&codec->last, p, (const struct dax_event_extent *)ev);
	}
	out[0] = control;
	codec->step = step;
	codec->last.ev = *ev;
	return (size_t)(p - out);
}

static void get_extent(struct dax_event_extent *last, struct input *in,
		       struct dax_event_extent *ext)
{
	ext->off = last->off += get_signed(in);
	ext->len = last->len += get_signed(in);
	ext->addr = last->addr += get_signed(in);
	ext->type = get_varint(in, 16);
	ext->flags = get_varint(in, 16);
}

size_t codec_get(struct codec *codec, const __u8 *in, size_t size, struct dax_event_extent *ev)
{
	struct input input = {.p = in, .end = in + size};
	struct dax_event *last = &codec->last.ev;
	__u8 control = get_byte(&input);
	__u64 base = addr_base(last), delta;

	if (control & ~REC_EV_KNOWN)
		return 0;
	if (control & REC_EV_KIND) {
		last->outcome = get_byte(&input);
		last->reason = get_byte(&input);
		last->flags = get_varint(&input, 16);
	}
	if (control & REC_EV_WHO) {
		last->slot = get_varint(&input, 32);
		last->tid = get_varint(&input, 32);
	}
	if (control & REC_EV_PGOFF)
		codec->step = get_signed(&input);
	last->pgoff += codec->step;
	if (control & REC_EV_ADDR)
		base += get_signed(&input);
	last->addr = base + (last->pgoff << DAX_PAGE_SHIFT);
	delta = get_varint(&input, 64);
	last->ts_ns += control & REC_EV_BACK ? -delta : delta;
	last->dur_ns = get_varint(&input, 64);
	last->type = control & REC_EV_EXTENT ? DAX_EV_EXTENT : DAX_EV_FAULT;

	memset(ev, 0, sizeof(*ev));
	ev->ev = *last;
	if (control & REC_EV_EXTENT)
		get_extent(&codec->last, &input, ev);
	return input.bad || last->slot >= REC_SLOT_MAX ? 0 : (size_t)(input.p - in);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recording.h - the contract of the recording file, which daxtrace writes and every reader reads.
 * All numbers are little-endian, at the offsets given here; no struct is written in its memory
 * layout. daxtrace.data(5) describes the same in words.
 *
 *   file  = header, chunk, chunk, ...          readable to the last whole chunk, without an index
 *   header = fixed part, TLVs, CRC             chunk = 64-byte header, payload
 */
#ifndef DAX_RECORDING_H
#define DAX_RECORDING_H

#include "dax_wire.h"

/*
 * File header. The magic detects a transfer that "converts" text: its first byte is not ASCII, and
 * it holds line ends and ^Z. A reader refuses another major version and unknown bits in `incompat`;
 * it ignores the minor version and unknown bits in `compat`.
 */
#define REC_MAGIC     "\211DAX\r\n\032\n"
#define REC_MAGIC_LEN 8
#define REC_MAJOR     1
#define REC_MINOR     0

#define REC_H_MAJOR    8  /* u16 */
#define REC_H_MINOR    10 /* u16 */
#define REC_H_LEN      12 /* u32: whole header with TLVs and CRC */
#define REC_H_INCOMPAT 16 /* u64 */
#define REC_H_COMPAT   24 /* u64 */
#define REC_H_TLVS     32 /* TLVs, up to the last 4 bytes: the CRC32C of all bytes before */
#define REC_HEADER_MIN 36
#define REC_HEADER_MAX (1u << 20)

#define REC_INCOMPAT_KNOWN 0ULL

/*
 * A TLV: u16 tag, u16 length, then that many bytes. Readers skip unknown tags. Texts have no NUL.
 */
#define REC_TLV_HEAD 4
#define REC_TLV_MAX  65535

/* Tags of the file header. */
enum rec_tag {
	REC_TAG_SYSNAME = 1, /* text, as in uname(2) */
	REC_TAG_RELEASE = 2,
	REC_TAG_VERSION = 3,
	REC_TAG_MACHINE = 4,
	REC_TAG_NODENAME = 5,
	REC_TAG_BOOT_ID = 6,	/* text */
	REC_TAG_TOOL = 7,	/* text: name and version of the writer */
	REC_TAG_ARG = 8,	/* text: one argument of its command line; repeated */
	REC_TAG_NCPU = 9,	/* u32: CPUs of the machine */
	REC_TAG_PAGE_SIZE = 10, /* u32: bytes; unit of every `pgoff` */
	REC_TAG_PMD_SIZE = 11,	/* u32: bytes */
	REC_TAG_TIER = 12,	/* u32: enum dax_tier */
	REC_TAG_EXTENTS = 13,	/* u32: 1 when reasons that depend on the extent are known */
	REC_TAG_CLOCK = 14,	/* u32: clockid_t of every time stamp (1: CLOCK_MONOTONIC) */
};

/*
 * Chunk header. Both CRCs are CRC32C: the header's covers bytes 0 to 59, the payload's the bytes as
 * stored. `first_ts` is the time stamp of the first event; for a chunk without events it is the
 * time of writing. The last event of a chunk ended at most `span` ns later.
 */
#define REC_CHUNK_MAGIC	    "\327dX\214"
#define REC_CHUNK_MAGIC_LEN 4

#define REC_C_TYPE	  4  /* u8: enum rec_chunk_type */
#define REC_C_FLAGS	  5  /* u8: REC_CF_*; a chunk with an unknown flag is skipped */
#define REC_C_CPU	  6  /* u16: CPU of all its events; 0 for other chunks */
#define REC_C_SEQ	  8  /* u32: 0, 1, 2, ... a gap means a missing chunk */
#define REC_C_EVENTS	  12 /* u32: events in it */
#define REC_C_RAW	  16 /* u32: bytes of the payload when not compressed */
#define REC_C_STORED	  20 /* u32: bytes of the payload in the file; at most REC_C_RAW */
#define REC_C_FIRST_TS	  24 /* u64: ns */
#define REC_C_SPAN	  32 /* u32: ns; 2^32 - 1 means this or more */
#define REC_C_UNWATCHED	  36 /* u32: dax_bpf_losses.unwatched so far, at most 2^32 - 1 */
#define REC_C_TOTAL	  40 /* u64: events in this chunk and all before it */
#define REC_C_LOST	  48 /* u64: dax_bpf_losses.events so far; TOTAL + LOST is the number that was produced */
#define REC_C_PAYLOAD_CRC 56 /* u32 */
#define REC_C_HEADER_CRC  60 /* u32 */
#define REC_CHUNK_HEADER  64

#define REC_CF_ZSTD  0x01 /* the payload is one zstd frame */
#define REC_CF_KNOWN REC_CF_ZSTD

/* Readers skip chunks of types they do not know. */
enum rec_chunk_type {
	REC_CHUNK_EVENTS = 1, /* one event after the other, see below; at least one */
	REC_CHUNK_SLOTS = 2,  /* file and process of each slot; may come after the slot's first events */
	REC_CHUNK_CLOCK = 3,  /* REC_CLOCK_*: three clocks read together; first and each second */
	REC_CHUNK_END = 4,    /* REC_END_*: last chunk of a recording that ended cleanly */
};

/* A writer closes a chunk at this size, or when its first event is this old. */
#define REC_CHUNK_BYTES (256u << 10)
#define REC_CHUNK_NS	1000000000ULL

/* Limits. A reader refuses a file that exceeds them, or skips the chunk. */
#define REC_RAW_MAX  (1u << 20) /* bytes of a payload */
#define REC_SLOT_MAX 65536u	/* slot numbers are below this */
#define REC_PATH_MAX 8191u	/* bytes of a path; the beginning of a longer one is cut off */

/*
 * Payload of REC_CHUNK_CLOCK: u64 each, ns. Readers ignore bytes that follow, also in
 * REC_CHUNK_END.
 */
#define REC_CLOCK_MONO 0
#define REC_CLOCK_BOOT 8
#define REC_CLOCK_REAL 16
#define REC_CLOCK_LEN  24

/* Payload of REC_CHUNK_END: the three clocks, then u64 each. */
#define REC_END_COUNTED	  24 /* faults that the kernel side counted: RECORDED + LOST; ~0: unknown */
#define REC_END_RECORDED  32 /* events in all chunks */
#define REC_END_LOST	  40 /* dax_bpf_losses.events */
#define REC_END_UNWATCHED 48 /* dax_bpf_losses.unwatched */
#define REC_END_SLOTS	  56 /* dax_bpf_losses.slots */
#define REC_END_FAULTS	  64 /* dax_bpf_losses.faults, a part of LOST; 0 if the payload ends before */
#define REC_END_DETAILS	  72 /* dax_bpf_losses.details; also 0 if the payload ends before */
#define REC_END_LEAST	  64 /* bytes of the payload that every recording has */
#define REC_END_LEN	  80

/*
 * Payload of REC_CHUNK_SLOTS: definitions, each a u32 slot, a u32 length of what follows, and TLVs.
 * Slot 0 stands for all files and processes without a slot of their own; it has no definition.
 */
#define REC_SLOT_HEAD 8
enum rec_slot_tag {
	REC_SLOT_KEY = 1,	  /* u64 ino, u32 dev, u32 gen, u32 tgid: struct dax_key */
	REC_SLOT_CGROUP = 2,	  /* u64 */
	REC_SLOT_COMM = 3,	  /* bytes without NUL, at most DAX_COMM_LEN - 1 */
	REC_SLOT_PATH = 4,	  /* bytes without NUL */
	REC_SLOT_FLAGS = 5,	  /* u32: DAX_META_* */
	REC_SLOT_TID = 6,	  /* u32: the slot is of this thread only; REC_SLOT_THREAD is its name, if known */
	REC_SLOT_THREAD = 7,	  /* like REC_SLOT_COMM */
	REC_SLOT_CGROUP_PATH = 8, /* like REC_SLOT_PATH, as the following ones */
	REC_SLOT_MOUNT = 9,	  /* mount point of the file's device */
	REC_SLOT_FS_TYPE = 10,
};
#define REC_SLOT_KEY_LEN 20

/*
 * Payload of REC_CHUNK_EVENTS. An event is a control byte, then the parts that it announces, in
 * this order. Numbers are LEB128 varints; "signed" ones are zigzag-encoded first; all arithmetic is
 * modulo 2^64. Each field is encoded relative to its value in the previous event of the chunk.
 * Before the first event every field is 0, and the time stamp is the chunk's `first_ts`.
 */
#define REC_EV_KIND   0x01 /* u8 outcome, u8 reason, varint flags; without it, as in the previous event */
#define REC_EV_WHO    0x02 /* varint slot, varint tid; without it, as in the previous event */
#define REC_EV_PGOFF  0x04 /* signed change of pgoff; without it, the same change as before (at first 0) */
#define REC_EV_ADDR   0x08 /* signed change of (addr - pgoff * 4096); without it, no change */
#define REC_EV_EXTENT 0x10 /* an extent follows the event */
#define REC_EV_BACK   0x20 /* the time stamp decreased by the change that follows */
#define REC_EV_KNOWN  0x3f /* an event with any other bit is malformed */
/*
 * After these parts always: varint change of ts, varint dur. Then, with REC_EV_EXTENT: signed
 * changes of its off, len and addr relative to the previous extent in the chunk, varint type,
 * varint flags.
 */
#define REC_EVENT_MIN 3	 /* least bytes of one event */
#define REC_EVENT_MAX 96 /* most bytes of one event */

/*
 * A reader leaves out and counts events with an outcome that it does not know; an unknown reason
 * becomes DAX_WHY_UNKNOWN. These numbers are in files: add new values at the end, and never change
 * one.
 */
DAX_WIRE_ASSERT(DAX_PTE_MAPPED == 0 && DAX_PTE_SYNC == 2 && DAX_PTE_ERROR == 5, "recording");
DAX_WIRE_ASSERT(DAX_PMD_MAPPED == 6 && DAX_PMD_SYNC == 8 && DAX_PMD_FALLBACK == 11, "recording");
DAX_WIRE_ASSERT(DAX_WHY_MISALIGNED_ADDR == 1 && DAX_WHY_PTE_ENTRY == 6, "recording");
DAX_WIRE_ASSERT(DAX_WHY_EXTENT_SHORT == 8 && DAX_WHY_UNKNOWN == 13, "recording");

#endif /* DAX_RECORDING_H */

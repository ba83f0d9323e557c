/* SPDX-License-Identifier: GPL-2.0-only */
/* What the recorder's BPF programs hand over: pieces of persistent memory that left the CPU's caches, in order. */
#ifndef POWER_RECORD_H
#define POWER_RECORD_H

enum { PIECE = 4096, CACHE_LINE = 64 };

enum piece_kind {
	PIECE_FLUSH = 1, /* cache lines that the kernel wrote back */
	PIECE_COPY,      /* bytes that it stored past the caches */
	PIECE_USER,      /* lines that a program wrote back, and has fenced */
	PIECE_FENCE,     /* all pieces before it are persistent from here on */
	PIECE_MARK,      /* something that the test has to say; id */
};

enum record_mode {
	RECORD_OFF,
	RECORD_ALL,
	RECORD_WHERE, /* the addresses only, no data */
};

struct piece {
	__u32 kind;
	__u32 size;
	__u64 addr; /* of the kernel's mapping; of a mark its id */
	__u8 data[PIECE];
};

/* How the test calls the program emit */
struct emit_args {
	__u32 kind;
	__u32 size;
	__u64 addr;
};

#endif

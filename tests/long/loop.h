/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.h - the contract between the player of events in the kernel and the test that writes its
 * script. Includes nothing, as dax_wire.h.
 */
#ifndef LOOP_H
#define LOOP_H

#define LOOP_MAX_EVENTS 1024
#define LOOP_WALKS	4
#define LOOP_CPUS	2
#define LOOP_DEV	(0x999 << 20 | 1)
#define LOOP_MAX_CALL	(1 << 23) /* what bpf_loop() does in one call */

/* The tracepoint that an event stands for. */
enum loop_door {
	LOOP_PTE_FAULT,
	LOOP_PTE_DONE,
	LOOP_PMD_FAULT,
	LOOP_PMD_DONE,
	LOOP_MKWRITE,
	LOOP_MKWRITE_NO_ENTRY,
	LOOP_MARK,   /* dax_load_hole and its like: sets the flag @arg */
	LOOP_EXTENT, /* iomap_iter_dstmap */
	LOOP_WAITED, /* dax_entry_wait, for the operation @arg */
};

/* What the page cache holds: no entry, or 4 KiB entries in this many MiB from the file's begin on.
 */
enum loop_entries { LOOP_EMPTY, LOOP_16_MIB, LOOP_1_GIB };

struct loop_event {
	__u16 door;
	__u16 walk; /* which of the walks moves it */
	__u8 steps; /* the walk goes on after it */
	__u8 write; /* the rest is what struct vm_fault and its like hold then */
	__u8 cow;
	__u8 shared;
	__u8 entries; /* enum loop_entries */
	__u8 vma_lock; /* the fault holds only the VMA's lock */
	__u8 pad[2];
	__u32 result;
	__u32 arg;
	__u32 max; /* max_pgoff, from the last page of the range */
	__u64 ino;
	__u64 by_ino; /* more for each step of the walk */
	__u64 pgoff;
	__u64 by_page;
	__u64 by_cpu;  /* pages more on the second CPU */
	__u64 skew;    /* of the address against the file offset, bytes */
	__u64 before;  /* vm_start, from the begin of the 2 MiB around the address */
	__u64 after;   /* vm_end, the same */
	__u64 ext_len; /* from the begin of the range on */
	__u64 ext_addr;
	__u64 ns;
};

/* Memory that the bodies take for the kernel's: each field lies where this kernel has it. */
struct loop_stage {
	char apart[256]; /* what lies before shares no cache line with it */
	__u8 vmf[256];
	__u8 vma[512];
	__u8 inode[1024];
	__u8 sb[256];
	__u8 mapping[512];
	__u8 low[1024], high[1024]; /* nodes of the page cache */
	__u8 file[512];
	__u8 dentry[512];
	__u8 root[512];
	__u8 iomap[128];
	__u64 max_pgoff;
	char name[8];
	__u64 head[3]; /* of the page cache, by enum loop_entries */
	__u64 ns;
	__u64 at[LOOP_WALKS]; /* where this CPU's walks are */
	char apart_too[256];
};

/* What is timed: faults, or what they are compared with. */
enum loop_plain { LOOP_FAULTS, LOOP_NOTHING, LOOP_CLOCK };

/* What a run plays: @events events, the script over and over, first from @from on. */
struct loop_args {
	__u32 cpu;
	__u32 nr; /* of the script */
	__u32 events;
	__u32 what; /* enum loop_plain; of loop_play 0 */
	__u32 from; /* of loop_plain 0 */
};

#endif

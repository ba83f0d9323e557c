/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dax_wire.h - the contract between the BPF programs and the collector: what is counted, in which
 * cells, and what an event record holds. Both sides include it, so it includes nothing itself: the
 * BPF side includes vmlinux.h before it, the other side <linux/types.h>.
 */
#ifndef DAX_WIRE_H
#define DAX_WIRE_H

#define DAX_COMM_LEN   16  /* TASK_COMM_LEN, with its final NUL */
#define DAX_PATH_PARTS 8   /* path components kept, starting at the file and going up */
#define DAX_PART_LEN   64  /* bytes kept of each component, with its final NUL */
#define DAX_MAX_WATCHED 65536 /* processes that a filter can hold at a time, with descendants */
#define DAX_NEAR_CPUS	512   /* CPUs from this number on are served by a slower map */
#define DAX_MAX_CPUS	8192  /* NR_CPUS of x86-64 */
#define DAX_MAX_CGROUPS	8     /* cgroups that a filter can name */

/* A range is an aligned 2 MiB piece of a file; pages are 4 KiB (x86-64). */
#define DAX_PAGE_SHIFT	   12
#define DAX_RANGE_SHIFT	   21
#define DAX_RANGE_PAGES	   512
#define DAX_CHUNK_RANGES   256 /* ranges whose state one hash entry holds: 512 MiB of file */
#define DAX_CHUNK_WORDS	   4   /* DAX_CHUNK_RANGES / 64 */
#define DAX_RANGES_DEFAULT 8192 /* entries of the range hash: 4 TiB of densely used file */

/*
 * How one fault ended. A fault that asks for a sync first (VM_FAULT_NEEDDSYNC) ends when
 * dax_insert_pfn_mkwrite maps its page; it is counted once, at that point.
 */
enum dax_outcome {
	DAX_PTE_MAPPED,	 /* 4 KiB of storage mapped, or already mapped at 2 MiB by another fault */
	DAX_PTE_ZERO,	 /* 4 KiB zero page mapped over a hole */
	DAX_PTE_SYNC,	 /* 4 KiB write through MAP_SYNC, mapped after the sync */
	DAX_PTE_COPY,	 /* a private write got its own copy of the page */
	DAX_PTE_RETRY,	 /* lost a race; the access faults again */
	DAX_PTE_ERROR,	 /* SIGBUS, out of memory, failed sync */
	DAX_PMD_MAPPED,	 /* 2 MiB of storage mapped */
	DAX_PMD_ZERO,	 /* 2 MiB zero page mapped over a hole */
	DAX_PMD_SYNC,	 /* 2 MiB write through MAP_SYNC, mapped after the sync */
	DAX_PMD_RETRY,	 /* result 0: lost a race; or the same access fell back a second time */
	DAX_PMD_ERROR,	 /* SIGBUS, out of memory, failed sync */
	DAX_PMD_FALLBACK, /* served at 4 KiB instead, for one enum dax_reason */
	DAX_NR_OUTCOMES,
};

/* Why a 2 MiB fault fell back, in the order of the kernel's tests. */
enum dax_reason {
	DAX_WHY_NONE,
	DAX_WHY_MISALIGNED_ADDR,   /* address and file offset differ modulo 2 MiB */
	DAX_WHY_PRIVATE_WRITE,	   /* write to MAP_PRIVATE: copy on write is done at 4 KiB */
	DAX_WHY_VMA_START,	   /* the range starts before the mapping */
	DAX_WHY_VMA_END,	   /* the range ends after the mapping */
	DAX_WHY_PAST_EOF,	   /* the range passes the end of the file */
	DAX_WHY_PTE_ENTRY,	   /* a 4 KiB entry is already in the range */
	DAX_WHY_LOOKUP_FAILED,	   /* the filesystem found no extent (error of iomap_begin) */
	DAX_WHY_EXTENT_SHORT,	   /* the extent ends before the range does */
	DAX_WHY_EXTENT_MISALIGNED, /* the extent is not 2 MiB aligned on its device */
	DAX_WHY_DEVICE_SHORT,	   /* the device gives less than 2 MiB, or starts misaligned */
	DAX_WHY_NO_ZERO_PAGE,	   /* no memory for the 2 MiB zero page */
	DAX_WHY_LOST_RACE,	   /* another fault filled the page table first */
	DAX_WHY_UNKNOWN,	   /* unknown at this tier */
	DAX_NR_REASONS,
};

/* Latency classes of the histograms. */
enum dax_class {
	DAX_LAT_PTE,	  /* 4 KiB: mapped, copy */
	DAX_LAT_PMD,	  /* 2 MiB: mapped */
	DAX_LAT_FALLBACK, /* 2 MiB attempts that fell back, without the 4 KiB fault that follows */
	DAX_LAT_ZERO,	  /* zero pages of both sizes */
	DAX_LAT_SYNC,	  /* MAP_SYNC of both sizes, until the page is mapped */
	DAX_LAT_WAIT,	  /* sleeps for an entry lock (T2, T3), inside the faults above or outside */
	DAX_NR_CLASSES,
};

/*
 * Log-linear latency buckets, four for each power of two. Bucket 0 counts below 128 ns. Bucket 1 +
 * 4 * (e - 7) + s counts from (4 + s) << (e - 2) ns up, for e = 7..33. The last counts from 2^34 ns
 * up.
 */
#define DAX_LAT_MIN_EXP 7
#define DAX_LAT_MAX_EXP 33
#define DAX_LAT_BUCKETS (2 + 4 * (DAX_LAT_MAX_EXP - DAX_LAT_MIN_EXP + 1))

/* What happened to 2 MiB ranges. */
enum dax_range_count {
	DAX_RANGE_TOUCHED,     /* ranges seen for the first time, at either size */
	DAX_RANGE_PMD,	       /* ranges served at 2 MiB for the first time */
	DAX_RANGE_STICKY,      /* 4 KiB faults in a range that fell back earlier */
	DAX_RANGE_NEVER_TRIED, /* 4 KiB faults in a range where 2 MiB was never tried */
	DAX_RANGE_UNTRACKED,   /* faults whose range found no room in the range hash */
	DAX_RANGE_LET_GO,      /* ranges of the untracked faults, at least: two may have the same hash */
	DAX_NR_RANGE_COUNTS,
};

/* Other events of entries. They need T2, or T3 for upgrades: see enum dax_tier. */
enum dax_entry_count {
	DAX_SPLIT_EMPTY,  /* downgrades: a 4 KiB fault split a 2 MiB entry that only held the lock */
	DAX_SPLIT_ZERO,	  /* ... a 2 MiB zero page, which unmaps it from all processes */
	DAX_UPGRADED,	  /* 4 KiB entries replaced by one of 2 MiB (patched kernels) */
	DAX_UPGRADE_FAILED, /* ... but the fault did not map at 2 MiB afterwards */
	DAX_ZERO_REPLACED_PTE, /* a 4 KiB zero page was replaced by storage, in all processes */
	DAX_ZERO_REPLACED_PMD, /* ... a 2 MiB zero page */
	DAX_NR_ENTRY_COUNTS,
};

/* What a task was doing when it slept for an entry lock; enum dax_wait_op of the patched kernel. */
enum dax_wait {
	DAX_WAIT_IN_PTE_FAULT,
	DAX_WAIT_IN_PMD_FAULT,
	DAX_WAIT_IN_MKWRITE, /* the second half of a MAP_SYNC write */
	DAX_WAIT_IN_WRITEBACK,
	DAX_WAIT_IN_INVALIDATE,
	DAX_WAIT_IN_LAYOUT,
	DAX_WAIT_IN_MEMORY_FAILURE,
	DAX_NR_WAITS,
};

/*
 * Everything that is counted for one file in one process except the histograms, for structs that
 * begin with it. 64 bits each. To sum two cells, take the larger value of lat_max, and add all
 * others.
 */
#define DAX_CELL_COUNTERS \
	/* by outcome, then 0 read, 1 write */ __u64 fault[DAX_NR_OUTCOMES][2]; \
	/* the fallbacks again, by reason */ __u64 reason[DAX_NR_REASONS]; \
	__u64 range[DAX_NR_RANGE_COUNTS]; \
	__u64 entry[DAX_NR_ENTRY_COUNTS]; \
	/* T3: those outside of faults are in slot 0 if the file had no fault */ __u64 wait[DAX_NR_WAITS]; \
	/* faults that were not timed, by sampling, and so are in no histogram */ __u64 untimed; \
	/* of the kernel side: untimed faults, which are not in fault[] */ __u64 fault_untimed[DAX_NR_OUTCOMES][2]; \
	/* ns */ __u64 lat_sum[DAX_NR_CLASSES]; \
	/* ns */ __u64 lat_max[DAX_NR_CLASSES];

/* One counting cell: the counts of one file in one process, on some of the CPUs. */
struct dax_cell {
	DAX_CELL_COUNTERS
	__u64 lat[DAX_NR_CLASSES][DAX_LAT_BUCKETS];
};

/* The key of a slot: file and process, or file and thread. Slot 0 counts what has no slot. */
struct dax_key {
	__u64 ino;
	__u32 dev;  /* device number as the kernel encodes it: major << 20 | minor */
	__u32 gen;  /* i_generation: tells a new file from an old one with the same inode number */
	__u32 tgid; /* in the initial pid namespace */
	__u32 tid;  /* likewise; 0 unless threads are counted separately */
};

#define DAX_META_DEEPER	 1 /* the path has more components than are kept */
#define DAX_META_CUT	 2 /* a component was longer than what is kept */
#define DAX_META_DELETED 4 /* the file had no name left when it was first seen */

/* The owner of a slot, written once when the slot is taken. */
struct dax_meta {
	struct dax_key key;
	__u64 cgroup;		   /* cgroup v2 id of the task that was first seen */
	__u64 start_ns;		   /* CLOCK_BOOTTIME at which the process, or thread, began */
	char comm[DAX_COMM_LEN];   /* name of the thread group leader when first seen */
	char thread[DAX_COMM_LEN]; /* name of the thread that was first seen */
	char part[DAX_PATH_PARTS][DAX_PART_LEN]; /* part[0] is the file; up to the root of its fs */
	__u32 nr_parts;
	__u32 flags;	/* DAX_META_* */
	__u32 path_dev; /* device of the filesystem of these components: an overlay's, or key.dev */
	__u32 pad;
	__u64 ready; /* 1 once all other members are valid */
};

/* A mapping of a DAX file in the process that was asked about. */
struct dax_mapped {
	__u64 start; /* address */
	__u64 ino;
	__u32 dev; /* as in struct dax_key */
	__u32 gen;
};

/* 256 ranges of one file, with one bit for each range in each bitmap. */
struct dax_chunk_key {
	__u64 ino;
	__u32 dev;
	__u32 gen;
	__u32 chunk; /* file offset / 512 MiB */
	__u32 pad;
};

struct dax_chunk {
	__u64 touched[DAX_CHUNK_WORDS];
	__u64 tried[DAX_CHUNK_WORDS];
	__u64 fell[DAX_CHUNK_WORDS];
	__u64 served[DAX_CHUNK_WORDS];
	__u64 empty[DAX_CHUNK_WORDS]; /* T2: a 2 MiB fault left an empty entry there */
};

/* Event records: every record starts with its type. */
#define DAX_EV_FAULT  1 /* struct dax_event */
#define DAX_EV_EXTENT 2 /* struct dax_event_extent: a fallback with a known extent */

#define DAX_EVF_WRITE	    0x01
#define DAX_EVF_UNTIMED	    0x02 /* dur_ns is unknown */
#define DAX_EVF_RANGE_NEW   0x04 /* counted in DAX_RANGE_TOUCHED */
#define DAX_EVF_RANGE_PMD   0x08 /* counted in DAX_RANGE_PMD */
#define DAX_EVF_STICKY	    0x10 /* counted in DAX_RANGE_STICKY */
#define DAX_EVF_NEVER_TRIED 0x20 /* counted in DAX_RANGE_NEVER_TRIED */
#define DAX_EVF_UNTRACKED   0x40 /* counted in DAX_RANGE_UNTRACKED */
#define DAX_EVF_LET_GO	    0x80 /* counted in DAX_RANGE_LET_GO */

struct dax_event {
	__u16 type; /* DAX_EV_* */
	__u16 cpu;
	__u8 outcome; /* enum dax_outcome */
	__u8 reason;  /* enum dax_reason */
	__u16 flags;  /* DAX_EVF_* */
	__u32 tid;
	__u32 slot;   /* identifies file and process through struct dax_meta */
	__u64 ts_ns;  /* CLOCK_MONOTONIC at the end of the fault */
	__u64 dur_ns; /* since the entry of the fault handler */
	__u64 pgoff;  /* file offset in 4 KiB pages */
	__u64 addr;   /* faulting address, page aligned by some kernels */
};

struct dax_event_extent {
	struct dax_event ev;
	__u64 off;   /* file offset of the extent, bytes */
	__u64 len;   /* bytes */
	__u64 addr;  /* byte address on the DAX device; ~0: none (a hole) */
	__u16 type;  /* IOMAP_HOLE.. of the running kernel */
	__u16 flags; /* IOMAP_F_* of the running kernel */
	__u32 pad;
};

/*
 * Each CPU has a ring of records. A record takes one cache line, DAX_EV_EXTENT two: the second
 * holds the members of struct dax_event_extent after its event. The kernel side writes a record,
 * then moves head; the reader moves tail after it has read. Both only grow; record n is at n modulo
 * the ring's size.
 */
#define DAX_RING_LINE 64

struct dax_ring_line {
	__u64 word[DAX_RING_LINE / 8];
};

struct dax_ring_ends {
	__u64 head; /* for a CPU without a ring: how many records are lost for this reason */
	__u64 ring; /* number of this CPU's ring + 1; 0: none, and its records are lost */
	__u64 apart[6];
	__u64 tail;
	__u64 apart_too[7];
};

/* Which faults are counted. One word, because it is tested at each fault. */
#define DAX_WHO_PIDS	1 /* only processes in watched_tgids, and their descendants */
#define DAX_WHO_CGROUPS 2 /* only tasks in watched_cgroups, and below */
#define DAX_WHO_THREADS 4 /* a slot for each file and thread, not process */

/* Read-only settings of the BPF programs, set between open and load. */
struct dax_bpf_config {
	__u32 record;	    /* lines of each ring, a power of two: write event records; 0: write none */
	__u32 who;	    /* DAX_WHO_*; 0: all, by process */
	__u32 nr_cgroups;   /* with DAX_WHO_CGROUPS: number of cgroups in watched_cgroups */
	__u32 max_slots;    /* slots of the cell array */
	__u32 shard_mask;   /* cells of one slot - 1; a CPU's number selects its cell */
	__u32 extents;	    /* iomap_iter_dstmap is attached: T1 */
	__u32 told;	    /* dax_pmd_fallback is attached and reports the reason: T3 */
	__u32 nr_cpus;	    /* number of frames: one for each possible CPU */
	__u32 timed;	    /* the begin of every fault is seen; 0: that of 4 KiB faults only at times */
	__u32 splits;	    /* splits of 2 MiB entries are counted: T2 */
	__u32 upgrades;	    /* the kernel upgrades 4 KiB entries, and looks for an extent to do so */
	__u32 preempts;	    /* programs on tracepoints can be preempted: see bpf/exact.bpf.h */
	__u32 exact;	    /* perf's programs are attached too; the kernel does not skip those */
	__u32 files;	    /* files_known is filled */
};

/*
 * T2: kernel functions that show for which operation another function runs. Roles below
 * DAX_NR_WAITS are those of enum dax_wait.
 */
#define DAX_MAX_CALLERS 20
enum dax_role {
	DAX_ROLE_GRAB = DAX_NR_WAITS, /* looks up the entry for a fault, and may split it */
	DAX_ROLE_INSERT,	      /* stores what the fault found in the entry */
	DAX_NR_ROLES,		      /* no such caller */
};

struct dax_bpf_callers {
	struct dax_bpf_caller {
		__u64 from, to; /* addresses; 0: none */
		__u32 role;	/* enum dax_role */
		__u32 pad;
	} caller[DAX_MAX_CALLERS];
};

/* Losses, counted at the place where they happen. */
struct dax_bpf_losses {
	__u64 events;	/* records that found no room in a ring, or whose fault no program ran for */
	__u64 unwatched; /* processes under the filter that could not be followed */
	__u64 slots;	/* number of times that a new file or process found no free slot */
	__u64 waits;	/* T2: waits for entry locks that may be missing, at most */
	__u64 entries;	/* T2: the same for splits and zero pages replaced; set by the collector */
	__u64 faults;	/* faults whose program the kernel skipped; set by the collector */
	__u64 details;	/* faults that may have a wrong outcome or reason; set by the collector */
};

/* 4 KiB faults that were seen to begin on one CPU, modulo 2^32. One cache line each. */
struct dax_begun {
	__u32 nr;
	__u32 pad[15];
};

#ifdef __cplusplus
#define DAX_WIRE_ASSERT static_assert
#else
#define DAX_WIRE_ASSERT _Static_assert
#endif
DAX_WIRE_ASSERT(sizeof(struct dax_event) == 48, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_event_extent) == 80, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_event) <= DAX_RING_LINE, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_event_extent) - sizeof(struct dax_event) <= DAX_RING_LINE, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_key) == 24, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_mapped) == 24, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_chunk_key) == 24, "wire");
DAX_WIRE_ASSERT(sizeof(struct dax_chunk) == 5 * 8 * DAX_CHUNK_WORDS, "wire");
DAX_WIRE_ASSERT(DAX_CHUNK_RANGES == 64 * DAX_CHUNK_WORDS, "wire");

#endif /* DAX_WIRE_H */

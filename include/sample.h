/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sample.h - the contract between the collectors and the model: one reading of all counters. The
 * running kernel and a recording give the same; the model cannot tell which one it is.
 */
#ifndef DAX_SAMPLE_H
#define DAX_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "dax_wire.h"

/* What could be attached; docs/tiers.md lists what each tier shows. */
enum dax_tier {
	DAX_T0, /* fs_dax tracepoints */
	DAX_T1, /* also iomap_iter_dstmap: all fallback reasons */
	DAX_T2, /* also fentry: waits, downgrades, zero pages replaced; DAX_KNOWN_* shows which of them */
	DAX_T3, /* events of the patched kernel: reasons, waits, downgrades, upgrades */
};

/* A counting cell in less memory: see util/counts.h. */
struct dax_counts {
	DAX_CELL_COUNTERS
	__u64 *lat[DAX_NR_CLASSES]; /* [DAX_LAT_BUCKETS]; NULL: all are 0 */
};

#define DAX_COUNT_WORDS	    (offsetof(struct dax_counts, lat) / sizeof(__u64))
#define DAX_COUNT_MAX	    (offsetof(struct dax_counts, lat_max) / sizeof(__u64))
#define DAX_COUNT_IS_MAX(i) ((i) >= DAX_COUNT_MAX && (i) < DAX_COUNT_MAX + DAX_NR_CLASSES)
_Static_assert(offsetof(struct dax_counts, lat) == offsetof(struct dax_cell, lat), "the same counters");

/*
 * Everything counted so far for one file in one process, or in one thread if key.tid is not 0.
 * Texts are any bytes, NULL when unknown, and belong to the source.
 */
struct dax_row {
	struct dax_key key;
	__u64 cgroup;		   /* of the task that was seen first; 0: unknown */
	char comm[DAX_COMM_LEN];   /* any bytes, NUL-terminated */
	char thread[DAX_COMM_LEN]; /* likewise; "" when unknown */
	const char *path;	   /* current path, as far as known */
	const char *path_was;	   /* path when first seen, if that was another */
	const char *cgroup_path;   /* relative to the mount of cgroup2 */
	const char *mount;	   /* mount point of the file's device */
	const char *fs_type;
	bool path_deleted; /* the file has no name any more: path is its last one */
	bool path_gone;	   /* path is no longer its name; the new name, if there is one, is unknown */
	bool other;	   /* the sum of everything without a slot of its own */
	/*
	 * The sum of exited processes of one name and cgroup, without tgid, or of exited threads of
	 * one process.
	 */
	bool exited;
	__u64 start_ns; /* start of the process or thread, in CLOCK_BOOTTIME; 0: unknown */
	__u32 nr; /* of a recording: distinguishes rows with equal keys; else 0 */
	struct dax_counts count; /* cumulative since the source was opened */
	const struct dax_counts *absorbed; /* the part of count that other rows had in the last reading; NULL: none */
};

/* Whether it could be read what is mapped now. */
enum dax_resident_state {
	DAX_RESIDENT_NOT_ASKED,
	DAX_RESIDENT_KNOWN,
	DAX_RESIDENT_NO_KERNEL, /* no PAGEMAP_SCAN: before Linux 6.7 */
	DAX_RESIDENT_DENIED,	/* not our process, or in another pid namespace */
	DAX_RESIDENT_LIMIT, /* more processes, mappings or memory than the limits of one reading */
	DAX_NR_RESIDENT_STATES,
};

enum dax_resident_size {
	DAX_RESIDENT_PMD, /* mapped at 2 MiB, zero pages included */
	DAX_RESIDENT_PTE,
	DAX_RESIDENT_PMD_ZERO, /* zero pages among these */
	DAX_RESIDENT_PTE_ZERO,
	DAX_NR_RESIDENT_SIZES,
};

/*
 * What the page tables of one process hold of one DAX file when the sample is taken: a reading, not
 * a counter. For each process that was read, or should have been, there is first one without inode
 * and bytes; its state holds for the whole process.
 */
struct dax_resident {
	struct dax_key key; /* gen is 0 when no row shows it */
	enum dax_resident_state state;
	bool partial;		 /* a limit was reached: at least these bytes */
	char comm[DAX_COMM_LEN]; /* of the process; any bytes */
	const char *path; /* of the file; any bytes; NULL when unknown; owned by the source */
	bool path_deleted;
	__u64 bytes[DAX_NR_RESIDENT_SIZES]; /* ~0: the kernel cannot show it */
};

/* Which cgroups the host has. BPF sees only those of version 2. */
enum dax_cgroups {
	DAX_CGROUPS_V2,	    /* or unknown, as in a recording */
	DAX_CGROUPS_HYBRID, /* also version 1: tasks that are only in a cgroup of version 1 appear in the root here */
	DAX_CGROUPS_NONE,   /* version 2 is not mounted: every cgroup is unknown */
	DAX_NR_CGROUPS,
};

/* What only some tiers and kernels count, as bits. Without its bit a counter is unknown, not 0. */
enum {
	DAX_KNOWN_EXTENTS = 1 << 0,	  /* reasons that depend on the extent (T1 and up) */
	DAX_KNOWN_DOWNGRADES = 1 << 1,	  /* splits of 2 MiB entries; a recording has none */
	DAX_KNOWN_WAITS = 1 << 2,	  /* waits for entry locks */
	DAX_KNOWN_ZERO_REPLACED = 1 << 3, /* zero pages that were replaced by storage */
	DAX_KNOWN_UPGRADES = 1 << 4,	  /* upgrades to 2 MiB, which patched kernels have */
	DAX_KNOWN_THREADS = 1 << 5,	  /* each row is of one thread */
};

/*
 * One reading. Counters are cumulative. A row of the previous reading may be missing because its
 * process has exited; its counts are then part of another row (`absorbed`). nr_gone is the number
 * of such rows.
 */
struct dax_sample {
	__u64 mono_ns; /* CLOCK_MONOTONIC of the reading */
	__u64 real_ns; /* CLOCK_REALTIME of the reading */
	enum dax_tier tier;
	unsigned int known; /* DAX_KNOWN_*: what is counted */
	enum dax_cgroups cgroups;
	struct dax_bpf_losses lost;
	size_t nr_gone;		 /* rows of the previous reading that are now part of others */
	size_t nr_rows;
	const struct dax_row *rows; /* belong to the source; valid until its next reading */
	size_t nr_residents;	    /* 0: not asked for, or a recording */
	const struct dax_resident *residents; /* likewise */
};

/*
 * A source of samples. next() fills @out and returns 1, or returns 0 at the end of a recording, or
 * a negative errno. A live source never sleeps in it.
 */
struct dax_source {
	int (*next)(struct dax_source *src, struct dax_sample *out);
	void (*free)(struct dax_source *src); /* NULL is allowed */
};

#endif /* DAX_SAMPLE_H */

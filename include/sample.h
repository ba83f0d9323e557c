/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sample.h - the contract between collectors and the model: one reading of all counters. A running
 * kernel and a recording give the same thing, and the model cannot tell them apart.
 */
#ifndef DAX_SAMPLE_H
#define DAX_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "dax_wire.h"

/* What could be attached; see the README for what each tier shows. */
enum dax_tier {
	DAX_T0, /* fs_dax tracepoints */
	DAX_T1, /* and iomap_iter_dstmap: all fallback reasons */
	DAX_T2, /* and fentry: waits, downgrades, zero pages replaced; which of them, the flags say */
	DAX_T3, /* events of the patched kernel: reasons, waits, downgrades, upgrades */
};

/* A cell of the kernel's, in less memory: see util/counts.h. */
struct dax_counts {
	DAX_CELL_COUNTERS
	__u64 *lat[DAX_NR_CLASSES]; /* [DAX_LAT_BUCKETS]; NULL: all are 0 */
};

#define DAX_COUNT_WORDS	    (offsetof(struct dax_counts, lat) / sizeof(__u64))
#define DAX_COUNT_MAX	    (offsetof(struct dax_counts, lat_max) / sizeof(__u64))
#define DAX_COUNT_IS_MAX(i) ((i) >= DAX_COUNT_MAX && (i) < DAX_COUNT_MAX + DAX_NR_CLASSES)
_Static_assert(offsetof(struct dax_counts, lat) == offsetof(struct dax_cell, lat), "the same counters");

/*
 * Everything counted so far about one file in one process, or thread: then key.tid is not 0. Texts
 * are any bytes, NULL when unknown, and owned by the source.
 */
struct dax_row {
	struct dax_key key;
	__u64 cgroup;		   /* of the task that was first seen; 0: unknown */
	char comm[DAX_COMM_LEN];   /* any bytes, NUL-terminated */
	char thread[DAX_COMM_LEN]; /* likewise; "" when unknown */
	const char *path;	   /* now, as far as known */
	const char *path_was;	   /* when first seen, if it was another */
	const char *cgroup_path;   /* below the mount of cgroup2 */
	const char *mount;	   /* where the file's device is mounted */
	const char *fs_type;
	bool path_deleted; /* the file has no name: path is its last */
	bool path_gone;	   /* path is no longer its name; which is, is not known */
	bool other;	   /* stands for everything that found no slot of its own */
	/* Stands for gone processes of one name and cgroup, without tgid, or for gone threads of one. */
	bool exited;
	__u64 start_ns; /* of the process or thread, in CLOCK_BOOTTIME; 0: unknown */
	__u32 nr; /* of a recording, some of whose rows are alike: tells them apart; else 0 */
	struct dax_counts count; /* cumulative since the source was opened */
	const struct dax_counts *absorbed; /* of count, what rows of the last reading had; NULL: nothing */
};

/* Whether what is mapped now could be read. */
enum dax_resident_state {
	DAX_RESIDENT_NOT_ASKED,
	DAX_RESIDENT_KNOWN,
	DAX_RESIDENT_NO_KERNEL, /* no PAGEMAP_SCAN: before Linux 6.7 */
	DAX_RESIDENT_DENIED,	/* not our process, or in another pid namespace */
	DAX_RESIDENT_LIMIT, /* more processes, mappings or memory than one reading may look at */
	DAX_NR_RESIDENT_STATES,
};

enum dax_resident_size {
	DAX_RESIDENT_PMD, /* mapped at 2 MiB, zero pages included */
	DAX_RESIDENT_PTE,
	DAX_RESIDENT_PMD_ZERO, /* of these, zero pages */
	DAX_RESIDENT_PTE_ZERO,
	DAX_NR_RESIDENT_SIZES,
};

/*
 * What the page tables of one process hold of one DAX file when the sample is taken: a reading, not
 * a counter. Each process that was looked at, or should have been, first has one for itself, with
 * no inode and no bytes, whose state holds for all of it.
 */
struct dax_resident {
	struct dax_key key; /* gen is 0 where no row tells it */
	enum dax_resident_state state;
	bool partial;		 /* the limits were met: at least these */
	char comm[DAX_COMM_LEN]; /* of the process; any bytes */
	const char *path; /* of the file; any bytes; NULL when unknown; owned by the source */
	bool path_deleted;
	__u64 bytes[DAX_NR_RESIDENT_SIZES]; /* ~0: the kernel cannot tell */
};

/* Which cgroups the host has: the kernel tells BPF that of version 2 only. */
enum dax_cgroups {
	DAX_CGROUPS_V2,	    /* or not known, as of a recording */
	DAX_CGROUPS_HYBRID, /* version 1 too: what is only in one of its cgroups is in the root here */
	DAX_CGROUPS_NONE,   /* version 2 is not mounted: every cgroup is unknown */
	DAX_NR_CGROUPS,
};

/* What only some tiers and kernels count, as bits of a set; without its bit a counter is unknown, not 0. */
enum {
	DAX_KNOWN_EXTENTS = 1 << 0,	  /* extent reasons can be told (T1 and up) */
	DAX_KNOWN_DOWNGRADES = 1 << 1,	  /* splits of 2 MiB entries; a recording holds none */
	DAX_KNOWN_WAITS = 1 << 2,	  /* waits for entry locks */
	DAX_KNOWN_ZERO_REPLACED = 1 << 3, /* zero pages that gave way to storage */
	DAX_KNOWN_UPGRADES = 1 << 4,	  /* upgrades to 2 MiB: the kernel has them */
	DAX_KNOWN_THREADS = 1 << 5,	  /* rows are of threads */
};

/*
 * One reading. Counters are cumulative. A row of the reading before may be missing: its process is
 * gone, and what it had is part of another row, which says so. Their number is nr_gone.
 */
struct dax_sample {
	__u64 mono_ns; /* CLOCK_MONOTONIC of the reading */
	__u64 real_ns; /* CLOCK_REALTIME of the reading */
	enum dax_tier tier;
	unsigned int known; /* DAX_KNOWN_*: what is counted */
	enum dax_cgroups cgroups;
	struct dax_bpf_losses lost;
	size_t nr_gone;		 /* rows of the reading before that are in others now */
	size_t nr_rows;
	const struct dax_row *rows; /* owned by the source, valid until its next reading */
	size_t nr_residents;	    /* 0: not asked for, or a recording */
	const struct dax_resident *residents; /* likewise owned */
};

/*
 * A source of samples. next() fills @out and returns 1, or 0 at the end of a recording, or a
 * negative errno. A live source never sleeps in it.
 */
struct dax_source {
	int (*next)(struct dax_source *src, struct dax_sample *out);
	void (*free)(struct dax_source *src); /* NULL is fine */
};

#endif /* DAX_SAMPLE_H */

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
	struct dax_cell count; /* cumulative since the source was opened */
	const struct dax_cell *absorbed; /* of count, what rows of the last reading had; NULL: nothing */
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

/*
 * One reading. Counters are cumulative. A row of the reading before may be missing: its process is
 * gone, and what it had is part of another row, which says so. Their number is nr_gone.
 */
struct dax_sample {
	__u64 mono_ns; /* CLOCK_MONOTONIC of the reading */
	__u64 real_ns; /* CLOCK_REALTIME of the reading */
	enum dax_tier tier;
	bool extents;		 /* extent reasons can be told (T1 and up) */
	bool downgrades;	 /* splits of entries are counted; a recording holds none */
	bool waits;		 /* so are waits for entry locks */
	bool zero_replaced;	 /* so are zero pages that gave way to storage */
	bool upgrades;		 /* and so are upgrades: the kernel has them */
	bool threads;		 /* rows are of threads */
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

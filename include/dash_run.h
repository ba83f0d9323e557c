/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dash_run.h - the contract between the readers of files (tools/dash/format) and the store: one run
 * of a workload, with its commit, its environment and what was measured.
 *
 * Texts belong to the run. They are UTF-8 without control bytes, because the reader has escaped
 * them. NULL: not known.
 */
#ifndef DASH_RUN_H
#define DASH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define DASH_RUN_SCHEMA "daxdash-run/1"

/* How a metric behaves, which decides how it is judged. */
enum dash_class {
	DASH_EXACT,  /* a count that must not change: judged by equality */
	DASH_ICOUNT, /* guest instructions: the same to about 0.01 % */
	DASH_RATIO,  /* num of den, judged in points (0.01), never relative to itself */
	DASH_TIME,   /* noisy */
	DASH_RATE,   /* noisy */
	DASH_SIZE,   /* bytes; noisy */
	DASH_NR_CLASSES,
};

/* Which way a metric gets worse. */
enum dash_better {
	DASH_LOWER,
	DASH_HIGHER,
	DASH_EQUAL, /* any change is worse */
	DASH_NONE,  /* only shown, never a regression */
	DASH_NR_BETTER,
};

/* One bucket: it counts values below @upper that no earlier bucket counts; ~0: no upper bound. */
struct dash_bucket {
	__u64 upper, count;
};

struct dash_hist {
	struct dash_bucket *bucket; /* only those that count something, by rising upper */
	size_t nr;
	__u64 count;
	double sum; /* NaN: unknown */
};

struct dash_metric {
	char *workload; /* "counts/pmd-write" */
	char *params;	/* "fs=xfs,kernel=debian-6.1", in a fixed order; "" when there are none */
	char *name;	/* "fallbacks{reason=extent_short}" */
	char *unit;	/* "faults", "ns", "instructions", "ratio"; "" when there is none */
	enum dash_class class;
	enum dash_better better;
	bool gate;		     /* a regression of it fails a job; false: it is only shown */
	double rel_floor, abs_floor; /* a smaller change is not counted as one; NaN: the default of the class */
	double value;
	bool ratio;		     /* num and den are valid */
	__u64 num, den;
	double lo, hi;		     /* as in the file; NaN: not in the file */
	__u64 n;		     /* how many measurements value summarizes; 0: unknown */
	struct dash_hist *hist;	     /* NULL: none */
};

struct dash_pair {
	char *key, *value;
};

struct dash_commit {
	char *repo;   /* "" when not given */
	char *sha;    /* 7 to 64 hex digits */
	char *parent; /* first parent */
	char *branch;
	char *subject;
	__s64 order; /* number of commits from the root by first parents: the x axis; -1: unknown */
	__s64 time;  /* s since 1970; -1: unknown */
};

struct dash_run {
	char *uuid; /* unique id: importing a run twice stores it once; of a foreign file a hash */
	struct dash_commit commit;
	struct dash_pair *env; /* by rising key */
	size_t nr_env;
	char *kind;    /* "main", "pr", "confirm", "manual" */
	char *pair;    /* of an ABBA series: its name, and ... */
	int slot;      /* ... the place in it, from 0; -1: none */
	__s64 started; /* s since 1970; -1: unknown */
	__s64 duration_ns; /* -1: unknown */
	__u64 lost;	   /* events lost: the run is stored, but not judged */
	char *build;	   /* hash of what was measured; runs with equal ones cannot differ */
	char *ci_url;
	struct dash_metric *metric;
	size_t nr_metrics;
};

/* Keys of the environment that every tool writes, and that the judge and the page know. */
#define DASH_ENV_CPU	    "cpu"	     /* model name */
#define DASH_ENV_ACCEL	    "accel"	     /* "none", "kvm", "tcg" */
#define DASH_ENV_CPUS	    "cpus"
#define DASH_ENV_KERNEL	    "kernel"	     /* release */
#define DASH_ENV_BUILD_ID   "kernel_build_id"
#define DASH_ENV_CONFIG	    "kernel_config"  /* hash */
#define DASH_ENV_FS	    "fs"
#define DASH_ENV_GEOMETRY   "fs_geometry"    /* "bsize=4096 sunit=512 swidth=512" */
#define DASH_ENV_TOOL	    "tool"	     /* "daxtrace 0.1.0" */
#define DASH_ENV_TIER	    "tier"
#define DASH_ENV_ICOUNT	    "icount"	     /* "yes", "no" */

#endif

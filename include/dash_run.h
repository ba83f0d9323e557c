/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dash_run.h - the contract between what reads a file (tools/dash/format) and the store: one run of a
 * workload: of which commit, in which environment, and what was measured.
 *
 * Texts are UTF-8 without control bytes, since whoever fills this in has escaped them; owned by the
 * run. A text that is not known is NULL.
 */
#ifndef DASH_RUN_H
#define DASH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define DASH_RUN_SCHEMA "daxdash-run/1"

/* How a metric behaves, and so how it is judged. */
enum dash_class {
	DASH_EXACT,  /* a count that must not move: judged by equality */
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

/* One bucket: values below @upper that are not below the one before; ~0: no upper bound. */
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
	bool gate;		     /* fails a job; else it is only shown */
	double rel_floor, abs_floor; /* a smaller change is none; NaN: the class's own */
	double value;
	bool ratio;		     /* num and den hold */
	__u64 num, den;
	double lo, hi;		     /* as the file gave them; NaN: it did not */
	__u64 n;		     /* how many measurements value sums up; 0: unknown */
	struct dash_hist *hist;	     /* NULL: none */
};

struct dash_pair {
	char *key, *value;
};

struct dash_commit {
	char *repo;   /* "" when it was not said */
	char *sha;    /* 7 to 64 hex digits */
	char *parent; /* first parent */
	char *branch;
	char *subject;
	__s64 order; /* commits from the root by first parents: the x axis; -1: unknown */
	__s64 time;  /* s since 1970; -1: unknown */
};

struct dash_run {
	char *uuid; /* what makes importing twice one run; of a foreign file the hash of its content */
	struct dash_commit commit;
	struct dash_pair *env; /* by rising key */
	size_t nr_env;
	char *kind;    /* "main", "pr", "confirm", "manual" */
	char *pair;    /* of an ABBA series: its name, and ... */
	int slot;      /* ... the place in it, from 0; -1: none */
	__s64 started; /* s since 1970; -1: unknown */
	__s64 duration_ns; /* -1: unknown */
	__u64 lost;	   /* events lost: stored, and not judged */
	char *build;	   /* hash of what was measured; equal ones cannot differ */
	char *ci_url;
	struct dash_metric *metric;
	size_t nr_metrics;
};

/* The environment's keys that every tool writes and the judge and the page know. */
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

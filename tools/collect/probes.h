/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes.h - the one table of BPF programs: where each attaches, when it is loaded, what is lost
 * when it is skipped.
 */
#ifndef DAX_COLLECT_PROBES_H
#define DAX_COLLECT_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include "sample.h"

enum dax_probe_kind {
	DAX_PROBE_TRACEPOINT, /* tp_btf */
	DAX_PROBE_FENTRY,     /* fentry or fexit */
	DAX_PROBE_PERF,	      /* the same tracepoint, attached by perf: see bpf/exact.bpf.h */
};

/* For what a program is loaded. It is loaded when all its bits are wanted. */
enum {
	PROBE_FOR_EXTENTS = 1 << 0,	/* extents from iomap (T1, T2) */
	PROBE_FOR_EXTENT_PLAIN = 1 << 1, /* ... by the tracepoint itself, and not only by perf's program */
	PROBE_FOR_WAITS = 1 << 2,	/* waits for entry locks, by fentry */
	PROBE_FOR_SPLITS = 1 << 3,	/* splits of 2 MiB entries, by fentry */
	PROBE_FOR_REPLACED = 1 << 4,	/* zero pages replaced by storage, by fentry */
	PROBE_FOR_TOLD = 1 << 5,	/* the patched kernel's own events (T3) */
	PROBE_FOR_UPGRADES = 1 << 6,	/* ... among them upgrades */
	PROBE_FOR_PIDS = 1 << 7,	/* a filter of processes, which follows their children */
	PROBE_FOR_PREEMPTED = 1 << 8,	/* a kernel that skips programs (7.0 and later) */
	PROBE_FOR_EXACT = 1 << 9,	/* ... on which perf's programs count the skipped faults */
	PROBE_FOR_PLAIN = 1 << 10,	/* a kernel on which they do not */
};

/* What may be lost when the kernel skips a program. */
enum {
	PROBE_LOSES_FAULT = 1 << 0,   /* a fault was not counted */
	PROBE_LOSES_DETAIL = 1 << 1,  /* a fault was counted without details of its outcome, or without its reason */
	PROBE_LOSES_WAIT = 1 << 2,    /* a wait for an entry lock */
	PROBE_LOSES_ENTRY = 1 << 3,   /* a split, or a replaced zero page */
	PROBE_LOSES_PROCESS = 1 << 4, /* a child that was not followed */
};

/*
 * When a program is attached. Programs for the end of a fault come before those for its begin: a
 * begin without an end would leave state behind.
 */
enum dax_probe_stage {
	PROBE_BEFORE_FILTER, /* before processes are put into the filter, so that no child is missed */
	PROBE_FAULTS,
};

struct dax_probe {
	const char *program; /* its name in bpf/daxscope.bpf.c */
	const char *target;  /* tracepoint or kernel function */
	enum dax_tier tier;
	enum dax_probe_kind kind;
	enum dax_probe_stage stage;
	unsigned int wanted_for; /* PROBE_FOR_*: all of them must be wanted */
	unsigned int loses;	 /* PROBE_LOSES_* */
};

/* In the order in which they are attached. */
extern const struct dax_probe dax_probes[];
extern const size_t dax_nr_probes;

/* What is lost when the kernel skips @probe, given the programs loaded for @wanted. */
unsigned int dax_probe_loses(const struct dax_probe *probe, unsigned int wanted);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* features.h - what a BPF program can attach to on this kernel, found by trying. */
#ifndef DAX_COLLECT_FEATURES_H
#define DAX_COLLECT_FEATURES_H

#include <stdio.h>
#include "collect/kallsyms.h"
#include "collect/probes.h"
#include "sample.h"

#define DAX_MAX_PROBES 64

struct dax_features {
	struct dax_probe_try {
		const char *name;
		enum dax_tier tier;
		enum dax_probe_kind kind;
		int err; /* 0: works; -ENOENT: this kernel does not have it; else the kernel's error */
	} probe[DAX_MAX_PROBES];
	size_t nr;
	struct kallsyms kallsyms;
};

/* What T2 can count here, one bit each. */
#define DAX_T2_WAITS	1 /* waits for entry locks */
#define DAX_T2_REPLACED 2 /* zero pages replaced by storage */
#define DAX_T2_SPLITS	4 /* 2 MiB entries that were split */

struct btf;

/*
 * Try the targets in probes.c of tiers @least to @most. @btf is the kernel's. Attaching to a function
 * and detaching take the kernel a tenth of a second: without @all, once one was attached to, programs
 * for the others are only loaded.
 */
void dax_features_try(struct dax_features *features, const struct btf *btf, enum dax_tier least,
		      enum dax_tier most, bool all);
/* Can a program for the iterator @name, a kernel function, be loaded? */
bool dax_features_iterates(const struct btf *btf, const char *name);
unsigned int dax_features_t2(const struct dax_features *features);

/*
 * Print what was tried, what works, and which numbers are unknown because of what does not. Returns
 * an exit status: DAX_EXIT_OK, or DAX_EXIT_UNSUPPORTED when nothing can be counted here.
 */
int dax_features_print(FILE *to);

#endif

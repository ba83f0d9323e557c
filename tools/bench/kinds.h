/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kinds.h - the kinds of faults that daxbench can cause: what each needs, does and is counted as.
 */
#ifndef DAX_BENCH_KINDS_H
#define DAX_BENCH_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include "dax_wire.h"

#define PAGE_BYTES  ((__u64)1 << DAX_PAGE_SHIFT)
#define RANGE_BYTES ((__u64)1 << DAX_RANGE_SHIFT)

/*
 * In a range that falls back, for every kind only 511 of the 512 pages are touched: one may be
 * outside the mapping or the file, or have the 4 KiB entry that causes the fallback.
 */
#define WINDOW_PAGES (DAX_RANGE_PAGES - 1)

/* How the file is laid out before the faults. */
enum bench_layout {
	LAYOUT_PAGES,	   /* one page of data for each fault, adjacent */
	LAYOUT_PAGE_HOLES, /* the same size, all holes */
	LAYOUT_SPARSE,	   /* ranges with data only in the touched pages */
	LAYOUT_HOLES,	   /* ranges without any data */
	LAYOUT_ALIGNED,	   /* ranges of data, each in one extent aligned to 2 MiB */
	LAYOUT_UNWRITTEN,  /* the same, allocated but never written */
	LAYOUT_MISALIGNED, /* ranges of data, each in one extent that is not aligned */
	LAYOUT_EOF,	   /* one range; the file ends one page before the end of the range */
};

/* How the addresses of the faults relate to the ranges of the file. */
enum bench_geometry {
	GEO_SPAN,      /* one mapping, with the alignment of the file */
	GEO_SHIFTED,   /* one mapping, shifted by one page */
	GEO_CUT_START, /* a mapping for each range, without its first page */
	GEO_CUT_END,   /* a mapping for each range, without its last page */
	GEO_SAME,      /* a mapping for each fault, all of the same range */
};

struct bench_kind {
	const char *name;
	const char *help;
	enum bench_layout layout;
	enum bench_geometry geometry;
	bool write;	   /* the access that faults */
	bool private_map;  /* MAP_PRIVATE */
	bool sync_map;	   /* MAP_SYNC */
	bool no_huge;	   /* MADV_NOHUGEPAGE */
	bool thp_off;	   /* PR_SET_THP_DISABLE */
	bool entry_first;  /* first a 4 KiB fault through another mapping */
	unsigned int page; /* first page of the range that may be touched */
	enum dax_outcome outcome;
	enum dax_reason reason;	    /* of DAX_PMD_FALLBACK */
	enum dax_outcome completed; /* after DAX_PMD_FALLBACK: outcome of the 4 KiB fault */
};

extern const struct bench_kind bench_kinds[];
extern const size_t nr_bench_kinds;

/* NULL when there is no such kind. */
const struct bench_kind *find_kind(const char *name);

/*
 * Faults of these kinds are counted in pages, 512 in a range; those of other kinds take one range
 * each.
 */
static inline bool kind_in_pages(const struct bench_kind *kind)
{
	return kind->layout == LAYOUT_PAGES || kind->layout == LAYOUT_PAGE_HOLES;
}

static inline bool kind_falls_back(const struct bench_kind *kind)
{
	return kind->outcome == DAX_PMD_FALLBACK;
}

#endif

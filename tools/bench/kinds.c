// SPDX-License-Identifier: GPL-2.0-only
/* kinds.c - the table of kinds. */
#include <string.h>
#include "bench/kinds.h"

/* clang-format off */
const struct bench_kind bench_kinds[] = {
	{ .name = "pmd-read", .help = "2 MiB read of data",
	  .layout = LAYOUT_ALIGNED, .outcome = DAX_PMD_MAPPED },
	{ .name = "pmd-write", .help = "2 MiB write of data",
	  .layout = LAYOUT_ALIGNED, .write = true, .outcome = DAX_PMD_MAPPED },
	{ .name = "pte-read", .help = "4 KiB read of data; 2 MiB is never tried",
	  .layout = LAYOUT_PAGES, .no_huge = true, .outcome = DAX_PTE_MAPPED },
	{ .name = "pte-write", .help = "4 KiB write of data; 2 MiB is never tried",
	  .layout = LAYOUT_PAGES, .no_huge = true, .write = true, .outcome = DAX_PTE_MAPPED },
	{ .name = "pte-copy", .help = "4 KiB private write, copied; 2 MiB is never tried",
	  .layout = LAYOUT_PAGES, .no_huge = true, .write = true, .private_map = true,
	  .outcome = DAX_PTE_COPY },
	{ .name = "pte-thp-off", .help = "4 KiB read of data; its process has huge pages switched off",
	  .layout = LAYOUT_PAGES, .thp_off = true, .outcome = DAX_PTE_MAPPED },
	{ .name = "pmd-zero", .help = "2 MiB zero page: read of a hole",
	  .layout = LAYOUT_HOLES, .outcome = DAX_PMD_ZERO },
	{ .name = "pte-zero", .help = "4 KiB zero page: read of a hole; 2 MiB is never tried",
	  .layout = LAYOUT_PAGE_HOLES, .no_huge = true, .outcome = DAX_PTE_ZERO },
	{ .name = "sync-pmd", .help = "2 MiB write through MAP_SYNC to blocks never written",
	  .layout = LAYOUT_UNWRITTEN, .write = true, .sync_map = true, .outcome = DAX_PMD_SYNC },
	{ .name = "sync-pte", .help = "4 KiB write through MAP_SYNC to a hole; 2 MiB is never tried",
	  .layout = LAYOUT_PAGE_HOLES, .no_huge = true, .write = true, .sync_map = true,
	  .outcome = DAX_PTE_SYNC },
	{ .name = "fb-misaligned-addr", .help = "fallback: address one page off the file's alignment",
	  .layout = LAYOUT_SPARSE, .geometry = GEO_SHIFTED, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_MISALIGNED_ADDR, .completed = DAX_PTE_MAPPED },
	{ .name = "fb-private-write", .help = "fallback: write to a private mapping",
	  .layout = LAYOUT_SPARSE, .write = true, .private_map = true, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_PRIVATE_WRITE, .completed = DAX_PTE_COPY },
	{ .name = "fb-vma-start", .help = "fallback: the mapping starts inside the range",
	  .layout = LAYOUT_SPARSE, .geometry = GEO_CUT_START, .page = 1, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_VMA_START, .completed = DAX_PTE_MAPPED },
	{ .name = "fb-vma-end", .help = "fallback: the mapping ends inside the range",
	  .layout = LAYOUT_SPARSE, .geometry = GEO_CUT_END, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_VMA_END, .completed = DAX_PTE_MAPPED },
	{ .name = "fb-past-eof", .help = "fallback: the file ends inside the range",
	  .layout = LAYOUT_EOF, .geometry = GEO_SAME, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_PAST_EOF, .completed = DAX_PTE_MAPPED },
	{ .name = "fb-pte-entry", .help = "fallback: a 4 KiB fault came first, through another mapping",
	  .layout = LAYOUT_SPARSE, .entry_first = true, .page = 1, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_PTE_ENTRY, .completed = DAX_PTE_MAPPED },
	{ .name = "fb-extent-short", .help = "fallback: the extent ends inside the range",
	  .layout = LAYOUT_SPARSE, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_EXTENT_SHORT, .completed = DAX_PTE_MAPPED },
	{ .name = "fb-extent-misaligned", .help = "fallback: the extent is long but not aligned on the device",
	  .layout = LAYOUT_MISALIGNED, .outcome = DAX_PMD_FALLBACK,
	  .reason = DAX_WHY_EXTENT_MISALIGNED, .completed = DAX_PTE_MAPPED },
};
/* clang-format on */

const size_t nr_bench_kinds = sizeof(bench_kinds) / sizeof(bench_kinds[0]);

const struct bench_kind *find_kind(const char *name)
{
	for (size_t i = 0; i < nr_bench_kinds; i++)
		if (!strcmp(bench_kinds[i].name, name))
			return &bench_kinds[i];
	return NULL;
}

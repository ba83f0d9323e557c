// SPDX-License-Identifier: GPL-2.0-only
/* names.c - the words for outcomes, reasons, classes and tiers, and what to do about each reason.
 */
#include "fields.h"

static const char *const outcome_names[DAX_NR_OUTCOMES] = {
	[DAX_PTE_MAPPED] = "pte_mapped", [DAX_PTE_ZERO] = "pte_zero",
	[DAX_PTE_SYNC] = "pte_sync",	 [DAX_PTE_COPY] = "pte_copy",
	[DAX_PTE_RETRY] = "pte_retry",	 [DAX_PTE_ERROR] = "pte_error",
	[DAX_PMD_MAPPED] = "pmd_mapped", [DAX_PMD_ZERO] = "pmd_zero",
	[DAX_PMD_SYNC] = "pmd_sync",	 [DAX_PMD_RETRY] = "pmd_retry",
	[DAX_PMD_ERROR] = "pmd_error",	 [DAX_PMD_FALLBACK] = "pmd_fallback",
};

#define STOPPED "stop the programs that have it open, then "
#define MAPS "grep -F {file} /proc/{pid}/maps"

/*
 * What a reason means, how to be rid of it, and what to type for it. What erases data says so.
 * {file}, {dir} and {pid} are filled in by the view, {extsize} and {sparse} where XFS is.
 */
static const struct reason {
	const char *name, *means, *fix, *run;
} reasons[DAX_NR_REASONS] = {
	[DAX_WHY_NONE] = {.name = "none", .means = "nothing fell back"},
	[DAX_WHY_MISALIGNED_ADDR] =
		{
			.name = "misaligned_addr",
			.means = "memory address and file offset differ modulo 2 MiB",
			.fix = "in the program: mmap(NULL, ...) from a file offset that is a "
			       "multiple of 2 MiB; no MAP_FIXED, no address hint",
			.run = MAPS,
		},
	[DAX_WHY_PRIVATE_WRITE] =
		{
			.name = "private_write",
			.means = "a write to a private mapping copies single 4 KiB pages",
			.fix = "in the program: mmap() with MAP_SHARED, not MAP_PRIVATE",
			.run = MAPS,
		},
	[DAX_WHY_VMA_START] =
		{
			.name = "vma_start",
			.means = "the mapping begins inside the 2 MiB range",
			.fix = "in the program: map from a multiple of 2 MiB; do not split the "
			       "mapping by mprotect, munmap or mremap",
			.run = MAPS,
		},
	[DAX_WHY_VMA_END] =
		{
			.name = "vma_end",
			.means = "the mapping ends inside the 2 MiB range",
			.fix = "in the program: map a multiple of 2 MiB; do not split the mapping "
			       "by mprotect, munmap or mremap",
			.run = MAPS,
		},
	[DAX_WHY_PAST_EOF] =
		{
			.name = "past_eof",
			.means = "the file ends inside the 2 MiB range",
			.fix = STOPPED "make its length a multiple of 2 MiB, best before it is filled; "
				       "a copy drops what earlier faults left",
			.run = "truncate -s %2M {file} && " DAX_RUN_COPY,
		},
	[DAX_WHY_PTE_ENTRY] =
		{
			.name = "pte_entry",
			.means = "an earlier 4 KiB fault, of any process, left its entry in the "
				 "page cache",
			.fix = STOPPED "drop the entries by a copy (or umount and mount), and let the "
				       "first touch of each range be at 2 MiB",
			.run = DAX_RUN_COPY,
		},
	[DAX_WHY_LOOKUP_FAILED] =
		{
			.name = "lookup_failed",
			.means =
				"the filesystem found no extent: full, over quota, or an I/O error",
			.fix = "make room, or look what the device has",
			.run = "df -h {dir}; dmesg | tail",
		},
	[DAX_WHY_EXTENT_SHORT] =
		{
			.name = "extent_short",
			.means = "the file's extent ends before the 2 MiB range does",
			.fix = STOPPED "allocate it anew, in whole 2 MiB pieces; if that does not help, "
				       "daxdoctor FILE says what the filesystem lacks",
			.run = DAX_RUN_COPY,
		},
	[DAX_WHY_EXTENT_MISALIGNED] =
		{
			.name = "extent_misaligned",
			.means = "the file's extent does not start at a multiple of 2 MiB on the "
				 "device",
			.fix = STOPPED "allocate it anew; if that does not help, daxdoctor FILE says "
				       "whose the offset is: the partition has to start at a multiple of "
				       "4096 sectors, the filesystem be made by mkfs.xfs -d su=2m,sw=1 or "
				       "mkfs.ext4 -b 4096 -E stride=512 (erases all data)",
			.run = DAX_RUN_COPY,
		},
	[DAX_WHY_DEVICE_SHORT] =
		{
			.name = "device_short",
			.means = "the device gives no aligned 2 MiB in one piece: LVM, stripes, "
				 "bad blocks, namespace",
			.fix = "stripes of whole 2 MiB and, of their device, queue/max_sectors_kb "
			       "of 2048 or more; LVM from a multiple of 4096 sectors, no bad "
			       "blocks, a namespace with --align=2M (making one erases all data)",
			.run = "ndctl list -NuRM; dmsetup table",
		},
	[DAX_WHY_NO_ZERO_PAGE] =
		{
			.name = "no_zero_page",
			.means = "no memory for the 2 MiB zero page that stands for a hole",
			.fix = "free memory, or write the file once so that no hole is read",
			.run = "free -h",
		},
	[DAX_WHY_LOST_RACE] =
		{
			.name = "lost_race",
			.means = "another thread's fault filled the page table first",
			.fix = "nothing to do; if there are many, let one thread touch each range "
			       "first",
		},
	[DAX_WHY_UNKNOWN] =
		{
			.name = "unknown",
			.means = "this tier cannot tell the reason",
			.fix = "run without --max-tier, on Linux 5.15 or later with the iomap "
			       "events",
		},
};

static const char *const range_names[DAX_NR_RANGE_COUNTS] = {
	[DAX_RANGE_TOUCHED] = "touched",     [DAX_RANGE_PMD] = "pmd",
	[DAX_RANGE_STICKY] = "sticky",	     [DAX_RANGE_NEVER_TRIED] = "never_tried",
	[DAX_RANGE_UNTRACKED] = "untracked",
	[DAX_RANGE_LET_GO] = "let_go",
};

static const struct {
	const char *name, *label;
} classes[DAX_NR_CLASSES] = {
	[DAX_LAT_PTE] = {"pte", "4 KiB"},
	[DAX_LAT_PMD] = {"pmd", "2 MiB"},
	[DAX_LAT_FALLBACK] = {"fallback", "fallback"},
	[DAX_LAT_ZERO] = {"zero", "zero page"},
	[DAX_LAT_SYNC] = {"sync", "sync"},
	[DAX_LAT_WAIT] = {"wait", "entry-lock wait"},
};

static const char *const wait_names[DAX_NR_WAITS] = {
	[DAX_WAIT_IN_PTE_FAULT] = "pte_fault",
	[DAX_WAIT_IN_PMD_FAULT] = "pmd_fault",
	[DAX_WAIT_IN_MKWRITE] = "mkwrite",
	[DAX_WAIT_IN_WRITEBACK] = "writeback",
	[DAX_WAIT_IN_INVALIDATE] = "invalidate",
	[DAX_WAIT_IN_LAYOUT] = "layout",
	[DAX_WAIT_IN_MEMORY_FAILURE] = "memory_failure",
};

static const struct {
	const char *name, *means;
} tiers[] = {
	[DAX_T0] = {"T0", "fault events only; extent reasons are unknown"},
	[DAX_T1] = {"T1", "all fallback reasons"},
	[DAX_T2] = {"T2", "all fallback reasons, downgrades, entry-lock waits"},
	[DAX_T3] = {"T3", "all fallback reasons, downgrades, upgrades, entry-lock waits"},
};

const char *dax_outcome_name(enum dax_outcome outcome)
{
	return outcome_names[outcome];
}

const char *dax_reason_name(enum dax_reason reason)
{
	return reasons[reason].name;
}

const char *dax_reason_means(enum dax_reason reason)
{
	return reasons[reason].means;
}

const char *dax_reason_fix(enum dax_reason reason)
{
	return reasons[reason].fix;
}

const char *dax_reason_run(enum dax_reason reason)
{
	return reasons[reason].run;
}

const char *dax_class_name(enum dax_class cls)
{
	return classes[cls].name;
}

const char *dax_class_label(enum dax_class cls)
{
	return classes[cls].label;
}

const char *dax_range_name(enum dax_range_count count)
{
	return range_names[count];
}

const char *dax_wait_name(enum dax_wait wait)
{
	return (unsigned int)wait < DAX_NR_WAITS ? wait_names[wait] : "unknown";
}

const char *dax_tier_name(enum dax_tier tier)
{
	return tiers[tier].name;
}

const char *dax_tier_means(enum dax_tier tier)
{
	return tiers[tier].means;
}

// SPDX-License-Identifier: GPL-2.0-only
/* names.c - texts for outcomes, reasons, classes and tiers, and what to do about each reason. */
#include <string.h>
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
#define LINK "a program or library that runs from DAX: link it with -z max-page-size=2097152"

/*
 * What a reason means, how to fix it, and a command for that. No command destroys data; a fix that
 * erases data is only described. The view replaces {file}, {dir} and {pid}.
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
			       "multiple of 2 MiB; no MAP_FIXED, no address hint; " LINK,
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
			       "mapping by mprotect, munmap or mremap; " LINK,
			.run = MAPS,
		},
	[DAX_WHY_VMA_END] =
		{
			.name = "vma_end",
			.means = "the mapping ends inside the 2 MiB range",
			.fix = "in the program: map a multiple of 2 MiB; do not split the mapping "
			       "by mprotect, munmap or mremap; " LINK,
			.run = MAPS,
		},
	[DAX_WHY_PAST_EOF] =
		{
			.name = "past_eof",
			.means = "the file ends inside the 2 MiB range",
			.fix = "in the program: make its length a multiple of 2 MiB before it is "
			       "filled; or, where zeros at its end do no harm, " STOPPED
			       "let --grow add them to a copy",
			.run = "daxdoctor --repair --grow {file}",
		},
	[DAX_WHY_PTE_ENTRY] =
		{
			.name = "pte_entry",
			.means = "an earlier 4 KiB fault, of any process, left its entry in the "
				 "page cache",
			.fix = STOPPED "write it again, because a new file has no entries, and let the "
				       "first touch of each range be at 2 MiB",
			.run = DAX_RUN_COPY,
		},
	[DAX_WHY_LOOKUP_FAILED] =
		{
			.name = "lookup_failed",
			.means =
				"the filesystem found no extent: full, over quota, or an I/O error",
			.fix = "free some space, or look for errors of the device",
			.run = "df -h {dir}; dmesg | tail",
		},
	[DAX_WHY_EXTENT_SHORT] =
		{
			.name = "extent_short",
			.means = "the file's extent ends before the 2 MiB range does",
			.fix = STOPPED "allocate it again, in whole 2 MiB pieces; if that does not help, "
				       "daxdoctor FILE shows what the filesystem lacks",
			.run = DAX_RUN_COPY,
		},
	[DAX_WHY_EXTENT_MISALIGNED] =
		{
			.name = "extent_misaligned",
			.means = "the file's extent does not start at a multiple of 2 MiB on the "
				 "device",
			.fix = STOPPED "allocate it again; if that does not help, daxdoctor FILE shows "
				       "which layer adds the offset; when you make the partition or filesystem "
				       "again, which erases it, start at a multiple of 4096 sectors and "
				       "use -d su=2m,sw=1 (XFS) or -b 4096 -E stride=512 (ext4)",
			.run = DAX_RUN_COPY,
		},
	[DAX_WHY_DEVICE_SHORT] =
		{
			.name = "device_short",
			.means = "the device gives no aligned 2 MiB in one piece: LVM, stripes, "
				 "bad blocks, namespace",
			.fix = "use stripes that are a multiple of 2 MiB and set queue/max_sectors_kb "
			       ">= 2048; start LVM at a multiple of 4096 sectors, no bad "
			       "blocks, a namespace with --align=2M (making one erases all data)",
			.run = "ndctl list -NuRM; dmsetup table",
		},
	[DAX_WHY_NO_ZERO_PAGE] =
		{
			.name = "no_zero_page",
			.means = "no memory for the 2 MiB zero page, which is mapped over a hole",
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
			.means = "this tier cannot find the reason",
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

/* Storage in EROFS is decided when the image is made: to change it, make the image again. */
static bool image_decides(enum dax_reason reason, const char *fs)
{
	return fs && !strcmp(fs, "erofs") &&
	       (reason == DAX_WHY_PAST_EOF || reason == DAX_WHY_PTE_ENTRY ||
		reason == DAX_WHY_EXTENT_SHORT || reason == DAX_WHY_EXTENT_MISALIGNED);
}

const char *dax_reason_fix(enum dax_reason reason, const char *fs)
{
	if (!image_decides(reason, fs))
		return reasons[reason].fix;
	if (reason == DAX_WHY_PAST_EOF)
		return "make its length a multiple of 2 MiB before the image is made";
	if (reason == DAX_WHY_PTE_ENTRY)
		return STOPPED "unmount and mount it, and let the first touch of each range be at 2 MiB; daxdoctor FILE "
			       "shows whether the image allows that";
	return "the filesystem is read-only: make its image again, without compression, by mkfs.erofs "
	       "with -E noinline_data --dsunit=512 (erofs-utils 1.8 or later), and put it where a "
	       "multiple of 2 MiB begins";
}

const char *dax_reason_run(enum dax_reason reason, const char *fs)
{
	if (!image_decides(reason, fs))
		return reasons[reason].run;
	return reason == DAX_WHY_PTE_ENTRY ? "daxdoctor {file}" : NULL;
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

const char *dax_cgroups_name(enum dax_cgroups cgroups)
{
	static const char *const name[DAX_NR_CGROUPS] = {"v2", "hybrid", "v1"};

	return name[cgroups];
}

const char *dax_cgroups_means(enum dax_cgroups cgroups)
{
	static const char *const means[DAX_NR_CGROUPS] = {
		[DAX_CGROUPS_HYBRID] = "cgroups of version 1 are mounted too, and BPF sees version 2 only: processes "
				       "that are only in those have no cgroup here",
		[DAX_CGROUPS_NONE] = "unknown: BPF sees only cgroups of version 2, and none are mounted here",
	};

	return means[cgroups];
}

const char *dax_tier_name(enum dax_tier tier)
{
	return tiers[tier].name;
}

const char *dax_tier_means(enum dax_tier tier)
{
	return tiers[tier].means;
}

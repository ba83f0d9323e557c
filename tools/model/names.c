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

/*
 * What a reason means and how to be rid of it. A fix that erases data says so. {file}, {dir} and
 * {pid} are filled in by the view.
 */
static const struct reason {
	const char *name, *means, *fix;
} reasons[DAX_NR_REASONS] = {
	[DAX_WHY_NONE] = {"none", "nothing fell back", NULL},
	[DAX_WHY_MISALIGNED_ADDR] =
		{
			"misaligned_addr",
			"memory address and file offset differ modulo 2 MiB",
			"in the program: mmap(NULL, ...) from a file offset that is a multiple of "
			"2 MiB, "
			"without MAP_FIXED or an address hint",
		},
	[DAX_WHY_PRIVATE_WRITE] =
		{
			"private_write",
			"a write to a private mapping copies single 4 KiB pages",
			"in the program: mmap() with MAP_SHARED instead of MAP_PRIVATE",
		},
	[DAX_WHY_VMA_START] =
		{
			"vma_start",
			"the mapping begins inside the 2 MiB range",
			"in the program: map from a multiple of 2 MiB, and do not split the "
			"mapping with "
			"mprotect, munmap or mremap",
		},
	[DAX_WHY_VMA_END] =
		{
			"vma_end",
			"the mapping ends inside the 2 MiB range",
			"in the program: map a whole multiple of 2 MiB, and do not split the "
			"mapping with "
			"mprotect, munmap or mremap",
		},
	[DAX_WHY_PAST_EOF] =
		{
			"past_eof",
			"the file ends inside the 2 MiB range",
			"give the file a multiple of 2 MiB before it is filled: truncate -s %2M "
			"{file}",
		},
	[DAX_WHY_PTE_ENTRY] =
		{
			"pte_entry",
			"an earlier 4 KiB fault, of any process, left its entry in the page cache",
			"drop the entries: cp {file} {file}.new && mv {file}.new {file} (or umount "
			"and "
			"mount), then let the first touch of a range be at 2 MiB",
		},
	[DAX_WHY_LOOKUP_FAILED] =
		{
			"lookup_failed",
			"the filesystem found no extent: full, over quota or an I/O error",
			"df -h {dir}; dmesg | tail",
		},
	[DAX_WHY_EXTENT_SHORT] =
		{
			"extent_short",
			"the file's extent ends before the 2 MiB range does",
			"filefrag -v {file}; on XFS: xfs_io -c 'extsize 2m' {dir}; then make the "
			"file "
			"anew, allocated at once: fallocate -l SIZE",
		},
	[DAX_WHY_EXTENT_MISALIGNED] =
		{
			"extent_misaligned",
			"the file's extent does not start at a multiple of 2 MiB on the device",
			"on XFS: xfs_io -c 'extsize 2m' {dir} and copy the file; or start the "
			"partition "
			"at a multiple of 4096 sectors, then mkfs.xfs -d su=2m,sw=1 or mkfs.ext4 "
			"-b 4096 "
			"-E stride=512 (mkfs erases all data)",
		},
	[DAX_WHY_DEVICE_SHORT] =
		{
			"device_short",
			"the device gives less than 2 MiB in one piece: stripes, bad blocks, "
			"namespace",
			"ndctl list -NuRM; dmsetup table; then stripe by a multiple of 2 MiB, "
			"clear bad "
			"blocks, or ndctl create-namespace --align=2M (erases all data)",
		},
	[DAX_WHY_NO_ZERO_PAGE] =
		{
			"no_zero_page",
			"no memory for the 2 MiB zero page that stands for a hole",
			"free memory, or write {file} once so that no hole is read",
		},
	[DAX_WHY_LOST_RACE] =
		{
			"lost_race",
			"another thread's fault filled the page table first",
			"nothing to do; if there are many, let one thread touch each range first",
		},
	[DAX_WHY_UNKNOWN] =
		{
			"unknown",
			"this tier cannot tell the reason",
			"run without --max-tier, on Linux 5.15 or later with iomap tracepoints",
		},
};

static const char *const range_names[DAX_NR_RANGE_COUNTS] = {
	[DAX_RANGE_TOUCHED] = "touched",     [DAX_RANGE_PMD] = "pmd",
	[DAX_RANGE_STICKY] = "sticky",	     [DAX_RANGE_NEVER_TRIED] = "never_tried",
	[DAX_RANGE_UNTRACKED] = "untracked",
};

static const struct {
	const char *name, *label;
} classes[DAX_NR_CLASSES] = {
	[DAX_LAT_PTE] = {"pte", "4 KiB"},
	[DAX_LAT_PMD] = {"pmd", "2 MiB"},
	[DAX_LAT_FALLBACK] = {"fallback", "fallback"},
	[DAX_LAT_ZERO] = {"zero", "zero page"},
	[DAX_LAT_SYNC] = {"sync", "sync"},
};

static const struct {
	const char *name, *means;
} tiers[] = {
	[DAX_T0] = {"T0", "fault events only; extent reasons are unknown"},
	[DAX_T1] = {"T1", "all fallback reasons"},
	[DAX_T2] = {"T2", "all reasons, downgrades and entry-lock waits"},
	[DAX_T3] = {"T3", "the patched kernel's own events"},
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

const char *dax_tier_name(enum dax_tier tier)
{
	return tiers[tier].name;
}

const char *dax_tier_means(enum dax_tier tier)
{
	return tiers[tier].means;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* pagemap.h - what of a process's memory is in its page tables now, and at which size. */
#ifndef DAX_PROC_PAGEMAP_H
#define DAX_PROC_PAGEMAP_H

#include <stdbool.h>
#include <linux/types.h>

/* Bytes; zero pages are in the first two as well. */
struct resident {
	__u64 pmd, pte;
	__u64 pmd_zero, pte_zero;
};

/* What this kernel can tell, found out by trying, once. */
struct resident_kernel {
	bool scan;	/* it has PAGEMAP_SCAN (Linux 6.7) */
	bool huge_zero; /* ... which knows a 2 MiB zero page (before 6.16 a fix is needed) */
};
const struct resident_kernel *resident_kernel(void);

/*
 * Add what is mapped in [@start, @end) of the process whose /proc/PID/pagemap is open as @pagemap.
 * 0, or a negative errno: -ENOTTY without PAGEMAP_SCAN; -ETIMEDOUT when @deadline_ns
 * (CLOCK_MONOTONIC; ~0: none) passed first, with @sum holding what was seen until then. The
 * process's mappings are locked against changes for 256 MiB at a time.
 */
int resident_add(int pagemap, __u64 start, __u64 end, __u64 deadline_ns, struct resident *sum);

#endif

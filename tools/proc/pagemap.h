/* SPDX-License-Identifier: GPL-2.0-only */
/* pagemap.h - how much of a process's memory is in its page tables now, and at which size. */
#ifndef DAX_PROC_PAGEMAP_H
#define DAX_PROC_PAGEMAP_H

#include <stdbool.h>
#include <linux/types.h>

/* Bytes. pmd and pte include the zero pages. */
struct resident {
	__u64 pmd, pte;
	__u64 pmd_zero, pte_zero;
};

/* What this kernel can show, found by trying once. */
struct resident_kernel {
	bool scan;	/* it has PAGEMAP_SCAN (Linux 6.7) */
	bool huge_zero; /* ... and it recognizes a 2 MiB zero page (before 6.16 this needs a fix) */
};
const struct resident_kernel *resident_kernel(void);

/*
 * Add what is mapped in [@start, @end) of the process whose /proc/PID/pagemap is open as @pagemap.
 * Returns 0 or a negative errno: -ENOTTY without PAGEMAP_SCAN; -ETIMEDOUT when @deadline_ns
 * (CLOCK_MONOTONIC; ~0: none) passed, with @sum holding what was read until then. The process
 * cannot change its mappings while one piece of up to 256 MiB is read.
 */
int resident_add(int pagemap, __u64 start, __u64 end, __u64 deadline_ns, struct resident *sum);

#endif

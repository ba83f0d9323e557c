/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel.h - what the running kernel has, checked before anything is loaded. */
#ifndef DAX_COLLECT_KERNEL_H
#define DAX_COLLECT_KERNEL_H

#include "collect/features.h"

struct kernel {
	bool told;	 /* it has dax_pmd_fallback and dax_pmd_downgrade */
	bool upgrades;	 /* ... and dax_pmd_upgrade */
	bool preempts;	 /* it preempts programs on tracepoints, and then skips them in other tasks */
	bool below;	 /* /proc/PID/maps shows an overlay's inodes, and a program can find those below */
	bool exact;	 /* ... but it does not skip perf's programs, which can be attached here */
	unsigned int t2; /* DAX_T2_*: what can be counted by fentry */
	struct kallsyms kallsyms;
};

/* Returns 0, or -ENOTSUP with a message in @err. Tries fentry only if @most is DAX_T2 or higher. */
int kernel_look(struct kernel *kernel, enum dax_tier most, char *err, size_t size);

/*
 * How often the kernel skipped a program because it was already running on that CPU, in any task.
 */
struct bpf_program;
__u64 kernel_passed_over(const struct bpf_program *prog);

#endif

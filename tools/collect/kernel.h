/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel.h - what the running kernel has, found out before anything is loaded. */
#ifndef DAX_COLLECT_KERNEL_H
#define DAX_COLLECT_KERNEL_H

#include "collect/features.h"

struct kernel {
	bool told;	 /* it has dax_pmd_fallback and dax_pmd_downgrade */
	bool upgrades;	 /* ... and dax_pmd_upgrade */
	bool preempts;	 /* it preempts programs on tracepoints, and skips them in other tasks until they go on */
	bool below;	 /* /proc tells an overlay's numbers of mappings, and a program can tell those below */
	bool exact;	 /* ... but not those of perf, which can be attached here */
	unsigned int t2; /* DAX_T2_*: what fentry works for */
	struct kallsyms kallsyms;
};

/* Returns 0, or -ENOTSUP with a message in @err. Fentry is tried for a @most of DAX_T2 and up. */
int kernel_look(struct kernel *kernel, enum dax_tier most, char *err, size_t size);

/* Times the kernel passed over a program because it ran on that CPU already, in whatever task. */
struct bpf_program;
__u64 kernel_passed_over(const struct bpf_program *prog);

#endif

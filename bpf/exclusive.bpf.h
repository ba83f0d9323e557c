/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exclusive.bpf.h - lets only one program run at a time on a CPU, as frames and rings require.
 *
 * Up to Linux 6.19 programs on tracepoints run with preemption disabled. From 7.0 on only migration
 * is disabled, so the programs disable preemption themselves. The kernel has the functions for this
 * from 6.13 on. For kernels that do not need them, the programs are built without these calls
 * (daxscope_plain.bpf.c): libbpf searches all modules for a function that the kernel lacks, which
 * needs CAP_SYS_ADMIN.
 */
#ifndef EXCLUSIVE_BPF_H
#define EXCLUSIVE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "state.bpf.h"

#ifdef DAX_PLAIN
#define EXCLUSIVE(body) (body)
#else
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;

#define EXCLUSIVE(body)                        \
	({                                     \
		int done__;                    \
                                               \
		if (cfg.preempts)              \
			bpf_preempt_disable(); \
		done__ = (body);               \
		if (cfg.preempts)              \
			bpf_preempt_enable();  \
		done__;                        \
	})
#endif

#endif /* EXCLUSIVE_BPF_H */

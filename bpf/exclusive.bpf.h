/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exclusive.bpf.h - one program at a time on a CPU: what frames and rings rely on.
 *
 * Up to Linux 6.19 programs on tracepoints run with preemption off. From 7.0 on only migration is, so
 * the programs switch preemption off themselves. The kernel has the calls for it from 6.13 on. Where
 * they are not needed they are left out (daxscope_plain.bpf.c): libbpf looks for a call that the kernel
 * lacks in all modules, which takes CAP_SYS_ADMIN.
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * daxscope_plain.bpf.c - the same programs for kernels that do not preempt them. See
 * exclusive.bpf.h.
 */
#define DAX_PLAIN
#include "daxscope.bpf.c"

/* SPDX-License-Identifier: GPL-2.0-only */
/* bucket.bpf.h - which latency bucket a fault falls into; a unit test compiles it natively too. */
#ifndef BUCKET_BPF_H
#define BUCKET_BPF_H

#ifdef __bpf__
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "dax_wire.h"
#define SHIFT_RIGHT(x, bits) asm volatile("%0 >>= %1" : "+r"(x) : "i"(bits))
#else
#define SHIFT_RIGHT(x, bits) ((x) >>= (bits))
#endif

/*
 * The bucket of @ns, as dax_wire.h defines it: a tree of comparisons whose leaves shift by a
 * constant. Left to itself, the compiler would use conditional moves, which BPF lacks, and a shift
 * by a register, which costs several instructions on x86.
 */
#define BUCKET_LEAF(e)                                                                             \
	({                                                                                         \
		SHIFT_RIGHT(ns, (e)-2);                                                            \
		return ns + (1 + 4 * ((e)-DAX_LAT_MIN_EXP) - 4);                                   \
	})
#define BUCKET_2(e)                                                                                \
	if (ns < 1ULL << ((e) + 1))                                                                \
		BUCKET_LEAF(e);                                                                    \
	BUCKET_LEAF((e) + 1)
#define BUCKET_4(e)                                                                                \
	if (ns < 1ULL << ((e) + 2)) {                                                              \
		BUCKET_2(e);                                                                       \
	}                                                                                          \
	BUCKET_2((e) + 2)
#define BUCKET_8(e)                                                                                \
	if (ns < 1ULL << ((e) + 4)) {                                                              \
		BUCKET_4(e);                                                                       \
	}                                                                                          \
	BUCKET_4((e) + 4)

static __always_inline __u64 latency_bucket(__u64 ns)
{
	if (ns < 1ULL << 15) {
		if (ns < 1ULL << DAX_LAT_MIN_EXP)
			return 0;
		BUCKET_8(7);
	}
	if (ns < 1ULL << 23) {
		BUCKET_8(15);
	}
	if (ns < 1ULL << 31) {
		BUCKET_8(23);
	}
	if (ns >= 1ULL << (DAX_LAT_MAX_EXP + 1))
		return DAX_LAT_BUCKETS - 1;
	if (ns < 1ULL << 33) {
		BUCKET_2(31);
	}
	BUCKET_LEAF(33);
}

#endif /* BUCKET_BPF_H */

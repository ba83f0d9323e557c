/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.bpf.h - T2: on whose behalf a function of the kernel runs, found on the stack. Walking it
 * takes a few hundred instructions, so it is only done where a task sleeps or unmaps anyway.
 */
#ifndef CALLS_BPF_H
#define CALLS_BPF_H

#include "slot.bpf.h"

/* From this program over its trampoline and the traced function to the fault handler. */
#define CALL_DEPTH 14

const volatile struct dax_bpf_callers callers = {};

/*
 * The role of the function that @at returns to, if it is from @least to @most, or DAX_NR_ROLES.
 * Global, so that the verifier looks at it once and not at each place of each stack.
 */
__noinline __u32 role_at(__u64 at, __u32 least, __u32 most)
{
	__u32 i;

	for (i = 0; i < DAX_MAX_CALLERS; i++) {
		__u32 role = callers.caller[i].role;

		if (role < least || role > most)
			continue;
		/* A return address is behind its call: the end belongs to the function. */
		if (at > callers.caller[i].from && at <= callers.caller[i].to)
			return role;
	}
	return DAX_NR_ROLES;
}

/* The same for the innermost caller that has such a role. */
static __always_inline __u32 called_by(void *ctx, __u32 least, __u32 most)
{
	__u64 stack[CALL_DEPTH] = {};
	__u32 i, role;

	if (bpf_get_stack(ctx, stack, sizeof(stack), 0) < 0)
		return DAX_NR_ROLES;
	for (i = 1; i < CALL_DEPTH; i++) {
		role = role_at(stack[i], least, most);
		if (role < DAX_NR_ROLES)
			return role;
	}
	return DAX_NR_ROLES;
}

/* wanted() without a frame. */
static __always_inline bool is_watched(__u64 id)
{
	__u32 tgid = id >> 32;

	if ((cfg.who & DAX_WHO_PIDS) && !bpf_map_lookup_elem(&watched_tgids, &tgid))
		return false;
	return !(cfg.who & DAX_WHO_CGROUPS) || in_cgroups();
}

/* A file as the slots and the filter know it; false: the task is not watched. */
static __always_inline bool key_of(struct dax_key *key, struct inode *inode, __u64 id)
{
	if (!is_watched(id))
		return false;
	*key = (struct dax_key){
		.ino = BPF_CORE_READ(inode, i_ino),
		.dev = BPF_CORE_READ(inode, i_sb, s_dev),
		.gen = BPF_CORE_READ(inode, i_generation),
		.tgid = id >> 32,
		.tid = cfg.who & DAX_WHO_THREADS ? (__u32)id : 0,
	};
	return true;
}

/*
 * The dentry that @alias is in. What a kernel lacks is an instruction that its verifier refuses, so
 * the compiler must not take one of the two offsets before it has asked which there is.
 */
static __always_inline struct dentry *dentry_of(struct hlist_node *alias)
{
	__u64 at = (__u64)alias;

	if (bpf_core_field_exists(struct dentry___unnamed, d_alias)) {
		asm volatile("" : "+r"(at));
		at -= bpf_core_field_offset(struct dentry___unnamed, d_alias);
		asm volatile("" : "+r"(at));
	} else {
		asm volatile("" : "+r"(at));
		at -= bpf_core_field_offset(struct dentry, d_u.d_alias);
		asm volatile("" : "+r"(at));
	}
	return (struct dentry *)at;
}

/*
 * The cell of @key's file and process, of which no fault may have been seen yet. No frame is
 * touched: fentry programs run with preemption on.
 */
static __always_inline __u32 cell_at(const struct dax_key *key, struct inode *inode)
{
	struct hlist_node *alias = BPF_CORE_READ(inode, i_dentry.first);
	struct dentry *dentry = (void *)0;

	if (alias)
		dentry = dentry_of(alias);
	return slot_take(key, (__u64)dentry, 0, (__u64)inode) * (cfg.shard_mask + 1) +
	       (bpf_get_smp_processor_id() & cfg.shard_mask);
}

#endif /* CALLS_BPF_H */

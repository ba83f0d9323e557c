/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.bpf.h - T2: which kernel function called a traced function, found on the stack. Walking the
 * stack takes a few hundred instructions, so it is done only where a task sleeps or unmaps anyway.
 */
#ifndef CALLS_BPF_H
#define CALLS_BPF_H

#include "slot.bpf.h"

/*
 * Enough to reach the fault handler from this program, past its trampoline and the traced function.
 */
#define CALL_DEPTH 14

const volatile struct dax_bpf_callers callers = {};

/*
 * The role of the function that contains the return address @at, if it is in @least to @most; else
 * DAX_NR_ROLES. A global function, so that the verifier checks it once and not for each place of
 * the stack.
 */
__noinline __u32 role_at(__u64 at, __u32 least, __u32 most)
{
	__u32 i;

	for (i = 0; i < DAX_MAX_CALLERS; i++) {
		__u32 role = callers.caller[i].role;

		if (role < least || role > most)
			continue;
		/*
		 * A return address lies after its call, so the end address still belongs to the
		 * function.
		 */
		if (at > callers.caller[i].from && at <= callers.caller[i].to)
			return role;
	}
	return DAX_NR_ROLES;
}

/* The role of the innermost caller with a role in @least to @most; else DAX_NR_ROLES. */
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

/* Does this task pass all filters? As wanted(), without a frame. */
static __always_inline bool is_watched(__u64 id)
{
	__u32 tgid = id >> 32;

	if ((cfg.who & DAX_WHO_PIDS) && !bpf_map_lookup_elem(&watched_tgids, &tgid))
		return false;
	return !(cfg.who & DAX_WHO_CGROUPS) || in_cgroups();
}

/* Fill in the slot key of @inode in task @id. False: the task is not watched. */
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
 * The dentry that contains @alias. The verifier refuses an instruction about a field that the
 * kernel lacks, so the compiler must not compute either offset before the test of which field
 * exists.
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
 * The cell of @key's file and process, for which no fault may have been counted yet. It uses no
 * frame, because fentry programs run with preemption enabled.
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

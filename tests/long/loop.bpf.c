// SPDX-License-Identifier: GPL-2.0-only
/*
 * loop.bpf.c - the programs as they are, and beside them a player that calls their bodies with the
 * events of a script, so that the kernel runs them 10^9 times in a minute or two.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
/* Syscall programs may not name a map of cgroups; no cgroup is filtered by here. */
#define bpf_current_task_under_cgroup(map, at) ((at)-1L)
#include "daxscope.bpf.c"
#include "loop.h"

void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;
void bpf_preempt_disable(void) __ksym;
void bpf_preempt_enable(void) __ksym;

struct loop_stage stages[LOOP_CPUS];
__u64 walk_mask[LOOP_WALKS]; /* a walk goes 0, 1, .. mask, 0 .. on each CPU by itself */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LOOP_MAX_EVENTS);
	__type(key, __u32);
	__type(value, struct loop_event);
} script SEC(".maps");

#define FIELD(type, field) __typeof__(((struct type *)0)->field)
#define PUT(part, type, field, value)                                                       \
	(*(FIELD(type, field) *)(stage->part + bpf_core_field_offset(struct type, field)) = \
		 (FIELD(type, field))(value))
#define SLOT(part, nr) \
	(*(__u64 *)(stage->part + bpf_core_field_offset(struct xa_node, slots) + (nr)*8))
#define AS(part, type) \
	((struct type *)bpf_rdonly_cast(stage->part, bpf_core_type_id_kernel(struct type)))

struct loop {
	__u32 at, nr, cpu, what;
};

/*
 * The entry points under test: here and in plain_step(), nowhere else. Each in a function of its
 * own that the verifier looks at once, and as the tracepoint calls it: other programs of this CPU
 * must not see a body half done.
 */
#define DOOR(name, body)                                                            \
	__noinline int name(__u32 cpu, __u32 at)                                    \
	{                                                                           \
		struct loop_event *ev = bpf_map_lookup_elem(&script, &at);          \
		struct loop_stage *stage __attribute__((unused));                   \
                                                                                    \
		if (!ev || cpu >= LOOP_CPUS)                                        \
			return 1;                                                   \
		stage = &stages[cpu];                                               \
		bpf_preempt_disable();                                              \
		body;                                                               \
		bpf_preempt_enable();                                               \
		return 0;                                                           \
	}

#define INODE AS(inode, inode)
#define VMF   AS(vmf, vm_fault)

DOOR(door_pte_fault, fault_begin(false))
DOOR(door_pte_done, pte_done(INODE, VMF, ev->result))
DOOR(door_pmd_fault, fault_begin(true))
DOOR(door_pmd_done, pmd_done(INODE, VMF, stage->max_pgoff, ev->result))
DOOR(door_mkwrite, sync_done(INODE, VMF, ev->result, false))
DOOR(door_mkwrite_no_entry, sync_done(INODE, VMF, ev->result, true))
DOOR(door_mark, fault_mark(ev->arg))
DOOR(door_extent, if (pmd_in_flight) extent_found(INODE, AS(iomap, iomap)))
DOOR(door_waited, entry_waited(LOOP_DEV, ev->ino, ev->arg, ev->ns))

static __always_inline int play(__u32 door, __u32 cpu, __u32 at)
{
	switch (door) {
	case LOOP_PTE_FAULT:
		return door_pte_fault(cpu, at);
	case LOOP_PTE_DONE:
		return door_pte_done(cpu, at);
	case LOOP_PMD_FAULT:
		return door_pmd_fault(cpu, at);
	case LOOP_PMD_DONE:
		return door_pmd_done(cpu, at);
	case LOOP_MKWRITE:
		return door_mkwrite(cpu, at);
	case LOOP_MKWRITE_NO_ENTRY:
		return door_mkwrite_no_entry(cpu, at);
	case LOOP_MARK:
		return door_mark(cpu, at);
	case LOOP_EXTENT:
		return door_extent(cpu, at);
	case LOOP_WAITED:
		return door_waited(cpu, at);
	}
	return 1;
}

static __always_inline void set_scene(struct loop_stage *stage, const struct loop_event *ev,
				       __u64 at, __u32 cpu)
{
	__u64 pgoff = ev->pgoff + at * ev->by_page + (cpu ? ev->by_cpu : 0);
	__u64 address = (1ULL << 46) + (pgoff << DAX_PAGE_SHIFT) + ev->skew;
	__u64 around = address >> DAX_RANGE_SHIFT << DAX_RANGE_SHIFT;
	__u64 range = pgoff / DAX_RANGE_PAGES << DAX_RANGE_SHIFT;
	__u32 entries = ev->entries;

	PUT(vmf, vm_fault, pgoff, pgoff);
	PUT(vmf, vm_fault, address, address);
	PUT(vmf, vm_fault, flags, ev->write | (ev->vma_lock ? FAULT_FLAG_VMA_LOCK : 0));
	PUT(vmf, vm_fault, cow_page, (__u64)ev->cow);
	PUT(vma, vm_area_struct, vm_start, around + ev->before);
	PUT(vma, vm_area_struct, vm_end, around + ev->after);
	PUT(vma, vm_area_struct, vm_flags, ev->shared ? VM_SHARED : 0);
	PUT(inode, inode, i_ino, ev->ino + at * ev->by_ino);
	PUT(mapping, address_space, i_pages.xa_head, entries < 3 ? stage->head[entries] : 0);
	PUT(iomap, iomap, offset, range);
	PUT(iomap, iomap, length, ev->ext_len);
	PUT(iomap, iomap, addr, ev->ext_addr);
	stage->max_pgoff = (pgoff | (DAX_RANGE_PAGES - 1)) + ev->max;
	barrier();
}

static int step(__u32 index, struct loop *loop)
{
	__u32 at = loop->at, cpu = loop->cpu;
	struct loop_event *ev = bpf_map_lookup_elem(&script, &at);
	struct loop_stage *stage;
	__u32 walk;

	if (!ev || cpu >= LOOP_CPUS)
		return 1;
	walk = ev->walk;
	if (walk >= LOOP_WALKS)
		return 1;
	stage = &stages[cpu];
	set_scene(stage, ev, stage->at[walk] & walk_mask[walk], cpu);
	play(ev->door, cpu, at);
	if (ev->steps)
		stage->at[walk]++;
	loop->at = at + 1 < loop->nr ? at + 1 : 0;
	return 0;
}

SEC("syscall")
int loop_play(struct loop_args *args)
{
	struct loop loop = {.at = args->from, .nr = args->nr, .cpu = args->cpu};

	return bpf_loop(args->events, step, &loop, 0);
}

/* The commonest fault, to time it: a 4 KiB read of storage. */
static int plain_step(__u32 index, struct loop *loop)
{
	__u32 cpu = loop->cpu;
	struct loop_stage *stage;

	if (cpu >= LOOP_CPUS)
		return 1;
	stage = &stages[cpu];
	PUT(vmf, vm_fault, pgoff, index & 0x7fff);
	barrier();
	bpf_preempt_disable();
	if (!loop->what) {
		fault_begin(false);
		pte_done(AS(inode, inode), AS(vmf, vm_fault), VM_FAULT_NOPAGE);
	} else if (loop->what == LOOP_CLOCK) {
		stage->ns = bpf_ktime_get_ns();
		stage->ns = bpf_ktime_get_ns() - stage->ns;
	}
	bpf_preempt_enable();
	return 0;
}

SEC("syscall")
int loop_plain(struct loop_args *args)
{
	struct loop loop = {.cpu = args->cpu, .what = args->what};

	return bpf_loop(args->events, plain_step, &loop, 0);
}

SEC("syscall")
int loop_stage(struct loop_args *args)
{
	__u32 cpu = args->cpu, slot;
	struct loop_stage *stage;

	if (cpu >= LOOP_CPUS)
		return 1;
	stage = &stages[cpu];
	PUT(vmf, vm_fault, vma, stage->vma);
	PUT(vma, vm_area_struct, vm_file, stage->file);
	PUT(inode, inode, i_ino, 1);
	PUT(inode, inode, i_mapping, stage->mapping);
	PUT(inode, inode, i_sb, stage->sb);
	PUT(sb, super_block, s_dev, LOOP_DEV);
	PUT(file, file, f_path.dentry, stage->dentry);
	PUT(dentry, dentry, d_hash.pprev, stage->dentry);
	PUT(dentry, dentry, d_parent, stage->root);
	PUT(dentry, dentry, d_name.name, stage->name);
	PUT(dentry, dentry, d_name.len, 4);
	PUT(root, dentry, d_parent, stage->root);
	/* Through memory: the verifier lets nobody tag an address. */
	*(volatile __u64 *)&stage->head[LOOP_16_MIB] = (__u64)stage->low;
	*(volatile __u64 *)&stage->head[LOOP_1_GIB] = (__u64)stage->high;
	stage->head[LOOP_16_MIB] = *(volatile __u64 *)&stage->head[LOOP_16_MIB] + 2;
	stage->head[LOOP_1_GIB] = *(volatile __u64 *)&stage->head[LOOP_1_GIB] + 2;
	PUT(low, xa_node, shift, xa_chunk_shift());
	PUT(high, xa_node, shift, 2 * xa_chunk_shift());
	for (slot = 0; slot < 64; slot++) {
		SLOT(low, slot) = stage->head[LOOP_16_MIB]; /* any node will do */
		SLOT(high, slot) = stage->head[LOOP_16_MIB];
	}
	__builtin_memcpy(stage->name, "loop", 5);
	return 0;
}

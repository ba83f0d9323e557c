/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.bpf.h - the state of a task during a fault, and from one fault to the next.
 *
 * The state is in a frame of the CPU on which the fault began, which costs a third of task storage.
 * When another task begins a fault on that CPU in between, it moves the state to a hash by task.
 * When the first task ends its fault on another CPU, it fetches the state from there, or from the
 * frame. Only the task itself changes its state, and the state moves by compare-and-exchange of
 * frame.task, so it never exists twice. (One case remains: a CPU stalls between two instructions of
 * frame_fetch() while the task whose state it moves ends that fault and sleeps in its next one.
 * That fault then loses its begin, and is counted untimed.) Every program that uses a frame runs
 * with preemption disabled, so only one runs on a CPU: see exclusive.bpf.h.
 */
#ifndef FRAME_BPF_H
#define FRAME_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "dax_wire.h"
#include "state.bpf.h"

#define ST_BEGUN	  0x0001 /* inside a fault handler */
#define ST_PMD		  0x0002 /* ... at 2 MiB */
#define ST_ZERO		  0x0004 /* it mapped a zero page */
#define ST_NOZERO	  0x0008 /* it found no 2 MiB zero page */
#define ST_RACED	  0x0010 /* it had one, but the page table was already filled */
#define ST_MAP		  0x0020 /* ext_* hold the extent it found */
#define ST_SYNC		  0x0040 /* it waits for its sync, then for dax_insert_pfn_mkwrite */
#define ST_FELL		  0x0080 /* the last 2 MiB fault fell back; its 4 KiB fault is still to come */
#define ST_TOLD		  0x0100 /* the kernel reported why it fell back: told_reason */
#define ST_SPLIT_EMPTY	  0x0200 /* it split an empty 2 MiB entry */
#define ST_SPLIT_ZERO	  0x0400 /* it split a 2 MiB zero page */
#define ST_UPGRADED	  0x0800 /* it replaced 4 KiB entries by one of 2 MiB */
#define ST_UPGRADE_FAILED 0x1000 /* it tried to, and failed */
#define ST_WAITED	  0x2000 /* it slept for an entry lock: wait_ns, wait_op */
#define ST_HELD		  0x4000 /* held[] counts this task */
#define ST_ENDED	  0x8000 /* end holds a fault that is not counted yet */

enum end_kind { END_PTE, END_PMD, END_SYNC, END_SYNC_GONE };

/* How a fault ended, as perf's programs see it. */
struct fault_end {
	__u64 ino;
	__u64 pgoff;
	__u64 address;
	__u64 max_pgoff;
	__u64 vm_start;
	__u64 vm_end;
	__u32 dev;
	__u32 result;
	__u32 flags;  /* FAULT_FLAG_* */
	__u16 shared; /* the mapping is shared */
	__u8 kind;    /* enum end_kind */
	__u8 wanted;  /* the task was under the filter at this time; when the fault is counted it may not be */
};

/* State of one task's fault. */
struct fault_state {
	__u64 begin; /* ns */
	__u64 fell_pgoff;
	__u64 ext_off;
	__u64 ext_len;
	__u64 ext_addr;
	__u16 ext_type;
	__u16 ext_flags;
	__u32 flags;
	__u32 sync_cell; /* cell that counts a failed sync */
	__u32 told_reason;
	__u64 wait_ns;
	__u64 sync_pgoff;
	__u64 sync_addr;
	__u64 pmd_pgoff; /* page of the 2 MiB fault that began last; T2 only */
	__u32 wait_op;
	__u32 fell_vma_lock; /* the fault that fell back held only the VMA's lock */
	struct fault_end end; /* with cfg.exact: the fault that is not counted yet */
};

struct frame {
	__u64 task; /* pid_tgid of the task whose state this is; 0: of no task */
	struct fault_state st;
	/* Caches of this CPU: the last file and process, the last range, the last filter answer. */
	__u64 inode; /* address; with number and generation it identifies a file */
	__u64 ino;
	__u32 gen;
	__u32 dev;
	__u64 who;   /* who_of() of the last process or thread */
	__u32 slot;
	__u32 cell;	   /* of that slot, for this CPU */
	__u32 range_count; /* what a 4 KiB fault in @range counts as: enum dax_range_count; 0: nothing */
	__u64 epoch;	   /* watch_epoch when the process was found to be under the filter */
	__u64 range;	   /* of that file, touched before; ~0: none */
	__u64 watch_epoch;
	__u64 range_epoch; /* range_count holds while this is still range_epoch */
	__u32 watch_tgid;
	__u32 watch_yes;
	__u64 address;	/* frame_address() */
	__u64 apart[7]; /* keeps the frames of two CPUs out of one cache line, wherever the array begins */
} __attribute__((aligned(64)));

/*
 * A look-up in an array costs a third of one in a map. The map serves the CPUs of very large
 * machines.
 */
static struct frame near_frames[DAX_NEAR_CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct frame);
} far_frames SEC(".maps");

static __noinline struct frame *frame_far(__u32 cpu)
{
	__u32 at = cpu - DAX_NEAR_CPUS;

	return bpf_map_lookup_elem(&far_frames, &at);
}

static __always_inline struct frame *frame_at(__u32 cpu)
{
	__u64 at = cpu;

	ONE_REGISTER(at);
	return at < DAX_NEAR_CPUS ? &near_frames[at] : frame_far(cpu);
}

/* States that another task moved out of their frame, until their task fetches them or exits. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct fault_state);
} moved SEC(".maps");

/*
 * Counts tasks that have state somewhere, although no event may have shown that they are inside a
 * fault: between two faults (ST_FELL, ST_SYNC), in a 2 MiB fault, in a 4 KiB fault whose begin may
 * not be seen (cfg.timed is off), or with a fault that is not counted yet (cfg.exact). It is
 * indexed by the task's number, so that tasks without state need not search; held_cpu is where the
 * state was last, so that not all CPUs need be searched. Both are hints: state that the LRU drops,
 * or whose task gets another number by exec, stays counted, and makes the faults of a few tasks
 * slower.
 */
#define HELD_BITS 12
__u32 held[1 << HELD_BITS] CACHE_LINE;     /* tasks with state, by held_at() */
__u32 nr_held CACHE_LINE = 0;		   /* their sum: a cheaper test, since usually there are none */
__u32 held_cpu[1 << HELD_BITS] CACHE_LINE; /* CPU that has the state of the last one */

/* Thread numbers are assigned in sequence: the lowest bits are as good as a hash, and cheaper. */
static __always_inline __u64 held_at(__u64 id)
{
	__u64 at = id;

	ONE_REGISTER(at);
	return at & ((1 << HELD_BITS) - 1);
}

static __always_inline bool maybe_held(__u64 id)
{
	return *(volatile __u32 *)&nr_held && *(volatile __u32 *)&held[held_at(id)];
}

static __always_inline __u32 held_nr(__u64 id)
{
	return *(volatile __u32 *)&held[held_at(id)];
}

/* Move the state of task @id from the frame @other to @f, if it is there. */
static __always_inline bool frame_take(struct frame *f, struct frame *other, __u64 id)
{
	if (!other || other->task != id)
		return false;
	f->st = other->st;
	return __sync_val_compare_and_swap(&other->task, id, 0) == id;
}

/*
 * Move the state of task @id from the frame of another CPU to @f. The CPU where it was last is
 * tried first. All CPUs are searched only when another task with the same hash was there, or when a
 * fault may have begun on one CPU and continues here (@begun).
 */
static __always_inline bool frame_steal(struct frame *f, __u64 id, bool begun)
{
	__u32 nr = held_nr(id), cpu = held_cpu[held_at(id)];

	if (nr && cpu < DAX_MAX_CPUS && frame_take(f, frame_at(cpu), id))
		return true;
	if (!begun && !nr)
		return false;
	for (cpu = 0; cpu < DAX_MAX_CPUS && cpu < cfg.nr_cpus; cpu++)
		if (frame_take(f, frame_at(cpu), id))
			return true;
	return false;
}

/* Move the state of task @id from the hash to @f, if it is there. */
static __always_inline bool frame_unmove(struct frame *f, __u64 id)
{
	struct fault_state *found = bpf_map_lookup_elem(&moved, &id);

	if (!found)
		return false;
	f->st = *found;
	bpf_map_delete_elem(&moved, &id);
	return true;
}

/*
 * Bring the state of task @id into @f, the frame of this CPU, from wherever it is. @begun: the task
 * may be inside a fault that held[] does not count.
 */
__noinline int frame_fetch(struct frame *f, __u64 id, bool begun)
{
	static const struct fault_state none;
	__u64 old;

	if (!f)
		return 0;
	old = f->task;
	if (old) {
		/*
		 * Copy to the stack: before 6.4 the value must not be memory that was passed to
		 * this function.
		 */
		struct fault_state theirs = f->st;

		bpf_map_update_elem(&moved, &old, &theirs, BPF_ANY);
		/* The owner may have fetched it from another CPU in the meantime. */
		if (__sync_val_compare_and_swap(&f->task, old, 0) != old)
			bpf_map_delete_elem(&moved, &old);
	}
	/*
	 * Between the two searches another CPU may have moved it from a frame to the hash: search
	 * there again.
	 */
	if (!frame_unmove(f, id) && !frame_steal(f, id, begun) && !frame_unmove(f, id))
		f->st = none;
	if (f->st.flags & ST_HELD)
		held_cpu[held_at(id)] = bpf_get_smp_processor_id();
	f->task = id;
	return 0;
}

static __always_inline void frame_search(struct frame *f, __u64 id)
{
	frame_fetch(f, id, true);
	if (!f->st.flags)
		f->task = 0;
}

/* The frame of this CPU, with the state of the task that runs here, if it has any. */
static __always_inline struct frame *frame_get(__u32 cpu, __u64 id)
{
	struct frame *f = frame_at(cpu);

	if (!f || f->task == id)
		return f;
	/* A branch of its own, so that the verifier drops what the setting excludes. */
	if (cfg.timed) {
		frame_search(f, id);
		return f;
	}
	if (f->task || maybe_held(id))
		frame_search(f, id);
	else
		f->st.flags = 0;
	return f;
}

/*
 * frame_get() for the begin of a fault: if no state is counted for the task, there is none to
 * fetch.
 */
static __always_inline struct frame *frame_begin(__u32 cpu, __u64 id)
{
	struct frame *f = frame_at(cpu);

	if (!f || f->task == id)
		return f;
	if (f->task || maybe_held(id))
		frame_fetch(f, id, false);
	else
		f->st.flags = 0;
	f->task = id;
	return f;
}

/* Keep the state in @f for the task @id, and count it, so that the task finds it from any CPU. */
static __always_inline void frame_hold(struct frame *f, __u64 id)
{
	f->task = id;
	if (!(f->st.flags & ST_HELD)) {
		__sync_fetch_and_add(&held[held_at(id)], 1);
		__sync_fetch_and_add(&nr_held, 1);
		held_cpu[held_at(id)] = bpf_get_smp_processor_id();
		f->st.flags |= ST_HELD;
	}
}

/* The fault is over: keep the frame only if the task still has something to do. */
static __always_inline void frame_end(struct frame *f, __u64 id)
{
	if (f->st.flags & (ST_FELL | ST_SYNC)) {
		/* This clears ST_ENDED: the fault that ends here has been counted. */
		f->st.flags &= ST_FELL | ST_SYNC | ST_HELD;
		frame_hold(f, id);
		return;
	}
	if (f->st.flags & ST_HELD) {
		__sync_fetch_and_sub(&held[held_at(id)], 1);
		__sync_fetch_and_sub(&nr_held, 1);
	}
	f->st.flags = 0;
	f->task = 0;
}

/* The frame was not changed: release it if it holds nothing. */
static __always_inline void frame_leave(struct frame *f, __u64 id)
{
	if (!(f->st.flags & ~ST_HELD))
		frame_end(f, id);
}

/*
 * A pointer as a number, for global functions: the verifier accepts it only after a store to
 * memory.
 */
static __always_inline __u64 frame_address(struct frame *f, const void *pointer)
{
	*(volatile __u64 *)&f->address = (__u64)pointer;
	return *(volatile __u64 *)&f->address;
}

/* Is this process under the filter? It is added before it first runs. */
static __always_inline bool watched(struct frame *f, __u64 id)
{
	__u32 tgid = id >> 32;
	__u64 epoch;

	if (!(cfg.who & DAX_WHO_PIDS))
		return true;
	epoch = *(volatile __u64 *)&watch_epoch;
	if (f->watch_tgid != tgid || f->watch_epoch != epoch) {
		f->watch_yes = bpf_map_lookup_elem(&watched_tgids, &tgid) ? 1 : 0;
		f->watch_epoch = epoch;
		f->watch_tgid = tgid;
	}
	return f->watch_yes;
}

/*
 * Is this task in a cgroup of the filter, or below one? Tested for each fault, as a task can be
 * moved at any time.
 */
static __always_inline bool in_cgroups(void)
{
	__u32 i;

	for (i = 0; i < DAX_MAX_CGROUPS && i < cfg.nr_cgroups; i++)
		if (bpf_current_task_under_cgroup(&watched_cgroups, i) == 1)
			return true;
	return false;
}

/* Does this task pass all filters? */
static __always_inline bool wanted(struct frame *f, __u64 id)
{
	return watched(f, id) && (!(cfg.who & DAX_WHO_CGROUPS) || in_cgroups());
}

/* What identifies the process or thread @id in the search for its slot. @set is cfg.who. */
static __always_inline __u64 who_of(__u32 set, __u64 id)
{
	if (set & DAX_WHO_THREADS)
		return id;
	return id >> 32;
}

#endif /* FRAME_BPF_H */

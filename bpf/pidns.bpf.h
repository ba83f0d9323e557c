/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pidns.bpf.h - find the processes that numbers given in another pid namespace stand for.
 *
 * Filters hold thread group ids of the initial namespace. The task iterator walks the tasks of the
 * reader's namespace, so each of them has a number there.
 */
#ifndef PIDNS_BPF_H
#define PIDNS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Numbers in the reader's namespace, and the same process in the initial one; 0: not found yet. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} asked_pids SEC(".maps");

/* The number and the namespace that @pid has at @level. */
static __always_inline void pid_at(struct pid *pid, __u32 level, struct upid *out)
{
	struct upid *numbers = (struct upid *)&pid->numbers;

	bpf_core_read(&out->nr, sizeof(out->nr), &numbers[level].nr);
	bpf_core_read(&out->ns, sizeof(out->ns), &numbers[level].ns);
}

static __always_inline int pid_asked(struct task_struct *task)
{
	struct pid *mine = BPF_CORE_READ(bpf_get_current_task_btf(), thread_pid);
	struct pid *its = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(mine, level), number, *found;
	struct upid reader = {}, number_there = {};

	/*
	 * Only the first thread counts, as its number is that of the process. An exited task has no
	 * number.
	 */
	if (task->pid != task->tgid || !its || BPF_CORE_READ(its, level) < level)
		return 0;
	pid_at(mine, level, &reader);
	pid_at(its, level, &number_there);
	if (!reader.ns || number_there.ns != reader.ns)
		return 0;
	number = number_there.nr;
	found = bpf_map_lookup_elem(&asked_pids, &number);
	if (found)
		*found = task->tgid;
	return 0;
}

#endif /* PIDNS_BPF_H */

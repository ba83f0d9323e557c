/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux.h - the whole of what daxscope reads in the kernel, by hand. Fields are found by name at
 * load time, so only names and kinds matter here, not order or offsets.
 */
#ifndef VMLINUX_H
#define VMLINUX_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true  1
#define false 0

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_CGROUP_ARRAY = 8,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_F_NO_PREALLOC = 1, BPF_F_MMAPABLE = 1024 };
enum { BPF_RB_NO_WAKEUP = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct qstr {
	__u32 len;
	const unsigned char *name;
};

struct super_block {
	__u32 s_dev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct super_block *d_sb;
	union {
		struct hlist_node d_alias;
	} d_u;
};

/* Since 7.0 the union has no name. */
struct dentry___unnamed {
	struct hlist_node d_alias;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct xarray {
	void *xa_head;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct address_space {
	struct inode *host;
	struct xarray i_pages;
};

struct inode {
	struct address_space *i_mapping;
	struct super_block *i_sb;
	__u32 i_flags;
	struct hlist_head i_dentry;
	unsigned long i_ino; /* u64 since 7.1: the same on 64 bit */
	__u32 i_generation;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	unsigned long vm_flags;
	struct file *vm_file;
};

/* An enum since 5.14; an integer here would not be found in the kernel's own type. */
enum fault_flag { FAULT_FLAG_WRITE = 1, FAULT_FLAG_VMA_LOCK = 1 << 12 };

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long pgoff;
	unsigned long address;
	enum fault_flag flags;
	struct page *cow_page;
};

struct iomap {
	__u64 addr;
	__s64 offset;
	__u64 length;
	__u16 type;
	__u16 flags;
};

struct wait_queue_entry {
	__u32 flags;
	void *func;
};

/* Of fs/dax.c: which entry a task sleeps for. */
struct exceptional_entry_key {
	struct xarray *xa;
	unsigned long entry_start;
};

struct wait_exceptional_entry_queue {
	struct wait_queue_entry wait;
	struct exceptional_entry_key key;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live; /* threads that have not begun to exit */
};

struct pid_namespace;

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1]; /* level + 1 of them */
};

/* What perf's programs on tracepoints are given, since 7.0 here. */
struct trace_event_raw_dax_pmd_fault_class {
	unsigned long ino, vm_start, vm_end, vm_flags, address, pgoff, max_pgoff;
	__u32 dev, flags;
	int result;
};

struct trace_event_raw_dax_pte_fault_class {
	unsigned long ino, vm_flags, address, pgoff;
	__u32 dev, flags;
	int result;
};

struct trace_event_raw_dax_pmd_load_hole_class {
	void *zero_folio;
};

struct trace_event_raw_iomap_class {
	unsigned long ino;
	__u64 addr;
	__s64 offset;
	__u64 length;
	__u16 type, flags;
	__u32 dev;
};

struct task_struct {
	__s32 pid;
	__s32 tgid;
	struct pid *thread_pid;
	struct signal_struct *signal;
	struct task_struct *group_leader;
	__u64 start_boottime;
	char comm[16];
};

struct bpf_iter__task {
	struct task_struct *task; /* NULL: after the last one */
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct vm_area_struct *vma; /* NULL: after the last one */
};

#pragma clang attribute pop

struct page;
struct folio;
struct seq_file;
struct wait_queue_head;

#endif /* VMLINUX_H */

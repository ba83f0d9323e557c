/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapped.bpf.h - which DAX files a process has mapped, by the inodes that its faults are on.
 *
 * From Linux 6.7 on /proc/PID/maps shows the inode number of an overlay's file, while faults are on
 * the file below it. After a copy-up there are two such files behind one file of the overlay.
 */
#ifndef MAPPED_BPF_H
#define MAPPED_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "compat.bpf.h"
#include "dax_wire.h"

static __always_inline int mapped_write(struct seq_file *seq, struct vm_area_struct *vma)
{
	struct dax_mapped mapped = {};
	struct file *file = vma->vm_file;
	struct inode *inode;

	if (!file)
		return 0;
	inode = file->f_inode;
	if (!(inode->i_flags & S_DAX))
		return 0;
	mapped.start = vma->vm_start;
	mapped.ino = inode->i_ino;
	mapped.dev = inode->i_sb->s_dev;
	mapped.gen = inode->i_generation;
	/* If there is no room for it, the kernel asks for this mapping again. */
	bpf_seq_write(seq, &mapped, sizeof(mapped));
	return 0;
}

#endif /* MAPPED_BPF_H */

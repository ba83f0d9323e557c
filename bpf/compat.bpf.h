/* SPDX-License-Identifier: GPL-2.0-only */
/*
* compat.bpf.h - the one place for differences between kernels, and for the kernel's constants that
* we use. Linux 5.15 is the oldest supported: from there on faults go through iomap_iter().
 *
 * What needs no code, because names are looked up at load time:
 *   6.3   vm_area_struct.vm_flags moved into a union (bc292ab00f6c)
*   6.4   FAULT_FLAG_VMA_LOCK; a fault that cannot be handled under the VMA lock is repeated under
*         mmap_lock, from 6.7 on at 2 MiB too. No older kernel sets the bit.
 *   6.12  dax_pmd_load_hole* pass a folio where they passed a page: only compared with NULL here
*   6.16  dax_insert_mapping, dax_pmd_insert_mapping are gone (a4a45a9a72f3): not used here, as
*         from 5.15 on no code fires them
 *   6.18  a 2 MiB zero page that lost a race ends in NOPAGE, not in FALLBACK
*   7.0   the union dentry.d_u has no name any more; its members are looked up directly (calls.bpf.h)
 *   7.1   inode.i_ino is u64
 *
 * What needs code:
*   7.0   programs on tracepoints can be preempted, and are then skipped: exclusive.bpf.h, exact.bpf.h
 *
* Functions for fentry programs, looked up by name on the running kernel; any may be missing:
 *   6.0   dax_lock_mapping_entry() waits too ("fsdax: introduce dax_lock_mapping_entry()")
 *   6.7   dax_lock_page() is dax_lock_folio() (91e79d22be75)
 *   6.15  get_unlocked_entry() is get_next_unlocked_entry(), with a second way to sleep beside it
 *         (6be3e21d25ca): both sleep by prepare_to_wait_exclusive() and finish_wait() as before,
*         so those two are traced; dax_delete_mapping_range() removes entries as well, which
 *         leaves the note of an empty entry to the next 4 KiB fault (see split.bpf.h)
 *   any   nodes of the XArray have 16 slots with CONFIG_BASE_SMALL, else 64 (see entries.bpf.h)
 */
#ifndef COMPAT_BPF_H
#define COMPAT_BPF_H

/* enum vm_fault_reason; the values have not changed since 5.1 */
#define VM_FAULT_OOM		0x0001
#define VM_FAULT_SIGBUS		0x0002
#define VM_FAULT_HWPOISON	0x0010
#define VM_FAULT_HWPOISON_LARGE 0x0020
#define VM_FAULT_SIGSEGV	0x0040
#define VM_FAULT_NOPAGE		0x0100
#define VM_FAULT_FALLBACK	0x0800
#define VM_FAULT_DONE_COW	0x1000
#define VM_FAULT_NEEDDSYNC	0x2000
#define VM_FAULT_ANY_ERROR                                                                         \
	(VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE |            \
	 VM_FAULT_SIGSEGV)

#define VM_SHARED	0x00000008
#define IOMAP_NULL_ADDR (~0ULL)

#define S_DAX		  0x2000 /* inode.i_flags, since 4.0 */
#define ENOENT		  2
#define WQ_FLAG_EXCLUSIVE 0x01	 /* wait_queue_entry.flags, since 4.13 */

/* An entry in the page cache of a DAX file is xa_mk_value() of these flags, since 4.20. */
#define DAX_ENTRY_PMD	0x2
#define DAX_ENTRY_ZERO	0x4
#define DAX_ENTRY_EMPTY 0x8

#endif /* COMPAT_BPF_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes.c - the one table of BPF programs: where each attaches, when it is loaded, what is lost
 * when it is skipped.
 */
#include <string.h>
#include "collect/features.h"
#include "collect/probes.h"

#define TP(p, t, tr, st, w, l)	 {#p, #t, tr, DAX_PROBE_TRACEPOINT, st, w, l}
#define FN(p, t, w, l)		 {#p, #t, DAX_T2, DAX_PROBE_FENTRY, PROBE_FAULTS, w, l}
#define PERF(p, t, tr, st, w, l) {#p, #t, tr, DAX_PROBE_PERF, st, PROBE_FOR_EXACT | (w), l}

#define FAULT	PROBE_LOSES_FAULT
#define DETAIL	PROBE_LOSES_DETAIL
#define WAIT	PROBE_LOSES_WAIT
#define ENTRY	PROBE_LOSES_ENTRY
#define PROCESS PROBE_LOSES_PROCESS

const struct dax_probe dax_probes[] = {
	/* Before the filter: the task ends while its process is still in the filter. */
	PERF(exact_exit_task, sched_process_exit, DAX_T0, PROBE_BEFORE_FILTER, 0, DETAIL),
	TP(on_process_exit, sched_process_exit, DAX_T0, PROBE_BEFORE_FILTER, PROBE_FOR_PLAIN | PROBE_FOR_PIDS, DETAIL),
	PERF(exact_exit_process, sched_process_exit, DAX_T0, PROBE_BEFORE_FILTER, PROBE_FOR_PIDS, DETAIL),
	TP(on_fork, sched_process_fork, DAX_T0, PROBE_BEFORE_FILTER, PROBE_FOR_PIDS, PROCESS),
	TP(on_fork_again, sched_process_fork, DAX_T0, PROBE_BEFORE_FILTER, PROBE_FOR_PREEMPTED | PROBE_FOR_PIDS, PROCESS),
	/*
	 * perf's programs come before the others on the same tracepoint: the kernel calls them in
	 * this order. It never skips them for preemption.
	 */
	PERF(exact_insert_pfn_mkwrite, dax_insert_pfn_mkwrite, DAX_T0, PROBE_FAULTS, 0, 0),
	PERF(exact_insert_pfn_mkwrite_no_entry, dax_insert_pfn_mkwrite_no_entry, DAX_T0, PROBE_FAULTS, 0, 0),
	PERF(exact_pte_fault_done, dax_pte_fault_done, DAX_T0, PROBE_FAULTS, 0, 0),
	PERF(exact_pmd_fault_done, dax_pmd_fault_done, DAX_T0, PROBE_FAULTS, 0, 0),
	PERF(exact_load_hole, dax_load_hole, DAX_T0, PROBE_FAULTS, 0, DETAIL),
	PERF(exact_pmd_load_hole, dax_pmd_load_hole, DAX_T0, PROBE_FAULTS, 0, DETAIL),
	PERF(exact_pmd_load_hole_fallback, dax_pmd_load_hole_fallback, DAX_T0, PROBE_FAULTS, 0, DETAIL),
	PERF(exact_dstmap, iomap_iter_dstmap, DAX_T1, PROBE_FAULTS, PROBE_FOR_EXTENTS, DETAIL),
	TP(on_exit, sched_process_exit, DAX_T0, PROBE_FAULTS, PROBE_FOR_PLAIN, DETAIL),
	TP(on_insert_pfn_mkwrite, dax_insert_pfn_mkwrite, DAX_T0, PROBE_FAULTS, 0, FAULT),
	TP(on_insert_pfn_mkwrite_no_entry, dax_insert_pfn_mkwrite_no_entry, DAX_T0, PROBE_FAULTS, 0, FAULT),
	TP(on_pte_fault_done, dax_pte_fault_done, DAX_T0, PROBE_FAULTS, 0, FAULT),
	TP(on_pmd_fault_done, dax_pmd_fault_done, DAX_T0, PROBE_FAULTS, 0, FAULT),
	TP(on_load_hole, dax_load_hole, DAX_T0, PROBE_FAULTS, PROBE_FOR_PLAIN, DETAIL),
	TP(on_pmd_load_hole, dax_pmd_load_hole, DAX_T0, PROBE_FAULTS, PROBE_FOR_PLAIN, DETAIL),
	TP(on_pmd_load_hole_fallback, dax_pmd_load_hole_fallback, DAX_T0, PROBE_FAULTS, PROBE_FOR_PLAIN, DETAIL),
	TP(on_dstmap, iomap_iter_dstmap, DAX_T1, PROBE_FAULTS, PROBE_FOR_EXTENTS | PROBE_FOR_EXTENT_PLAIN, DETAIL | ENTRY),
	TP(on_pmd_fallback, dax_pmd_fallback, DAX_T3, PROBE_FAULTS, PROBE_FOR_TOLD, DETAIL),
	TP(on_pmd_downgrade, dax_pmd_downgrade, DAX_T3, PROBE_FAULTS, PROBE_FOR_TOLD, DETAIL),
	TP(on_pmd_upgrade, dax_pmd_upgrade, DAX_T3, PROBE_FAULTS, PROBE_FOR_TOLD | PROBE_FOR_UPGRADES, DETAIL),
	TP(on_entry_wait, dax_entry_wait, DAX_T3, PROBE_FAULTS, PROBE_FOR_TOLD, DETAIL),
	FN(on_finish_wait, finish_wait, PROBE_FOR_WAITS, WAIT),
	FN(on_wait, prepare_to_wait, PROBE_FOR_WAITS, WAIT),
	FN(on_wait_exclusive, prepare_to_wait_exclusive, PROBE_FOR_WAITS, WAIT),
	FN(on_unmap, unmap_mapping_pages, PROBE_FOR_REPLACED, ENTRY),
	FN(on_delete_entry, dax_delete_mapping_entry, PROBE_FOR_SPLITS, ENTRY),
	FN(on_invalidate_entry, dax_invalidate_mapping_entry_sync, PROBE_FOR_SPLITS, ENTRY),
	TP(on_pte_fault, dax_pte_fault, DAX_T0, PROBE_FAULTS, 0, 0),
	TP(on_pmd_fault, dax_pmd_fault, DAX_T0, PROBE_FAULTS, PROBE_FOR_PLAIN, DETAIL),
	PERF(exact_pmd_fault, dax_pmd_fault, DAX_T0, PROBE_FAULTS, 0, DETAIL),
};
_Static_assert(sizeof(dax_probes) / sizeof(dax_probes[0]) <= DAX_MAX_PROBES, "room for all that are tried");
const size_t dax_nr_probes = sizeof(dax_probes) / sizeof(dax_probes[0]);

unsigned int dax_probe_loses(const struct dax_probe *probe, unsigned int wanted)
{
	unsigned int loses = probe->loses;

	/*
	 * If perf's program is attached too, this one only looks into the page cache, which only
	 * splits need.
	 */
	if (probe->wanted_for & PROBE_FOR_EXTENT_PLAIN) {
		if (wanted & PROBE_FOR_EXACT)
			loses &= ~(unsigned int)PROBE_LOSES_DETAIL;
		if (!(wanted & PROBE_FOR_SPLITS))
			loses &= ~(unsigned int)PROBE_LOSES_ENTRY;
	}
	return loses;
}

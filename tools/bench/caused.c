// SPDX-License-Identifier: GPL-2.0-only
/* caused.c - compute what a run was counted as, by the rules of dax_wire.h. */
#include <stdlib.h>
#include <string.h>
#include "bench/caused.h"
#include "util/err.h"
#include "util/escape.h"

static const char *const outcome_names[DAX_NR_OUTCOMES] = {
	[DAX_PTE_MAPPED] = "pte_mapped", [DAX_PTE_ZERO] = "pte_zero",
	[DAX_PTE_SYNC] = "pte_sync",	 [DAX_PTE_COPY] = "pte_copy",
	[DAX_PMD_MAPPED] = "pmd_mapped", [DAX_PMD_ZERO] = "pmd_zero",
	[DAX_PMD_SYNC] = "pmd_sync",	 [DAX_PMD_FALLBACK] = "pmd_fallback",
};

static const char *const reason_names[DAX_NR_REASONS] = {
	[DAX_WHY_MISALIGNED_ADDR] = "misaligned_addr",
	[DAX_WHY_PRIVATE_WRITE] = "private_write",
	[DAX_WHY_VMA_START] = "vma_start",
	[DAX_WHY_VMA_END] = "vma_end",
	[DAX_WHY_PAST_EOF] = "past_eof",
	[DAX_WHY_PTE_ENTRY] = "pte_entry",
	[DAX_WHY_EXTENT_SHORT] = "extent_short",
	[DAX_WHY_EXTENT_MISALIGNED] = "extent_misaligned",
};

struct caused plan_caused(const struct plan *plan)
{
	const struct bench_kind *kind = plan->kind;
	__u64 nr = plan->count, more = nr * plan->follow;
	struct caused caused = {};

	caused.fault[kind->outcome][kind->write] = nr;
	caused.range[DAX_RANGE_TOUCHED] = plan_range(plan, nr - 1) + 1;
	if (kind_in_pages(kind)) {
		caused.range[DAX_RANGE_NEVER_TRIED] = nr;
		return caused;
	}
	if (kind->geometry != GEO_SAME)
		caused.range[DAX_RANGE_TOUCHED] = nr;
	if (!kind_falls_back(kind)) {
		caused.range[DAX_RANGE_PMD] = nr;
		return caused;
	}
	caused.reason[kind->reason] = nr;
	caused.fault[kind->completed][kind->write] = nr + more;
	caused.range[DAX_RANGE_STICKY] = more;
	if (kind->entry_first) {
		caused.fault[DAX_PTE_MAPPED][0] += nr;
		caused.range[DAX_RANGE_NEVER_TRIED] = nr;
	}
	return caused;
}

void caused_add(struct caused *sum, const struct caused *more)
{
	for (int i = 0; i < DAX_NR_OUTCOMES; i++) {
		sum->fault[i][0] += more->fault[i][0];
		sum->fault[i][1] += more->fault[i][1];
	}
	for (int i = 0; i < DAX_NR_REASONS; i++)
		sum->reason[i] += more->reason[i];
	for (int i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		sum->range[i] += more->range[i];
}

json_t *caused_json(const struct caused *caused)
{
	json_t *faults = json_object(), *reasons = json_object();

	for (int i = 0; i < DAX_NR_OUTCOMES; i++) {
		json_int_t read = caused->fault[i][0], write = caused->fault[i][1];

		if (outcome_names[i] && (read || write))
			json_object_set_new(faults, outcome_names[i],
					    json_pack("{s:I, s:I}", "read", read, "write", write));
	}
	for (int i = 0; i < DAX_NR_REASONS; i++)
		if (reason_names[i] && caused->reason[i])
			json_object_set_new(reasons, reason_names[i],
					    json_integer(caused->reason[i]));
	return json_pack("{s:o, s:o, s:{s:I, s:I, s:I, s:I}}", "faults", faults, "fallbacks",
			 reasons, "ranges", "touched", (json_int_t)caused->range[DAX_RANGE_TOUCHED],
			 "pmd", (json_int_t)caused->range[DAX_RANGE_PMD], "sticky",
			 (json_int_t)caused->range[DAX_RANGE_STICKY], "never_tried",
			 (json_int_t)caused->range[DAX_RANGE_NEVER_TRIED]);
}

json_t *plan_json(const struct plan *plan, const struct run_result *result, bool per_fault)
{
	size_t size = 4 * strlen(plan->target.path) + 1;
	struct caused caused = plan_caused(plan);
	char *file = malloc(size);
	json_t *root;

	if (!file)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	escape_text(file, size, plan->target.path, ESCAPE_JSON);
	root = json_pack("{s:s, s:I, s:s, s:s, s:o, s:I, s:I}", "kind", plan->kind->name, "count",
			 (json_int_t)plan->count, "file", file, "fs", plan->target.fs, "caused",
			 caused_json(&caused), "elapsed_ns", (json_int_t)result->elapsed_ns,
			 "thread_cpu_ns", (json_int_t)result->thread_cpu_ns);
	free(file);
	if (root && per_fault) {
		json_object_set_new(root, "ns_per_fault",
				    json_real((double)result->elapsed_ns / plan->count));
		json_object_set_new(root, "cpu_ns_per_fault",
				    json_real((double)result->thread_cpu_ns / plan->count));
	}
	if (root && plan->worker)
		json_object_set_new(root, "worker", json_string(plan->worker));
	return root;
}

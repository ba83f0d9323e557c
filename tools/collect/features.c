// SPDX-License-Identifier: GPL-2.0-only
/* features.c - tries each probe with a program that does nothing: loaded, attached, and gone again.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include "collect/features.h"

static const struct {
	const char *name;
	enum dax_tier tier;
	enum dax_probe_kind kind;
} probes[] = {
	{"dax_pte_fault", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_pte_fault_done", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_load_hole", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_pmd_fault", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_pmd_fault_done", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_pmd_load_hole", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_pmd_load_hole_fallback", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_insert_pfn_mkwrite", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"dax_insert_pfn_mkwrite_no_entry", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"sched_process_exit", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"sched_process_fork", DAX_T0, DAX_PROBE_TRACEPOINT},
	{"iomap_iter_dstmap", DAX_T1, DAX_PROBE_TRACEPOINT},
	{"finish_wait", DAX_T2, DAX_PROBE_FENTRY},
	{"prepare_to_wait", DAX_T2, DAX_PROBE_FENTRY},
	{"prepare_to_wait_exclusive", DAX_T2, DAX_PROBE_FENTRY},
	{"unmap_mapping_pages", DAX_T2, DAX_PROBE_FENTRY},
	{"dax_delete_mapping_entry", DAX_T2, DAX_PROBE_FENTRY},
	{"dax_invalidate_mapping_entry_sync", DAX_T2, DAX_PROBE_FENTRY},
	{"dax_pmd_fallback", DAX_T3, DAX_PROBE_TRACEPOINT},
	{"dax_pmd_downgrade", DAX_T3, DAX_PROBE_TRACEPOINT},
	{"dax_entry_wait", DAX_T3, DAX_PROBE_TRACEPOINT},
	{"dax_pmd_upgrade", DAX_T3, DAX_PROBE_TRACEPOINT},
};
#define NR_PROBES (sizeof(probes) / sizeof(probes[0]))
_Static_assert(NR_PROBES <= DAX_MAX_PROBES, "room for all probes");

static int target_of(const struct btf *btf, const char *name, enum dax_probe_kind kind)
{
	char type[128];

	if (kind == DAX_PROBE_FENTRY)
		return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
}

static int try_probe(const struct btf *btf, const char *name, enum dax_probe_kind kind)
{
	static const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int target = target_of(btf, name, kind), prog, link, err;

	if (target < 0)
		return -ENOENT;
	opts.expected_attach_type = kind == DAX_PROBE_FENTRY ? BPF_TRACE_FENTRY : BPF_TRACE_RAW_TP;
	opts.attach_btf_id = (__u32)target;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "dax_try", "GPL", nothing, 2, &opts);
	if (prog < 0)
		return prog;
	link = bpf_raw_tracepoint_open(NULL, prog);
	err = link < 0 ? link : 0;
	if (link >= 0)
		close(link);
	close(prog);
	return err;
}

void dax_features_try(struct dax_features *features, const struct btf *btf, enum dax_tier least,
		      enum dax_tier most)
{
	bool fentry = false;
	size_t i;

	memset(features, 0, sizeof(*features));
	for (i = 0; i < NR_PROBES; i++) {
		struct dax_probe_try *probe = &features->probe[features->nr];

		if (probes[i].tier < least || probes[i].tier > most)
			continue;
		probe->name = probes[i].name;
		probe->tier = probes[i].tier;
		probe->kind = probes[i].kind;
		probe->err = try_probe(btf, probe->name, probe->kind);
		features->nr++;
		fentry |= probe->kind == DAX_PROBE_FENTRY && !probe->err;
	}
	/* Reading it takes the kernel a tenth of a second. */
	if (fentry)
		callers_read(&features->callers, "/proc/kallsyms");
}

static bool works(const struct dax_features *features, const char *name)
{
	size_t i;

	for (i = 0; i < features->nr; i++)
		if (!strcmp(features->probe[i].name, name))
			return !features->probe[i].err;
	return false;
}

unsigned int dax_features_t2(const struct dax_features *features)
{
	unsigned int can = 0;

	if (callers_of_waits(&features->callers) && works(features, "finish_wait") &&
	    works(features, "prepare_to_wait") && works(features, "prepare_to_wait_exclusive"))
		can |= DAX_T2_WAITS;
	if (callers_of_zero_pages(&features->callers) && works(features, "unmap_mapping_pages"))
		can |= DAX_T2_REPLACED;
	if ((can & DAX_T2_REPLACED) && works(features, "dax_delete_mapping_entry") &&
	    works(features, "dax_invalidate_mapping_entry_sync"))
		can |= DAX_T2_SPLITS;
	return can;
}

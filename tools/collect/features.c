// SPDX-License-Identifier: GPL-2.0-only
/*
 * features.c - tries each probe with a program that does nothing: loads, attaches and removes it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>
#include "collect/features.h"

static int target_of(const struct btf *btf, const char *name, enum dax_probe_kind kind)
{
	char type[128];

	if (kind == DAX_PROBE_FENTRY)
		return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF);
}

/* Load a program that does nothing. Returns its descriptor, or a negative errno. */
static int load_nothing(int target, enum bpf_attach_type type)
{
	static const struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);

	if (target < 0)
		return -ENOENT;
	opts.expected_attach_type = type;
	opts.attach_btf_id = (__u32)target;
	return bpf_prog_load(BPF_PROG_TYPE_TRACING, "dax_try", "GPL", nothing, 2, &opts);
}

bool dax_features_iterates(const struct btf *btf, const char *name)
{
	int prog = load_nothing(btf__find_by_name_kind(btf, name, BTF_KIND_FUNC), BPF_TRACE_ITER);

	if (prog >= 0)
		close(prog);
	return prog >= 0;
}

static int try_probe(const struct btf *btf, const char *name, enum dax_probe_kind kind, bool attach)
{
	int prog = load_nothing(target_of(btf, name, kind),
				kind == DAX_PROBE_FENTRY ? BPF_TRACE_FENTRY : BPF_TRACE_RAW_TP);
	int link, err = 0;

	if (prog < 0)
		return prog;
	if (attach) {
		link = bpf_raw_tracepoint_open(NULL, prog);
		if (link >= 0)
			close(link);
		else
			err = link;
	}
	close(prog);
	return err;
}

static bool was_tried(const struct dax_features *features, const char *target)
{
	size_t i;

	for (i = 0; i < features->nr; i++)
		if (!strcmp(features->probe[i].name, target))
			return true;
	return false;
}

static bool fentry_works(const struct dax_features *features)
{
	size_t i;

	for (i = 0; i < features->nr; i++)
		if (features->probe[i].kind == DAX_PROBE_FENTRY && !features->probe[i].err)
			return true;
	return false;
}

/* Several programs may have one target. perf's programs are not tried: perf has all tracepoints. */
static void try_target(struct dax_features *features, const struct btf *btf, const struct dax_probe *probe, bool all)
{
	bool attach = all || probe->kind != DAX_PROBE_FENTRY || !fentry_works(features);
	struct dax_probe_try *tried = &features->probe[features->nr];

	if (probe->kind == DAX_PROBE_PERF || features->nr == DAX_MAX_PROBES || was_tried(features, probe->target))
		return;
	tried->name = probe->target;
	tried->tier = probe->tier;
	tried->kind = probe->kind;
	tried->err = try_probe(btf, tried->name, tried->kind, attach);
	features->nr++;
}

void dax_features_try(struct dax_features *features, const struct btf *btf, enum dax_tier least,
		      enum dax_tier most, bool all)
{
	int tier;
	size_t i;

	memset(features, 0, sizeof(*features));
	for (tier = (int)least; tier <= (int)most; tier++)
		for (i = 0; i < dax_nr_probes; i++)
			if ((int)dax_probes[i].tier == tier)
				try_target(features, btf, &dax_probes[i], all);
	/* Reading it takes the kernel a tenth of a second. */
	if (fentry_works(features))
		kallsyms_read(&features->kallsyms, "/proc/kallsyms");
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

	if (kallsyms_has_waits(&features->kallsyms) && works(features, "finish_wait") &&
	    works(features, "prepare_to_wait") && works(features, "prepare_to_wait_exclusive"))
		can |= DAX_T2_WAITS;
	if (kallsyms_has_zero_pages(&features->kallsyms) && works(features, "unmap_mapping_pages"))
		can |= DAX_T2_REPLACED;
	if ((can & DAX_T2_REPLACED) && works(features, "dax_delete_mapping_entry") &&
	    works(features, "dax_invalidate_mapping_entry_sync"))
		can |= DAX_T2_SPLITS;
	return can;
}

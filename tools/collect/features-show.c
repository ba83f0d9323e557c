// SPDX-License-Identifier: GPL-2.0-only
/* features-show.c - says what was tried on this kernel, what works, and what is unknown without it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <bpf/btf.h>
#include "collect/features.h"
#include "collect/live.h"
#include "fields.h"
#include "util/err.h"

static const char *const kinds[] = {
	[DAX_PROBE_TRACEPOINT] = "tracepoint",
	[DAX_PROBE_FENTRY] = "fentry",
};

static void line(FILE *to, const char *kind, const char *name, const char *state, const char *why)
{
	fprintf(to, "%-10s  %-33s  %s%s%s\n", kind, name, state, *why ? ": " : "", why);
}

static void show_probes(FILE *to, const struct dax_features *features)
{
	const struct callers *callers = &features->callers;
	size_t i;

	for (i = 0; i < features->nr; i++) {
		const struct dax_probe_try *probe = &features->probe[i];

		if (!probe->err)
			line(to, kinds[probe->kind], probe->name, "works", "");
		else if (probe->err == -ENOENT)
			line(to, kinds[probe->kind], probe->name, "missing",
			     "this kernel has none");
		else
			line(to, kinds[probe->kind], probe->name, "refused", strerror(-probe->err));
	}
	if (!callers->read)
		line(to, "symbols", "/proc/kallsyms", "not read", "no fentry works");
	else if (callers->err == -EPERM)
		line(to, "symbols", "/proc/kallsyms", "refused",
		     "addresses are hidden, give CAP_SYSLOG");
	else if (callers->err)
		line(to, "symbols", "/proc/kallsyms", "refused", strerror(-callers->err));
	else if (callers_of_waits(callers) && callers_of_zero_pages(callers))
		line(to, "symbols", "/proc/kallsyms", "works", "");
	else
		line(to, "symbols", "/proc/kallsyms", "missing",
		     "functions of fs/dax.c are not there");
}

static bool *of_downgrades(struct dax_item *item)
{
	return &item->downgrades;
}

static bool *of_waits(struct dax_item *item)
{
	return &item->waits;
}

static bool *of_replaced(struct dax_item *item)
{
	return &item->zero_replaced;
}

static bool *of_upgrades(struct dax_item *item)
{
	return &item->upgrades;
}

/* What fields depend on: a flag of the item, and in words what would set it. */
static const struct {
	bool *(*flag)(struct dax_item *item);
	const char *words;
} needs[] = {
	{of_downgrades,
	 "fentry on unmap_mapping_pages and what removes entries, or dax_pmd_downgrade"},
	{of_waits, "fentry on what tasks sleep and wake by, or dax_entry_wait"},
	{of_replaced, "fentry on unmap_mapping_pages"},
	{of_upgrades, "dax_pmd_upgrade, which patched kernels have"},
};

/* A cell in which every counter is 1, so that no field is unknown for want of faults. */
static void fill(struct dax_cell *cell)
{
	__u64 *counter = (__u64 *)cell;
	size_t i;

	for (i = 0; i < sizeof(*cell) / sizeof(*counter); i++)
		counter[i] = 1;
}

/* The fields that are unknown without flag @need and known with it. */
static void show_unknown(FILE *to, struct dax_item *item, size_t need)
{
	bool *flag = needs[need].flag(item), has = *flag;
	size_t i;

	for (i = 0; !has && i < dax_nr_fields; i++) {
		enum dax_num_kind with, without;

		*flag = false;
		without = dax_field_num(&dax_fields[i], item, DAX_TOTAL).kind;
		*flag = true;
		with = dax_field_num(&dax_fields[i], item, DAX_TOTAL).kind;
		if (with != DAX_NUM_UNKNOWN && without == DAX_NUM_UNKNOWN)
			line(to, "unknown", dax_fields[i].name, "needs", needs[need].words);
	}
	*flag = has;
}

static void show_numbers(FILE *to, const struct dax_sample *sample)
{
	struct dax_item *item = calloc(1, sizeof(*item));
	size_t i;
	int why;

	if (!item)
		return;
	for (why = DAX_WHY_PTE_ENTRY; !sample->extents && why <= DAX_WHY_DEVICE_SHORT; why++)
		line(to, "unknown", dax_reason_name((enum dax_reason)why), "needs",
		     "iomap_iter_dstmap, to tell this reason from others");
	fill(&item->total);
	item->tier = sample->tier;
	item->downgrades = sample->downgrades;
	item->waits = sample->waits;
	item->zero_replaced = sample->zero_replaced;
	item->upgrades = sample->upgrades;
	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		show_unknown(to, item, i);
	free(item);
}

int dax_features_print(FILE *to)
{
	struct dax_live_opts opts = {.max_tier = DAX_T3};
	struct btf *btf = btf__load_vmlinux_btf();
	struct dax_live *live = NULL;
	struct dax_features features;
	struct dax_sample sample;
	struct utsname host;
	char err[1024];
	int ret;

	ret = dax_live_open(&live, &opts, err, sizeof(err));
	uname(&host);
	fprintf(to, "%-10s  Linux %s\n", "kernel", host.release);
	if (!ret) {
		dax_live_source(live)->next(dax_live_source(live), &sample);
		fprintf(to, "%-10s  %s: %s\n", "tier", dax_tier_name(sample.tier),
			dax_tier_means(sample.tier));
	} else {
		fprintf(to, "%-10s  none: %s\n", "tier", err);
	}
	if (btf) {
		dax_features_try(&features, btf, DAX_T0, DAX_T3);
		show_probes(to, &features);
	}
	if (!ret && btf && sample.tier < DAX_T2 && dax_features_t2(&features))
		line(to, "programs", "T2", "refused", "probes work, but not the programs of T2");
	if (!ret)
		show_numbers(to, &sample);
	btf__free(btf);
	dax_live_free(live);
	return ret ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_OK;
}

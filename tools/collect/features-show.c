// SPDX-License-Identifier: GPL-2.0-only
/*
 * features-show.c - prints which probes work on this kernel, and what is unknown without the
 * others.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <bpf/btf.h>
#include "collect/features.h"
#include "collect/live.h"
#include "fields.h"
#include "util/err.h"
#include "util/escape.h"

static const char *const kinds[] = {
	[DAX_PROBE_TRACEPOINT] = "tracepoint",
	[DAX_PROBE_FENTRY] = "fentry",
};

static void print_line(FILE *to, const char *kind, const char *name, const char *state, const char *why)
{
	fprintf(to, "%-10s  %-33s  %s%s%s\n", kind, name, state, *why ? ": " : "", why);
}

static void show_probes(FILE *to, const struct dax_features *features)
{
	const struct kallsyms *kallsyms = &features->kallsyms;
	size_t i;

	for (i = 0; i < features->nr; i++) {
		const struct dax_probe_try *probe = &features->probe[i];

		if (!probe->err)
			print_line(to, kinds[probe->kind], probe->name, "works", "");
		else if (probe->err == -ENOENT)
			print_line(to, kinds[probe->kind], probe->name, "missing",
			     "this kernel has none");
		else
			print_line(to, kinds[probe->kind], probe->name, "refused", strerror(-probe->err));
	}
	if (!kallsyms->read)
		print_line(to, "symbols", "/proc/kallsyms", "not read", "no fentry works");
	else if (kallsyms->err == -EPERM)
		print_line(to, "symbols", "/proc/kallsyms", "refused",
		     "addresses are hidden, give CAP_SYSLOG");
	else if (kallsyms->err)
		print_line(to, "symbols", "/proc/kallsyms", "refused", strerror(-kallsyms->err));
	else if (kallsyms_has_waits(kallsyms) && kallsyms_has_zero_pages(kallsyms))
		print_line(to, "symbols", "/proc/kallsyms", "works", "");
	else
		print_line(to, "symbols", "/proc/kallsyms", "missing",
		     "functions of fs/dax.c are not there");
}

/* What a counter needs, in words. */
static const struct {
	unsigned int known;
	const char *words;
} needs[] = {
	{DAX_KNOWN_DOWNGRADES, "fentry on unmap_mapping_pages and what removes entries, or dax_pmd_downgrade"},
	{DAX_KNOWN_WAITS, "fentry on what tasks sleep and wake by, or dax_entry_wait"},
	{DAX_KNOWN_ZERO_REPLACED, "fentry on unmap_mapping_pages"},
	{DAX_KNOWN_UPGRADES, "dax_pmd_upgrade, which patched kernels have"},
};

static void show_numbers(FILE *to, const struct dax_sample *sample)
{
	size_t need, i;
	int why;

	for (why = DAX_WHY_PTE_ENTRY; !(sample->known & DAX_KNOWN_EXTENTS) && why <= DAX_WHY_DEVICE_SHORT; why++)
		print_line(to, "unknown", dax_reason_name((enum dax_reason)why), "needs",
		     "iomap_iter_dstmap, to separate this reason from others");
	for (need = 0; need < sizeof(needs) / sizeof(*needs); need++)
		for (i = 0; i < dax_nr_fields; i++)
			if (dax_fields[i].needs & needs[need].known & ~sample->known)
				print_line(to, "unknown", dax_fields[i].name, "needs", needs[need].words);
}

static void show_refused(FILE *to, const char *reason)
{
	char clean[1024], why[1200];

	escape_text(clean, sizeof(clean), *reason ? reason : "the kernel gives no reason", ESCAPE_ASCII);
	snprintf(why, sizeof(why), "probes work, but not the programs of T2: %s", clean);
	print_line(to, "programs", "T2", "refused", why);
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
		dax_features_try(&features, btf, DAX_T0, DAX_T3, true);
		show_probes(to, &features);
	}
	if (!ret && btf && sample.tier < DAX_T2 && dax_features_t2(&features))
		show_refused(to, dax_live_refused(live));
	if (!ret)
		show_numbers(to, &sample);
	btf__free(btf);
	dax_live_free(live);
	return ret ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_OK;
}

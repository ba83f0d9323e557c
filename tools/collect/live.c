// SPDX-License-Identifier: GPL-2.0-only
/* live.c - the collector for the running kernel: loads the BPF programs and reads what they count. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include "collect/cpus.h"
#include "collect/kernel.h"
#include "collect/latency-sampling.h"
#include "collect/live.h"
#include "collect/mapped.h"
#include "collect/pidns.h"
#include "collect/probes.h"
#include "collect/refused.h"
#include "collect/rings.h"
#include "collect/sampler.h"
#include "util/clock.h"
#include "util/pages.h"
#ifdef __clang_analyzer__
/* make scan: the analyzer cannot know that this function of libbpf frees what generated code allocates. */
#define bpf_object__destroy_skeleton free
#endif
#include "daxscope.skel.h"
#include "daxscope_plain.skel.h"

#define DEFAULT_SLOTS	   1024
#define DEFAULT_RING_BYTES (8u << 20)
#define MOST_RINGS	   (1ULL << 37) /* for all CPUs: their lines have numbers of 31 bits */
#define LOG_ROOM	   4096
#ifndef MAX_SHARDS
#define MAX_SHARDS 8 /* cells of a slot; if there are more CPUs they share them, with atomics */
#endif

struct dax_live {
	struct dax_source source; /* first member: the source is this struct */
	struct daxscope_bpf *skel;
	enum dax_tier tier;
	struct kernel kernel;
	unsigned int t2;     /* DAX_T2_*: what fentry programs count */
	bool fentry_refused; /* one of them could be loaded, and not attached */
	unsigned int wanted; /* PROBE_FOR_*: which programs are loaded */
	__u32 max_slots;
	__u32 shards;
	bool timed; /* every fault is timed; else only those in the moments that latency_sampling chooses */
	struct latency_sampling latency_sampling;
	struct rings *rings;
	bool *online; /* CPUs online when counting began */
	int nr_online;
	int nr_rings;
	size_t ring_lines; /* of each */
	bool by_thread;
	bool translate; /* targets are numbers of another pid namespace */
	struct sampler *sampler;
	char refused[256]; /* why the programs of a higher tier did not load; empty: none was refused */
};

static int set_error(char *err, size_t size, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static int set_error(char *err, size_t size, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err, size, fmt, args);
	va_end(args);
	return code;
}

/* libbpf explains failures only through this callback; its text is used in our message. */
static char bpf_log[LOG_ROOM];

static int keep_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	size_t used = strlen(bpf_log), len;
	char *text = NULL;

	if (level != LIBBPF_WARN || vasprintf(&text, fmt, args) < 0)
		return 0;
	len = strlen(text);
	/* The end of the verifier's log has the reason; libbpf's lines after it do not. */
	if (strstr(text, "PROG LOAD LOG"))
		used = 0;
	if (used < LOG_ROOM / 2)
		snprintf(bpf_log + used, sizeof(bpf_log) - used, "%s",
			 len < sizeof(bpf_log) - used ? text : text + len - (sizeof(bpf_log) - used - 1));
	free(text);
	return 0;
}

/*
 * Find the verifier's reason in bpf_log: the last line before its statistics; otherwise libbpf's
 * last line.
 */
static void keep_reason(char *out, size_t size)
{
	char *end = strstr(bpf_log, "\nprocessed "), *begin;

	if (!end)
		end = strstr(bpf_log, "\n-- END PROG LOAD LOG");
	if (!end) {
		end = bpf_log + strlen(bpf_log);
		while (end > bpf_log && end[-1] == '\n')
			end--;
	}
	for (begin = end; begin > bpf_log && begin[-1] != '\n';)
		begin--;
	snprintf(out, size, "%.*s", (int)(end - begin), begin);
}

static __u32 shards_for(int cpus)
{
	__u32 shards = 1;

	while (shards < (__u32)cpus && shards < MAX_SHARDS)
		shards *= 2;
	return shards;
}

/* The program of this name and the place of its link. NULL: there is none. */
static struct bpf_prog_skeleton *program_of(const struct dax_live *live, const char *name)
{
	const struct bpf_object_skeleton *all = live->skel->skeleton;
	int i;

	for (i = 0; i < all->prog_cnt; i++)
		if (!strcmp(all->progs[i].name, name))
			return &all->progs[i];
	return NULL;
}

/* T3 counts waits and splits by the kernel's own events, and everything else by fentry. */
static unsigned int wanted_probes(const struct dax_live *live, const struct dax_live_opts *opts,
				  const struct dax_bpf_config *cfg)
{
	bool t2 = live->tier == DAX_T2;

	return (cfg->extents ? PROBE_FOR_EXTENTS : 0) |
	       /* For splits it must also look into the page cache. */
	       (!cfg->exact || cfg->splits ? PROBE_FOR_EXTENT_PLAIN : 0) |
	       (t2 && live->t2 & DAX_T2_WAITS ? PROBE_FOR_WAITS : 0) |
	       (t2 && live->t2 & DAX_T2_SPLITS ? PROBE_FOR_SPLITS : 0) |
	       (live->tier >= DAX_T2 && live->t2 & DAX_T2_REPLACED ? PROBE_FOR_REPLACED : 0) |
	       (live->tier == DAX_T3 ? PROBE_FOR_TOLD : 0) | (live->kernel.upgrades ? PROBE_FOR_UPGRADES : 0) |
	       (opts->nr_targets ? PROBE_FOR_PIDS : 0) | (cfg->preempts ? PROBE_FOR_PREEMPTED : 0) |
	       (cfg->exact ? PROBE_FOR_EXACT : PROBE_FOR_PLAIN);
}

/* Load the programs that are wanted. False: the table has a program that the object lacks. */
static bool choose_programs(struct dax_live *live)
{
	size_t i;

	for (i = 0; i < dax_nr_probes; i++) {
		const struct dax_probe *probe = &dax_probes[i];
		const struct bpf_prog_skeleton *of = program_of(live, probe->program);

		if (!of)
			return false;
		bpf_program__set_autoload(*of->prog, !(probe->wanted_for & ~live->wanted));
	}
	return true;
}

/* @cpus: number of possible CPUs; live->online shows which are online. */
static bool configure(struct dax_live *live, const struct dax_live_opts *opts, int cpus)
{
	struct daxscope_bpf *skel = live->skel;
	struct dax_bpf_config *cfg = (struct dax_bpf_config *)&skel->rodata->cfg;

	live->shards = shards_for(live->nr_online);
	live->max_slots = opts->max_slots ? opts->max_slots : DEFAULT_SLOTS;
	if (opts->by_thread && !opts->max_slots)
		live->max_slots *= live->shards;
	if (opts->by_thread)
		live->shards = 1; /* a thread runs on one CPU at a time */
	live->by_thread = opts->by_thread;
	live->nr_rings = opts->record ? live->nr_online : 0;
	live->ring_lines = (opts->ring_bytes ? opts->ring_bytes : DEFAULT_RING_BYTES) / DAX_RING_LINE;
	cfg->record = opts->record ? (__u32)live->ring_lines : 0;
	cfg->max_slots = live->max_slots;
	cfg->shard_mask = live->shards - 1;
	cfg->extents = live->tier == DAX_T1 || live->tier == DAX_T2;
	cfg->splits = live->tier == DAX_T2 && (live->t2 & DAX_T2_SPLITS);
	cfg->told = live->tier == DAX_T3;
	cfg->upgrades = live->kernel.upgrades;
	cfg->preempts = live->kernel.preempts;
	cfg->exact = live->kernel.exact;
	cfg->files = cfg->told || cfg->exact;
	cfg->nr_cpus = (__u32)cpus;
	cfg->who = (opts->nr_targets ? DAX_WHO_PIDS : 0) |
		   (opts->nr_cgroups ? DAX_WHO_CGROUPS : 0) | (opts->by_thread ? DAX_WHO_THREADS : 0);
	cfg->nr_cgroups = (__u32)opts->nr_cgroups;
	cfg->timed = !opts->sample_latency;
	live->timed = cfg->timed;

	if (cpus > DAX_NEAR_CPUS)
		bpf_map__set_max_entries(skel->maps.far_frames, (__u32)cpus - DAX_NEAR_CPUS);
	bpf_map__set_max_entries(skel->maps.cells, live->max_slots * live->shards);
	bpf_map__set_max_entries(skel->maps.metas, live->max_slots);
	bpf_map__set_max_entries(skel->maps.slots, live->max_slots);
	bpf_map__set_max_entries(skel->maps.free_slots, live->max_slots);
	if (cfg->files)
		/* Each CPU keeps up to 128 free entries of such a map for itself. */
		bpf_map__set_max_entries(skel->maps.files_known,
					 live->max_slots + 128 * (__u32)cpus);
	if (opts->record) {
		bpf_map__set_max_entries(skel->maps.rings, (__u32)live->nr_rings * cfg->record);
		bpf_map__set_max_entries(skel->maps.ring_ends, (__u32)cpus);
	}
	*(struct dax_bpf_callers *)&skel->rodata->callers = live->kernel.kallsyms.list;
	*(__u64 *)&skel->rodata->wake_func = live->kernel.kallsyms.wake_func;
	live->wanted = wanted_probes(live, opts, cfg);
	if (!(live->wanted & PROBE_FOR_WAITS))
		bpf_map__set_max_entries(skel->maps.sleepers, 1);
	live->translate = opts->nr_targets && !pidns_initial();
	bpf_program__set_autoload(skel->progs.find_asked, live->translate);
	bpf_program__set_autoload(skel->progs.tell_mapped, opts->mapped && live->kernel.below);
	if (live->translate)
		bpf_map__set_max_entries(skel->maps.asked_pids, (__u32)opts->nr_targets);
	return choose_programs(live);
}

/* Both objects have the same programs and maps, so one skeleton fits both. */
static struct daxscope_bpf *open_programs(bool preempts)
{
	struct daxscope_bpf *skel = calloc(1, sizeof(*skel));
	int err = skel ? daxscope_bpf__create_skeleton(skel) : -ENOMEM;

	if (!err && !preempts)
		skel->skeleton->data = (void *)daxscope_plain_bpf__elf_bytes(&skel->skeleton->data_sz);
	if (!err)
		err = bpf_object__open_skeleton(skel->skeleton, NULL);
	if (!err)
		return skel;
	daxscope_bpf__destroy(skel);
	errno = -err;
	return NULL;
}

/* Open and load at one tier. Returns 0 or a negative errno, with libbpf's text in bpf_log. */
static int load_tier(struct dax_live *live, const struct dax_live_opts *opts, enum dax_tier tier,
		     int cpus)
{
	int err;

	bpf_log[0] = '\0';
	live->tier = tier;
	live->skel = open_programs(live->kernel.preempts);
	if (!live->skel)
		return -errno;
	err = configure(live, opts, cpus) ? daxscope_bpf__load(live->skel) : -EINVAL;
	if (err) {
		daxscope_bpf__destroy(live->skel);
		live->skel = NULL;
	}
	return err;
}

static int load(struct dax_live *live, const struct dax_live_opts *opts, int cpus, char *err,
		size_t size)
{
	static const struct {
		enum dax_tier tier;
		bool fentry;
	} tries[] = {{DAX_T3, true}, {DAX_T3, false}, {DAX_T2, true}, {DAX_T1, false}, {DAX_T0, false}};
	const unsigned int t2 = live->kernel.t2;
	int ret = -ENOTSUP;
	size_t i;

	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		if (tries[i].tier > opts->max_tier || (tries[i].tier == DAX_T3 && !live->kernel.told) ||
		    (tries[i].fentry && !t2))
			continue;
		live->t2 = tries[i].fentry ? t2 : 0;
		ret = load_tier(live, opts, tries[i].tier, cpus);
		if (!ret)
			return 0;
		if (tries[i].fentry) {
			keep_reason(live->refused, sizeof(live->refused));
			continue; /* whatever the error was, the other programs may work */
		}
		if (ret == -ENOMEM) {
			set_error(err, size, ret, "not enough memory for %u counting slots%s", live->max_slots,
				  opts->record ? " and the rings (--ring-size SIZE)" : "");
			return ret;
		}
		if (ret == -EPERM)
			break;
	}
	if (!refused_why(ret, bpf_log, err, size))
		set_error(err, size, ret, "the BPF programs do not load here: %s: %s", strerror(-ret), bpf_log);
	return ret;
}

/*
 * The targets' numbers in the initial namespace, which the caller frees; NULL, with the reason in
 * @err.
 */
static __u32 *target_tgids(struct dax_live *live, const struct dax_live_opts *opts, char *err, size_t size)
{
	__u32 *tgids = calloc(opts->nr_targets + 1, sizeof(*tgids)), missing = 0;
	int ret = -ENOMEM;

	if (tgids && opts->nr_targets)
		memcpy(tgids, opts->targets, opts->nr_targets * sizeof(*tgids));
	if (tgids && !live->translate)
		return tgids;
	if (tgids)
		ret = pidns_resolve(live->skel->progs.find_asked, live->skel->maps.asked_pids, tgids,
				    opts->nr_targets, &missing);
	if (!ret)
		return tgids;
	free(tgids);
	if (missing)
		set_error(err, size, ret, "process %u: %s in this pid namespace", missing, strerror(-ret));
	else
		set_error(err, size, ret,
		     "cannot translate the process numbers of this pid namespace: %s: run it in the "
		     "initial one (docker run --pid=host)", strerror(-ret));
	return NULL;
}

static int set_filter(struct dax_live *live, const struct dax_live_opts *opts, const __u32 *tgids)
{
	int map = bpf_map__fd(live->skel->maps.watched_tgids);
	int cgroups = bpf_map__fd(live->skel->maps.watched_cgroups);
	__u8 yes = 1;
	__u32 i;
	int ret;

	for (i = 0; i < opts->nr_cgroups; i++) {
		ret = bpf_map_update_elem(cgroups, &i, &opts->cgroups[i], BPF_ANY);
		if (ret)
			return ret;
	}
	for (i = 0; i < opts->nr_targets; i++) {
		ret = bpf_map_update_elem(map, &tgids[i], &yes, BPF_ANY);
		if (ret)
			return ret;
	}
	return 0;
}

/* Attach in the order of the table. Fill the filter when all that comes before it is attached. */
static int attach(struct dax_live *live, const struct dax_live_opts *opts, const __u32 *tgids)
{
	bool filtered = false;
	size_t i;
	int ret;

	for (i = 0; i < dax_nr_probes; i++) {
		struct bpf_prog_skeleton *of = program_of(live, dax_probes[i].program);

		if (dax_probes[i].stage != PROBE_BEFORE_FILTER && !filtered) {
			ret = set_filter(live, opts, tgids);
			if (ret)
				return ret;
			filtered = true;
		}
		if (!bpf_program__autoload(*of->prog))
			continue;
		*of->link = bpf_program__attach(*of->prog);
		if (!*of->link) {
			live->fentry_refused = dax_probes[i].kind == DAX_PROBE_FENTRY;
			return -errno;
		}
	}
	live->skel->bss->exact_on = 1;
	return 0;
}

static int open_sampler(struct dax_live *live)
{
	struct daxscope_bpf *skel = live->skel;
	const struct slots_maps maps = {
		.cells = skel->maps.cells,
		.metas = skel->maps.metas,
		.cached = skel->progs.slot_cached,
		.unkey = skel->progs.slot_unkey,
		.free = skel->progs.slot_free,
		.next = &skel->data->next_slot,
	};

	return sampler_open(&live->sampler, &maps, live->max_slots, live->shards);
}

/* Load the programs at the highest tier that works, and attach them. */
static int start(struct dax_live *live, const struct dax_live_opts *opts, int cpus, char *err, size_t size)
{
	__u32 *tgids;
	int ret = load(live, opts, cpus, err, size);

	if (ret)
		return ret;
	ret = open_sampler(live);
	if (ret)
		return set_error(err, size, -ENOMEM, "out of memory for %u counting slots", live->max_slots);
	ret = rings_map(&live->rings, bpf_map__fd(live->skel->maps.rings),
			bpf_map__fd(live->skel->maps.ring_ends), live->nr_rings, live->ring_lines,
			live->online, cpus);
	if (ret)
		return set_error(err, size, ret, "cannot map %d ring buffers of %zu bytes: %s", live->nr_rings,
				 live->ring_lines * DAX_RING_LINE, strerror(-ret));
	tgids = target_tgids(live, opts, err, size);
	if (!tgids)
		return -ESRCH;
	ret = attach(live, opts, tgids);
	free(tgids);
	if (ret)
		set_error(err, size, ret, "cannot attach to the fs_dax tracepoints: %s", strerror(-ret));
	return ret;
}

/* Undo what start() did. */
static void unload(struct dax_live *live)
{
	rings_free(live->rings);
	sampler_free(live->sampler);
	daxscope_bpf__destroy(live->skel);
	live->rings = NULL;
	live->sampler = NULL;
	live->skel = NULL;
}

static int next_sample(struct dax_source *src, struct dax_sample *out);

int dax_live_open(struct dax_live **out, const struct dax_live_opts *opts, char *err, size_t size)
{
	int cpus = libbpf_num_possible_cpus();
	struct dax_live *live;
	int ret;

	*out = NULL;
	libbpf_set_print(keep_log);
	live = calloc(1, sizeof(*live));
	if (!live || cpus < 1) {
		free(live);
		return set_error(err, size, -ENOMEM, "out of memory");
	}
	live->online = calloc((size_t)cpus, sizeof(*live->online));
	if (!live->online) {
		free(live);
		return set_error(err, size, -ENOMEM, "out of memory");
	}
	live->nr_online = cpus_online(live->online, cpus);
	if (opts->record && opts->ring_bytes > MOST_RINGS / (size_t)live->nr_online) {
		ret = set_error(err, size, -E2BIG, "rings of %zu bytes are too large for %d CPUs: at most %llu",
			   opts->ring_bytes, live->nr_online, MOST_RINGS / (__u64)live->nr_online);
		goto undo;
	}
	ret = pages_here(err, size);
	if (ret)
		goto undo;
	live->source.next = next_sample;
	/* A recording holds nothing of what T2 adds. */
	ret = kernel_look(&live->kernel, opts->record ? DAX_T1 : opts->max_tier, err, size);
	if (ret)
		goto undo;
	ret = start(live, opts, cpus, err, size);
	/* Not every function was attached to before: see dax_features_try(). */
	if (ret && live->fentry_refused) {
		keep_reason(live->refused, sizeof(live->refused));
		unload(live);
		live->kernel.t2 = 0;
		ret = start(live, opts, cpus, err, size);
	}
	if (ret)
		goto undo;
	*out = live;
	return 0;
undo:
	dax_live_free(live);
	return ret;
}

void dax_live_stop(struct dax_live *live)
{
	live->skel->bss->exact_on = 0;
	daxscope_bpf__detach(live->skel);
}

__s64 dax_live_schedule_timing(struct dax_live *live)
{
	struct daxscope_bpf *skel = live->skel;
	struct bpf_link **begin = &skel->links.on_pte_fault;
	__u32 begun = 0, cpu;
	__u64 ns;

	if (live->timed)
		return 0;
	for (cpu = 0; cpu < DAX_NEAR_CPUS; cpu++)
		begun += *(const volatile __u32 *)&skel->bss->begun[cpu].nr;
	if (!latency_sampling_next(&live->latency_sampling, begun, &ns)) {
		bpf_link__destroy(*begin);
		*begin = NULL;
		skel->bss->timing_rests = 1;
	} else if (!*begin) {
		*begin = bpf_program__attach(skel->progs.on_pte_fault);
		if (!*begin)
			return -errno;
		skel->bss->timing_rests = 0;
	}
	return (__s64)ns;
}

void dax_live_free(struct dax_live *live)
{
	if (!live)
		return;
	unload(live);
	free(live->online);
	free(live);
}

const char *dax_live_refused(const struct dax_live *live)
{
	return live->refused;
}

enum dax_tier dax_live_tier(const struct dax_live *live)
{
	return live->tier;
}

static __u64 least(__u64 one, __u64 two)
{
	return one < two ? one : two;
}

/* How often the kernel skipped programs whose skipping loses @what. */
static __u64 skipped_runs(const struct dax_live *live, unsigned int what)
{
	__u64 passed = 0;
	size_t i;

	for (i = 0; i < dax_nr_probes; i++)
		if (dax_probe_loses(&dax_probes[i], live->wanted) & what)
			passed += kernel_passed_over(*program_of(live, dax_probes[i].program)->prog);
	return passed;
}

/* Faults whose program the kernel skipped, and which nothing else counted. */
static __u64 skipped_faults(const struct dax_live *live)
{
	/* Read this first: a fault that is recovered in the meantime was skipped before. */
	__u64 recovered = *(const volatile __u64 *)&live->skel->bss->recovered;
	__u64 passed = skipped_runs(live, PROBE_LOSES_FAULT);

	return passed > recovered ? passed - recovered : 0;
}

void dax_live_losses(const struct dax_live *live, struct dax_bpf_losses *out)
{
	const volatile struct dax_bpf_losses *now =
		(const volatile struct dax_bpf_losses *)&live->skel->bss->losses;

	out->faults = skipped_faults(live);
	out->details = skipped_runs(live, PROBE_LOSES_DETAIL);
	out->events = now->events + out->faults;
	out->unwatched = now->unwatched;
	if (live->kernel.preempts) /* a child is followed if one of the two programs ran */
		out->unwatched += least(kernel_passed_over(live->skel->progs.on_fork),
					kernel_passed_over(live->skel->progs.on_fork_again));
	else
		out->unwatched += skipped_runs(live, PROBE_LOSES_PROCESS);
	out->slots = now->slots;
	out->waits = now->waits + skipped_runs(live, PROBE_LOSES_WAIT);
	out->entries = skipped_runs(live, PROBE_LOSES_ENTRY);
}

int dax_live_drain(struct dax_live *live, dax_event_fn fn, void *ctx)
{
	return rings_drain(live->rings, fn, ctx);
}

__u64 dax_live_without_ring(const struct dax_live *live)
{
	return rings_missing(live->rings);
}

const struct dax_meta *dax_live_meta(const struct dax_live *live, __u32 slot)
{
	return sampler_meta(live->sampler, slot);
}

bool dax_live_identity(struct dax_live *live, __u32 slot, struct dax_row *row)
{
	return sampler_identity(live->sampler, slot, row);
}

void dax_live_on_reuse(struct dax_live *live, dax_slot_fn fn, void *ctx)
{
	sampler_on_reuse(live->sampler, fn, ctx);
}

void dax_live_refresh_names(struct dax_live *live)
{
	sampler_refresh_names(live->sampler, clock_ns(CLOCK_MONOTONIC));
}

int dax_live_mapped(void *live, __u32 pid, struct dax_mapped **list, size_t *nr)
{
	const struct bpf_program *tell = ((struct dax_live *)live)->skel->progs.tell_mapped;

	return bpf_program__autoload(tell) ? mapped_read(tell, pid, list, nr) : -ENOTSUP;
}

/* Which counters are valid at this tier. */
static unsigned int known(const struct dax_live *live)
{
	bool told = live->tier == DAX_T3;

	return (live->tier >= DAX_T1 ? DAX_KNOWN_EXTENTS : 0) |
	       (told || live->t2 & DAX_T2_SPLITS ? DAX_KNOWN_DOWNGRADES : 0) |
	       (told || live->t2 & DAX_T2_WAITS ? DAX_KNOWN_WAITS : 0) |
	       (live->t2 & DAX_T2_REPLACED ? DAX_KNOWN_ZERO_REPLACED : 0) |
	       (told && live->kernel.upgrades ? DAX_KNOWN_UPGRADES : 0) |
	       (live->by_thread ? DAX_KNOWN_THREADS : 0);
}

static int next_sample(struct dax_source *src, struct dax_sample *out)
{
	struct dax_live *live = (struct dax_live *)src;

	dax_live_refresh_names(live);
	memset(out, 0, sizeof(*out));
	dax_live_losses(live, &out->lost);
	if (!sampler_take(live->sampler, out))
		return -ENOMEM;
	out->mono_ns = clock_ns(CLOCK_MONOTONIC);
	out->real_ns = clock_ns(CLOCK_REALTIME);
	out->tier = live->tier;
	out->known = known(live);
	out->cgroups = sampler_cgroups(live->sampler);
	return 1;
}

struct dax_source *dax_live_source(struct dax_live *live)
{
	return &live->source;
}

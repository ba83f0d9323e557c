// SPDX-License-Identifier: GPL-2.0-only
/* live.c - the collector for the running kernel: loads the BPF programs and reads what they count. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include "collect/kernel.h"
#include "collect/live.h"
#include "collect/pace.h"
#include "collect/reading.h"
#include "collect/rings.h"
#include "daxscope.skel.h"

#define DEFAULT_SLOTS	   1024
#define DEFAULT_RING_BYTES (8u << 20)
#define MOST_RINGS	   (1ULL << 37) /* of all CPUs: their lines have numbers of 31 bits */
#define LOG_ROOM	   4096
#ifndef MAX_SHARDS
#define MAX_SHARDS 8 /* cells of a slot; more CPUs share them, with atomics */
#endif

struct dax_live {
	struct dax_source source; /* first: the source handed out is this */
	struct daxscope_bpf *skel;
	enum dax_tier tier;
	struct kernel kernel;
	unsigned int t2; /* DAX_T2_*: what fentry programs count */
	__u32 max_slots;
	__u32 shards;
	bool timed; /* every fault; else those of the moments that pace chooses */
	struct pace pace;
	struct rings *rings;
	int nr_rings;
	size_t ring_lines; /* of each */
	bool by_thread;
	struct reading *reading;
};

static int fail(char *err, size_t size, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static int fail(char *err, size_t size, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err, size, fmt, args);
	va_end(args);
	return code;
}

/* libbpf explains failures only through this hook; the last lines end up in our message. */
static char bpf_log[LOG_ROOM];

static int keep_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	size_t used = strlen(bpf_log);

	if (level != LIBBPF_WARN)
		return 0;
	if (used > sizeof(bpf_log) / 2)
		used = 0;
	return vsnprintf(bpf_log + used, sizeof(bpf_log) - used, fmt, args);
}

static __u32 shards_for(int cpus)
{
	__u32 shards = 1;

	while (shards < (__u32)cpus && shards < MAX_SHARDS)
		shards *= 2;
	return shards;
}

/* T3 counts waits and splits by the kernel's own events, and takes the rest from here. */
static void configure_fentry(struct dax_live *live)
{
	struct daxscope_bpf *skel = live->skel;
	bool waits = live->tier == DAX_T2 && (live->t2 & DAX_T2_WAITS);
	bool splits = live->tier == DAX_T2 && (live->t2 & DAX_T2_SPLITS);
	bool zero = live->tier >= DAX_T2 && (live->t2 & DAX_T2_REPLACED);

	*(struct dax_bpf_callers *)&skel->rodata->callers = live->kernel.callers.list;
	*(__u64 *)&skel->rodata->wake_func = live->kernel.callers.wake_func;
	bpf_program__set_autoload(skel->progs.on_finish_wait, waits);
	bpf_program__set_autoload(skel->progs.on_wait, waits);
	bpf_program__set_autoload(skel->progs.on_wait_exclusive, waits);
	bpf_program__set_autoload(skel->progs.on_unmap, zero);
	bpf_program__set_autoload(skel->progs.on_delete_entry, splits);
	bpf_program__set_autoload(skel->progs.on_invalidate_entry, splits);
	if (!waits)
		bpf_map__set_max_entries(skel->maps.sleepers, 1);
}

static void configure(struct dax_live *live, const struct dax_live_opts *opts, int cpus)
{
	struct daxscope_bpf *skel = live->skel;
	struct dax_bpf_config *cfg = (struct dax_bpf_config *)&skel->rodata->cfg;

	live->shards = shards_for(cpus);
	live->max_slots = opts->max_slots ? opts->max_slots : DEFAULT_SLOTS;
	if (opts->by_thread && !opts->max_slots)
		live->max_slots *= live->shards;
	if (opts->by_thread)
		live->shards = 1; /* a thread is on one CPU at a time */
	live->by_thread = opts->by_thread;
	live->nr_rings = opts->record ? cpus : 0;
	live->ring_lines = (opts->ring_bytes ? opts->ring_bytes : DEFAULT_RING_BYTES) / DAX_RING_LINE;
	cfg->record = opts->record ? (__u32)live->ring_lines : 0;
	cfg->max_slots = live->max_slots;
	cfg->shard_mask = live->shards - 1;
	cfg->extents = live->tier == DAX_T1 || live->tier == DAX_T2;
	cfg->splits = live->tier == DAX_T2 && (live->t2 & DAX_T2_SPLITS);
	cfg->told = live->tier == DAX_T3;
	cfg->upgrades = live->kernel.upgrades;
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
	if (cfg->told)
		/* Each CPU keeps up to 128 free entries of such a map for itself. */
		bpf_map__set_max_entries(skel->maps.files_known,
					 live->max_slots + 128 * (__u32)cpus);
	if (opts->record) {
		bpf_map__set_max_entries(skel->maps.rings, (__u32)cpus * cfg->record);
		bpf_map__set_max_entries(skel->maps.ring_ends, (__u32)cpus);
	}
	configure_fentry(live);
	bpf_program__set_autoload(skel->progs.on_dstmap, cfg->extents);
	bpf_program__set_autoload(skel->progs.on_pmd_fallback, live->tier == DAX_T3);
	bpf_program__set_autoload(skel->progs.on_pmd_downgrade, live->tier == DAX_T3);
	bpf_program__set_autoload(skel->progs.on_entry_wait, live->tier == DAX_T3);
	bpf_program__set_autoload(skel->progs.on_pmd_upgrade, live->tier == DAX_T3 && live->kernel.upgrades);
	bpf_program__set_autoload(skel->progs.on_fork, opts->nr_targets > 0);
	bpf_program__set_autoload(skel->progs.on_process_exit, opts->nr_targets > 0);
}

/* Open and load at one tier: 0 or a negative errno, with libbpf's own words in bpf_log. */
static int load_tier(struct dax_live *live, const struct dax_live_opts *opts, enum dax_tier tier,
		     int cpus)
{
	int err;

	bpf_log[0] = '\0';
	live->tier = tier;
	live->skel = daxscope_bpf__open();
	if (!live->skel)
		return -errno;
	configure(live, opts, cpus);
	err = daxscope_bpf__load(live->skel);
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
		if (tries[i].fentry)
			continue; /* whatever it was, the rest may work */
		if (ret == -ENOMEM)
			return fail(err, size, ret, "not enough memory for %u counting slots%s", live->max_slots,
				    opts->record ? " and the rings (-m SIZE)" : "");
		if (ret == -EPERM)
			return fail(err, size, -EPERM,
				    "no privilege to load BPF programs: run as root, or give the "
				    "program CAP_BPF and CAP_PERFMON (setcap cap_bpf,cap_perfmon+ep PROGRAM)");
	}
	return fail(err, size, ret, "the BPF programs do not load here: %s: %s", strerror(-ret),
		    bpf_log);
}

static int set_filter(struct dax_live *live, const struct dax_live_opts *opts)
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
		ret = bpf_map_update_elem(map, &opts->targets[i], &yes, BPF_ANY);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Children are followed before the filter names their parents, so none is missed; then what ends a
 * fault, for a begin without its end would leave state behind.
 */
static int attach(struct dax_live *live, const struct dax_live_opts *opts)
{
	struct daxscope_bpf *skel = live->skel;
#define DOOR(name) {&skel->links.name, skel->progs.name}
	const struct {
		struct bpf_link **link;
		struct bpf_program *prog;
	} door[] = {
		DOOR(on_process_exit),
		DOOR(on_fork),
		DOOR(on_exit),
		DOOR(on_insert_pfn_mkwrite),
		DOOR(on_insert_pfn_mkwrite_no_entry),
		DOOR(on_pte_fault_done),
		DOOR(on_pmd_fault_done),
		DOOR(on_load_hole),
		DOOR(on_pmd_load_hole),
		DOOR(on_pmd_load_hole_fallback),
		DOOR(on_dstmap),
		DOOR(on_pmd_fallback),
		DOOR(on_pmd_downgrade),
		DOOR(on_pmd_upgrade),
		DOOR(on_entry_wait),
		DOOR(on_finish_wait),
		DOOR(on_wait),
		DOOR(on_wait_exclusive),
		DOOR(on_unmap),
		DOOR(on_delete_entry),
		DOOR(on_invalidate_entry),
		DOOR(on_pte_fault),
		DOOR(on_pmd_fault),
	};
	const size_t followers = 2; /* on_process_exit, on_fork */
	size_t i;
	int ret;

	for (i = 0; i < sizeof(door) / sizeof(*door); i++) {
		if (i == followers) {
			ret = set_filter(live, opts);
			if (ret)
				return ret;
		}
		if (!bpf_program__autoload(door[i].prog))
			continue;
		*door[i].link = bpf_program__attach(door[i].prog);
		if (!*door[i].link)
			return -errno;
	}
	return 0;
}

static int open_reading(struct dax_live *live)
{
	struct daxscope_bpf *skel = live->skel;
	const struct slots_maps maps = {
		.cells = skel->maps.cells,
		.metas = skel->maps.metas,
		.keys = skel->maps.slots,
		.free = skel->maps.free_slots,
		.cached = skel->progs.slot_cached,
		.next = &skel->data->next_slot,
	};

	return reading_open(&live->reading, &maps, live->max_slots, live->shards);
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
		return fail(err, size, -ENOMEM, "out of memory");
	}
	if (opts->record && opts->ring_bytes > MOST_RINGS / (size_t)cpus) {
		free(live);
		return fail(err, size, -E2BIG, "rings of %zu bytes are too large for %d CPUs: at most %llu",
			    opts->ring_bytes, cpus, MOST_RINGS / (__u64)cpus);
	}
	live->source.next = next_sample;
	/* Event records hold nothing of what T2 adds. */
	ret = kernel_look(&live->kernel, opts->record ? DAX_T1 : opts->max_tier, err, size);
	if (ret)
		goto undo;
	ret = load(live, opts, cpus, err, size);
	if (ret)
		goto undo;

	ret = open_reading(live);
	if (ret) {
		ret = fail(err, size, -ENOMEM, "out of memory for %u counting slots",
			   live->max_slots);
		goto undo;
	}
	ret = rings_map(&live->rings, bpf_map__fd(live->skel->maps.rings),
			bpf_map__fd(live->skel->maps.ring_ends), live->nr_rings, live->ring_lines);
	if (ret) {
		fail(err, size, ret, "cannot map %d ring buffers of %zu bytes: %s", live->nr_rings,
		     live->ring_lines * DAX_RING_LINE, strerror(-ret));
		goto undo;
	}
	ret = attach(live, opts);
	if (ret) {
		fail(err, size, ret, "cannot attach to the fs_dax tracepoints: %s", strerror(-ret));
		goto undo;
	}
	*out = live;
	return 0;
undo:
	dax_live_free(live);
	return ret;
}

void dax_live_stop(struct dax_live *live)
{
	daxscope_bpf__detach(live->skel);
}

__s64 dax_live_pace(struct dax_live *live)
{
	struct daxscope_bpf *skel = live->skel;
	struct bpf_link **begin = &skel->links.on_pte_fault;
	__u32 begun = 0, cpu;
	__u64 ns;

	if (live->timed)
		return 0;
	for (cpu = 0; cpu < DAX_NEAR_CPUS; cpu++)
		begun += *(const volatile __u32 *)&skel->bss->begun[cpu].nr;
	if (!pace_next(&live->pace, begun, &ns)) {
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
	rings_free(live->rings);
	reading_free(live->reading);
	daxscope_bpf__destroy(live->skel);
	free(live);
}

enum dax_tier dax_live_tier(const struct dax_live *live)
{
	return live->tier;
}

void dax_live_losses(const struct dax_live *live, struct dax_bpf_losses *out)
{
	const volatile struct dax_bpf_losses *now =
		(const volatile struct dax_bpf_losses *)&live->skel->bss->losses;

	out->events = now->events;
	out->unwatched = now->unwatched;
	out->slots = now->slots;
	out->waits = now->waits + kernel_passed_over(live->skel->progs.on_finish_wait) +
		     kernel_passed_over(live->skel->progs.on_wait_exclusive) +
		     kernel_passed_over(live->skel->progs.on_wait);
	out->entries = kernel_passed_over(live->skel->progs.on_unmap) +
		       kernel_passed_over(live->skel->progs.on_delete_entry) +
		       kernel_passed_over(live->skel->progs.on_invalidate_entry);
}

int dax_live_drain(struct dax_live *live, dax_event_fn fn, void *ctx)
{
	return rings_drain(live->rings, fn, ctx);
}

const struct dax_meta *dax_live_meta(const struct dax_live *live, __u32 slot)
{
	return reading_meta(live->reading, slot);
}

static __u64 clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (__u64)ts.tv_sec * 1000000000u + (__u64)ts.tv_nsec;
}

bool dax_live_who(struct dax_live *live, __u32 slot, struct dax_row *row)
{
	return reading_who(live->reading, slot, row);
}

void dax_live_look(struct dax_live *live)
{
	/* Records name slots, which so keep their meaning. */
	reading_look(live->reading, clock_ns(CLOCK_MONOTONIC), !live->nr_rings);
}

static int next_sample(struct dax_source *src, struct dax_sample *out)
{
	struct dax_live *live = (struct dax_live *)src;

	dax_live_look(live);
	memset(out, 0, sizeof(*out));
	dax_live_losses(live, &out->lost);
	reading_take(live->reading, out);
	out->mono_ns = clock_ns(CLOCK_MONOTONIC);
	out->real_ns = clock_ns(CLOCK_REALTIME);
	out->tier = live->tier;
	out->extents = live->tier >= DAX_T1;
	out->downgrades = live->tier == DAX_T3 || (live->t2 & DAX_T2_SPLITS);
	out->waits = live->tier == DAX_T3 || (live->t2 & DAX_T2_WAITS);
	out->zero_replaced = live->t2 & DAX_T2_REPLACED;
	out->upgrades = live->tier == DAX_T3 && live->kernel.upgrades;
	out->threads = live->by_thread;
	return 1;
}

struct dax_source *dax_live_source(struct dax_live *live)
{
	return &live->source;
}

// SPDX-License-Identifier: GPL-2.0-only
/* record.c - daxtrace record: write every fault to a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "recording/writer.h"
#include "trace/trace.h"
#include "util/err.h"
#include "util/number.h"
#include "util/outfile.h"
#include "view/format.h"

#define DEFAULT_FILE "daxtrace.data"
#define DRAIN_NS     5000000ULL /* 8 MiB of ring fill up in 100 ms at 1.4 million faults/s */
#define LEAST_RING   4096
#define MOST_RING    (1ULL << 30)
#define MOST_LEVEL   19 /* of zstd, without its levels for very large memory */

struct record {
	struct session_opts session_opts;
	const char *path; /* NULL: standard output */
	int level;	  /* of zstd, 0: none */
	bool quiet;
	char **argv; /* the whole command line */
	int fd;
	struct outfile file;
	struct session session;
	struct rec_writer *writer;
	struct dax_bpf_losses lost;
	__u64 without_ring; /* of the lost events: on CPUs that were offline when recording began */
	__u64 counted;
	/*
	 * The kernel's slots are reused for other processes; those of the file are not.
	 * [DAX_MAX_SLOTS]: the file's slot of the current owner of a kernel slot; 0: none yet.
	 */
	__u32 *file_slot;
	__u32 next_slot;
	__u64 unnamed; /* faults for which the file had no slot left */
	__u64 next_look;
	int err; /* of a slot that could not be written before it was reused */
};

static size_t ring_size(const char *text)
{
	__u64 size = parse_size("--ring-size", text);

	if (size < LEAST_RING || size > MOST_RING || size & (size - 1))
		die_usage("--ring-size: '%s' is not a power of two from 4K to 1G", text);
	return size;
}

static void option(struct record *rec, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_OUTPUT:
		rec->path = strcmp(arg, "-") ? arg : NULL;
		break;
	case CLI_RING_SIZE:
		rec->session_opts.ring_bytes = ring_size(arg);
		break;
	case CLI_COMPRESS:
		rec->level = arg ? (int)parse_number("-z", arg, 1, MOST_LEVEL) : 1;
		break;
	case CLI_QUIET:
		rec->quiet = true;
		break;
	default:
		session_option(&rec->session_opts, key, arg);
	}
}

static void options(struct record *rec, int argc, char *argv[])
{
	enum cli_key key;
	struct cli cli;

	cli_begin(&cli, cli_find("daxtrace", "record"), argc, argv, true);
	while ((key = cli_next(&cli)) != CLI_END)
		option(rec, key, optarg);
	session_operands(&rec->session_opts, argc, argv);
}

/*
 * Only the recording goes to standard output: what the command prints there goes to standard error.
 * Call it before the command is forked.
 */
static void take_stdout(struct record *rec)
{
	if (isatty(STDOUT_FILENO))
		die_usage("standard output is a terminal: a recording is not text");
	rec->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (rec->fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		die(DAX_EXIT_USAGE, "standard output: %s", strerror(errno));
}

/* Called before the command runs. An earlier recording keeps its name until this one begins. */
static bool open_output(struct record *rec)
{
	int err;

	if (!rec->path)
		return true;
	/* The file has all users' paths and names: readable only by its owner. */
	err = outfile_open(&rec->file, rec->path, 0600);
	rec->fd = rec->file.fd;
	if (err) {
		warn_msg("%s: %s", rec->path, outfile_error(err));
		rec->session.status = DAX_EXIT_USAGE;
	}
	return !err;
}

static const char *output_name(const struct record *rec)
{
	return rec->path ? rec->path : "standard output";
}

static bool open_writer(struct record *rec)
{
	bool extents = dax_live_tier(rec->session.live) >= DAX_T1;
	struct rec_clocks now = rec_clocks_now();
	struct rec_facts facts;
	int err;

	err = rec_facts_here(&facts, rec->argv, dax_live_tier(rec->session.live), extents);
	if (!err && rec->path)
		err = outfile_keep(&rec->file);
	if (!err)
		err = rec_writer_open(&rec->writer, rec->fd, &facts, &now, rec->level);
	rec_facts_free(&facts);
	if (err)
		session_fail(&rec->session, DAX_EXIT_UNSUPPORTED, output_name(rec), err);
	return !err;
}

/* Write the owner of kernel slot @slot to the file, once the kernel side has filled it in. */
static int tell_slot(struct record *rec, __u32 slot)
{
	const struct dax_meta *meta = dax_live_meta(rec->session.live, slot);
	struct dax_row names;

	if (!meta || !dax_live_identity(rec->session.live, slot, &names))
		return 0;
	return rec_writer_slot(rec->writer, rec->file_slot[slot], meta, &names);
}

/* The file's slot for kernel slot @slot; 0, which stands for all others, when none is left. */
static __u32 file_slot(struct record *rec, __u32 slot)
{
	if (!slot || slot >= DAX_MAX_SLOTS)
		return 0;
	if (!rec->file_slot[slot] && rec->next_slot < REC_SLOT_MAX)
		rec->file_slot[slot] = rec->next_slot++;
	rec->unnamed += !rec->file_slot[slot];
	return rec->file_slot[slot];
}

static int on_event(void *ctx, const struct dax_event *ev, size_t size)
{
	struct dax_event_extent own = {0};
	struct record *rec = ctx;
	int err = 0;

	/* Should never happen; but an incomplete record must not be read past its end. */
	if (size < (ev->type == DAX_EV_EXTENT ? sizeof(own) : sizeof(*ev)) || size > sizeof(own))
		return -EPROTO;
	memcpy(&own, ev, size);
	own.ev.slot = file_slot(rec, ev->slot);
	if (rec_writer_wants(rec->writer, own.ev.slot))
		err = tell_slot(rec, ev->slot);
	return err ? err : rec_writer_event(rec->writer, &own.ev);
}

/*
 * Write the last records of the owner of @slot, and its names; the next owner gets another slot in
 * the file.
 */
static void on_reuse(void *ctx, __u32 slot)
{
	struct record *rec = ctx;
	int err = rec->err ? rec->err : dax_live_drain(rec->session.live, on_event, rec);

	if (err >= 0 && rec_writer_wants(rec->writer, rec->file_slot[slot]))
		err = tell_slot(rec, slot);
	rec->file_slot[slot] = 0;
	rec->err = err < 0 ? err : 0;
}

static int on_tick(void *ctx)
{
	struct record *rec = ctx;
	struct rec_clocks now;
	int err = dax_live_drain(rec->session.live, on_event, rec);

	if (err >= 0) {
		now = rec_clocks_now();
		if (now.mono >= rec->next_look) {
			rec->next_look = now.mono + DAX_LOOK_NS;
			dax_live_refresh_names(rec->session.live);
		}
		dax_live_losses(rec->session.live, &rec->lost);
		rec->without_ring = dax_live_without_ring(rec->session.live);
		err = rec->err ? rec->err : rec_writer_tick(rec->writer, &now, &rec->lost);
	}
	if (err < 0) {
		/* The command continues, but its faults need not cost anything any more. */
		dax_live_stop(rec->session.live);
		session_fail(&rec->session, DAX_EXIT_UNSUPPORTED, output_name(rec), err);
	}
	return err;
}

/* The number of all faults that the kernel side counted. */
static __u64 count_all(struct dax_live *live)
{
	struct dax_source *source = dax_live_source(live);
	struct dax_sample sample;
	__u64 sum = 0;
	size_t i;
	int outcome;

	if (source->next(source, &sample) <= 0)
		return ~0ULL;
	for (i = 0; i < sample.nr_rows; i++)
		for (outcome = 0; outcome < DAX_NR_OUTCOMES; outcome++)
			sum += sample.rows[i].count.fault[outcome][0] +
			       sample.rows[i].count.fault[outcome][1];
	return sum;
}

/* Write the last events, the slots that are not written yet, and the end chunk. */
static void finish(struct record *rec)
{
	struct rec_clocks now;
	__u32 slot;
	int err;

	dax_live_stop(rec->session.live);
	err = dax_live_drain(rec->session.live, on_event, rec);
	for (slot = 1; err >= 0 && slot < DAX_MAX_SLOTS; slot++)
		if (rec_writer_wants(rec->writer, rec->file_slot[slot]))
			err = tell_slot(rec, slot);
	if (err >= 0) {
		now = rec_clocks_now();
		dax_live_losses(rec->session.live, &rec->lost);
		rec->without_ring = dax_live_without_ring(rec->session.live);
		rec->counted = count_all(rec->session.live);
		/* Faults for which no program ran are not in the count of the kernel side. */
		if (rec->counted != ~0ULL)
			rec->counted += rec->lost.faults;
		err = rec_writer_finish(rec->writer, &now, &rec->lost, rec->counted);
	}
	if (err < 0)
		session_fail(&rec->session, DAX_EXIT_UNSUPPORTED, output_name(rec), err);
}

static void report(const struct record *rec)
{
	__u64 events = rec_writer_events(rec->writer), bytes = rec_writer_bytes(rec->writer);
	struct dax_num num = {.kind = DAX_NUM_COUNT, .count = bytes};
	char size[FORMAT_NUM_MAX], each[64] = "";

	format_num(size, num, DAX_UNIT_BYTES);
	if (events)
		snprintf(each, sizeof(each), " (%.1f bytes a fault)",
			 (double)bytes / (double)events);
	if (!rec->quiet || rec->lost.events)
		warn_msg("%llu faults recorded, %llu lost%s, %s%s in %s",
			 (unsigned long long)events, (unsigned long long)rec->lost.events,
			 rec->lost.events > rec->lost.faults + rec->without_ring ? " (a larger ring may help: --ring-size)" : "", size, each,
			 output_name(rec));
	if (rec->lost.slots || rec->unnamed)
		warn_msg("not all files and processes are recorded separately: the slot table was full for %llu lookups (--slots), "
			 "and %llu faults came when the recording had named %u",
			 (unsigned long long)rec->lost.slots, (unsigned long long)rec->unnamed, REC_SLOT_MAX - 1);
	if (rec->lost.faults)
		warn_msg("%llu of the lost were not seen: this kernel skips programs that it preempted",
			 (unsigned long long)rec->lost.faults);
	if (rec->without_ring)
		warn_msg("%llu of the lost were on CPUs that came online after recording began, and have no ring: record again",
			 (unsigned long long)rec->without_ring);
	if (rec->lost.details)
		warn_msg("up to %llu faults may have another outcome or reason: this kernel skipped the program that determines them",
			 (unsigned long long)rec->lost.details);
	if (rec->lost.unwatched)
		warn_msg("%llu processes could not be followed: their faults are missing",
			 (unsigned long long)rec->lost.unwatched);
	if (rec->counted != ~0ULL && rec->counted != events + rec->lost.events)
		warn_msg("accounting mismatch: the kernel counted %llu faults, recorded + lost is another number",
			 (unsigned long long)rec->counted);
}

int trace_record(int argc, char *argv[])
{
	struct record rec = {
		.session_opts = {.record = true, .max_tier = DAX_T3},
		.path = DEFAULT_FILE,
		.argv = argv - 1,
		.counted = ~0ULL,
		.next_slot = 1,
		.fd = -1,
	};
	int status;

	options(&rec, argc, argv);
	rec.file_slot = calloc(DAX_MAX_SLOTS, sizeof(*rec.file_slot));
	if (!rec.file_slot)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(ENOMEM));
	if (!rec.path)
		take_stdout(&rec);
	if (session_begin(&rec.session, &rec.session_opts) && open_output(&rec) &&
	    session_start(&rec.session) && open_writer(&rec)) {
		dax_live_on_reuse(rec.session.live, on_reuse, &rec);
		session_run(&rec.session, on_tick, DRAIN_NS, &rec);
		if (!rec.session.status)
			finish(&rec);
		report(&rec);
	}
	if (!rec.writer)
		outfile_drop(&rec.file);
	rec_writer_free(rec.writer);
	if (rec.fd >= 0 && close(rec.fd) && !rec.session.status)
		session_fail(&rec.session, DAX_EXIT_UNSUPPORTED, output_name(&rec), -errno);
	status = session_end(&rec.session);
	free(rec.file_slot);
	free(rec.session_opts.targets);
	return status;
}

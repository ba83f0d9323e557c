// SPDX-License-Identifier: GPL-2.0-only
/* record.c - daxtrace record: every fault into a file. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "record/writer.h"
#include "trace/trace.h"
#include "util/err.h"
#include "view/format.h"

#define DEFAULT_FILE "daxtrace.data"
#define DRAIN_NS     5000000ULL /* 8 MiB of ring are full after 100 ms at 1.4 million faults/s */
#define LEAST_RING   4096
#define MOST_RING    (1ULL << 30)
#define MOST_LEVEL   19 /* of zstd, without its settings for huge memory */

static const char usage[] =
	"Usage: daxtrace record [OPTION]... [--] [COMMAND...]\n"
	"Write every page fault on DAX files to a recording: of COMMAND and what it starts, or of\n"
	"all processes until Ctrl-C.\n"
	"\n"
	"  -o FILE           the recording (daxtrace.data); - for standard output\n"
	"  -p PID[,PID]      only these processes and what they start from now on\n"
	"  -a                all processes, for as long as COMMAND runs\n"
	"  -G CGROUP         only tasks in this cgroup and below; may be given again\n"
	"      --per-thread  keep the names of threads too\n"
	"  -m SIZE           ring buffer of each CPU, a power of two (8M)\n"
	"  -z[LEVEL]         compress with zstd, level 1 to 19 (1)\n"
	"      --duration SEC  stop recording after so long\n"
	"      --max-tier N    attach no more than tier N, 0 to 3\n"
	"  -q                say nothing when all went well\n"
	"  -h, --help\n"
	"\n"
	"Lost faults are counted and told. A recording that was cut short by a crash or a full "
	"disk\n"
	"can be read up to there. Needs root, or CAP_BPF and CAP_PERFMON.\n"
	"Exit status: that of COMMAND, or 0; 2 usage, 3 cannot record here, or disk full.\n";

struct record {
	struct watch_opts watch_opts;
	const char *path; /* NULL: standard output */
	int level;	  /* of zstd, 0: none */
	bool quiet;
	char **argv; /* the whole command line */
	int fd;
	bool created; /* by us, so not left behind empty */
	struct watch watch;
	struct rec_writer *writer;
	struct dax_bpf_losses lost;
	__u64 counted;
};

enum { OPT_DURATION = 256, OPT_PER_THREAD, OPT_MAX_TIER };

static const struct option longopts[] = {
	{"output", required_argument, NULL, 'o'},
	{"pid", required_argument, NULL, 'p'},
	{"all", no_argument, NULL, 'a'},
	{"cgroup", required_argument, NULL, 'G'},
	{"per-thread", no_argument, NULL, OPT_PER_THREAD},
	{"ring-size", required_argument, NULL, 'm'},
	{"compress", optional_argument, NULL, 'z'},
	{"duration", required_argument, NULL, OPT_DURATION},
	{"max-tier", required_argument, NULL, OPT_MAX_TIER},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static size_t ring_size(const char *text)
{
	__u64 size = parse_size("-m", text);

	if (size < LEAST_RING || size > MOST_RING || size & (size - 1))
		die_usage("-m: '%s' is not a power of two from 4K to 1G", text);
	return size;
}

static void option(struct record *rec, int opt, char *arg)
{
	switch (opt) {
	case 'o':
		rec->path = strcmp(arg, "-") ? arg : NULL;
		break;
	case 'p':
		watch_pids(&rec->watch_opts, arg);
		break;
	case 'a':
		rec->watch_opts.all = true;
		break;
	case 'm':
		rec->watch_opts.ring_bytes = ring_size(arg);
		break;
	case 'z':
		rec->level = arg ? (int)parse_number("-z", arg, 1, MOST_LEVEL) : 1;
		break;
	case 'G':
		watch_cgroup(&rec->watch_opts, arg);
		break;
	case OPT_PER_THREAD:
		rec->watch_opts.by_thread = true;
		break;
	case OPT_DURATION:
		rec->watch_opts.duration_ns = parse_seconds("--duration", arg);
		break;
	case OPT_MAX_TIER:
		rec->watch_opts.max_tier = (enum dax_tier)parse_number("--max-tier", arg, DAX_T0, DAX_T3);
		break;
	case 'q':
		rec->quiet = true;
		break;
	case 'h':
		print_and_exit(usage);
	default:
		try_help();
	}
}

static void options(struct record *rec, int argc, char *argv[])
{
	int opt;

	argv[0] = (char *)program_name(); /* for the messages of getopt_long() */
	while ((opt = getopt_long(argc, argv, "+o:p:aG:m:z::qh", longopts, NULL)) != -1)
		option(rec, opt, optarg);
	if (optind < argc)
		rec->watch_opts.command = &argv[optind];
	else if (!strcmp(argv[argc - 1], "--"))
		die_usage("there is no command after --");
	if (rec->watch_opts.all && rec->watch_opts.nr_targets)
		die_usage("-a and -p exclude each other");
}

/*
 * Standard output is the recording's alone: what the command prints there goes to standard error.
 * To be called before the command is forked.
 */
static void take_stdout(struct record *rec)
{
	if (isatty(STDOUT_FILENO))
		die_usage("standard output is a terminal: a recording is not text");
	rec->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (rec->fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		die(DAX_EXIT_USAGE, "standard output: %s", strerror(errno));
}

/* Before the command runs; but what the file holds stays until recording begins. */
static bool open_output(struct record *rec)
{
	if (!rec->path)
		return true;
	rec->fd = open(rec->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	rec->created = rec->fd >= 0;
	if (rec->fd < 0 && errno == EEXIST)
		rec->fd = open(rec->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (rec->fd < 0)
		watch_fail(&rec->watch, DAX_EXIT_USAGE, rec->path, -errno);
	return rec->fd >= 0;
}

static const char *output_name(const struct record *rec)
{
	return rec->path ? rec->path : "standard output";
}

static bool open_writer(struct record *rec)
{
	bool extents = dax_live_tier(rec->watch.live) >= DAX_T1;
	struct rec_clocks now = rec_clocks_now();
	struct rec_facts facts;
	struct stat st;
	int err;

	err = rec_facts_here(&facts, rec->argv, dax_live_tier(rec->watch.live), extents);
	/* Not standard output: there may be something before us that is to stay. */
	if (!err && rec->path && !fstat(rec->fd, &st) && S_ISREG(st.st_mode) &&
	    ftruncate(rec->fd, 0))
		err = -errno;
	if (!err)
		err = rec_writer_open(&rec->writer, rec->fd, &facts, &now, rec->level);
	rec_facts_free(&facts);
	if (err)
		watch_fail(&rec->watch, DAX_EXIT_UNSUPPORTED, output_name(rec), err);
	return !err;
}

/* Tell the file who @slot is, once the kernel side has written that down. */
static int tell_slot(struct record *rec, __u32 slot)
{
	const struct dax_meta *meta = dax_live_meta(rec->watch.live, slot);
	struct dax_row names;

	if (!meta || !dax_live_who(rec->watch.live, slot, &names))
		return 0;
	return rec_writer_slot(rec->writer, slot, meta, &names);
}

static int on_event(void *ctx, const struct dax_event *ev, size_t size)
{
	struct record *rec = ctx;
	int err = 0;

	/* By construction never; but what is not whole must not be read past its end. */
	if (size < (ev->type == DAX_EV_EXTENT ? sizeof(struct dax_event_extent) : sizeof(*ev)))
		return -EPROTO;
	if (rec_writer_wants(rec->writer, ev->slot))
		err = tell_slot(rec, ev->slot);
	return err ? err : rec_writer_event(rec->writer, ev);
}

static int on_tick(void *ctx)
{
	struct record *rec = ctx;
	struct rec_clocks now;
	int err = dax_live_drain(rec->watch.live, on_event, rec);

	if (err >= 0) {
		now = rec_clocks_now();
		dax_live_losses(rec->watch.live, &rec->lost);
		err = rec_writer_tick(rec->writer, &now, &rec->lost);
	}
	if (err < 0) {
		/* The command goes on, but its faults need not cost anything any more. */
		dax_live_stop(rec->watch.live);
		watch_fail(&rec->watch, DAX_EXIT_UNSUPPORTED, output_name(rec), err);
	}
	return err;
}

/* All faults that the kernel side counted. */
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

/* The last events, what slots are still untold, and the end. */
static void finish(struct record *rec)
{
	struct rec_clocks now;
	__u32 slot;
	int err;

	dax_live_stop(rec->watch.live);
	err = dax_live_drain(rec->watch.live, on_event, rec);
	for (slot = 1; err >= 0 && slot < REC_SLOT_MAX; slot++)
		if (rec_writer_wants(rec->writer, slot))
			err = tell_slot(rec, slot);
	if (err >= 0) {
		now = rec_clocks_now();
		dax_live_losses(rec->watch.live, &rec->lost);
		rec->counted = count_all(rec->watch.live);
		err = rec_writer_finish(rec->writer, &now, &rec->lost, rec->counted);
	}
	if (err < 0)
		watch_fail(&rec->watch, DAX_EXIT_UNSUPPORTED, output_name(rec), err);
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
			 rec->lost.events ? " (a larger ring may help: -m)" : "", size, each,
			 output_name(rec));
	if (rec->lost.unwatched)
		warn_msg("%llu processes could not be followed: their faults are missing",
			 (unsigned long long)rec->lost.unwatched);
	if (rec->counted != ~0ULL && rec->counted != events + rec->lost.events)
		warn_msg("the kernel side counted %llu faults, which is not recorded + lost",
			 (unsigned long long)rec->counted);
}

int trace_record(int argc, char *argv[])
{
	struct record rec = {
		.watch_opts = {.record = true, .max_tier = DAX_T3},
		.path = DEFAULT_FILE,
		.argv = argv - 1,
		.counted = ~0ULL,
		.fd = -1,
	};
	char *name = argv[0];
	int status;

	options(&rec, argc, argv);
	argv[0] = name;
	if (!rec.path)
		take_stdout(&rec);
	if (watch_begin(&rec.watch, &rec.watch_opts) && open_output(&rec) &&
	    watch_start(&rec.watch) && open_writer(&rec)) {
		watch_run(&rec.watch, on_tick, DRAIN_NS, &rec);
		if (!rec.watch.status)
			finish(&rec);
		report(&rec);
	}
	if (!rec.writer && rec.created)
		unlink(rec.path);
	rec_writer_free(rec.writer);
	if (rec.fd >= 0 && close(rec.fd) && !rec.watch.status)
		watch_fail(&rec.watch, DAX_EXIT_UNSUPPORTED, output_name(&rec), -errno);
	status = watch_end(&rec.watch);
	free(rec.watch_opts.targets);
	return status;
}

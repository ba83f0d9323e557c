// SPDX-License-Identifier: GPL-2.0-only
/* stat.c - daxtrace stat: the counts of a command's faults, as perf stat has them for events. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "model/model.h"
#include "trace/assert.h"
#include "trace/show.h"
#include "trace/trace.h"
#include "util/err.h"

#define STAT_COLUMNS 110

static const char usage[] =
	"Usage: daxtrace stat [OPTION]... [--] [COMMAND...]\n"
	"Count page faults on DAX files: of COMMAND and what it starts, or of all processes until\n"
	"Ctrl-C. Prints to standard error, as perf stat does.\n"
	"\n"
	"      --json          one JSON object to standard output instead of text\n"
	"      --json-file FILE  the same to FILE, and text as well; also --json=FILE\n"
	"                      or --json FILE -- COMMAND\n"
	"      --assert 'EXPR' METRIC >= NUMBER, or with <= > < == !=: exit status 1 when it does\n"
	"                      not hold; may be given again, then all must hold\n"
	"  -p PID[,PID]        only these processes and what they start from now on\n"
	"  -a                  all processes, for as long as COMMAND runs\n"
	"  -G CGROUP           only tasks in this cgroup and below; may be given again\n"
	"      --per-thread    count threads apart\n"
	"      --duration SEC  stop counting after so long\n"
	"      --max-tier N    attach no more than tier N, 0 to 3\n"
	"  -h, --help\n"
	"\n"
	"Needs root, or CAP_BPF and CAP_PERFMON.\n"
	"An assertion can name whom it is about, and must hold for each that matches:\n"
	"  --assert 'pmd_coverage{file=\"/mnt/pmem/*.db\"} >= 99%'\n"
	"  --assert 'fallbacks{reason=\"extent_short\"} == 0'\n"
	"  --assert 'lat_pmd_p99_us{process=\"postgres\"} < 20'\n"
	"Metrics are the fields that 'daxtop -s help' lists.\n"
	"\n"
	"Exit status: that of COMMAND, or 0; 2 usage, 3 cannot count here. With --assert also\n"
	"1 when one does not hold, whatever COMMAND's is, and when neither tells more, 4 when one\n"
	"cannot be judged: nothing seen, nothing that matches, faults not followed.\n";

struct stat_run {
	struct watch_opts watch_opts;
	struct assertion *asserts;
	struct assert_result *results; /* of each; NULL until judged */
	size_t nr_asserts;
	bool json;
	const char *json_path;
	FILE *json_file;
	bool created; /* json_path, by us */
	struct watch watch;
};

enum {
	OPT_JSON = 256,
	OPT_JSON_FILE,
	OPT_ASSERT,
	OPT_PER_THREAD,
	OPT_DURATION,
	OPT_MAX_TIER
};

static const struct option longopts[] = {
	{"json", optional_argument, NULL, OPT_JSON},
	{"json-file", required_argument, NULL, OPT_JSON_FILE},
	{"assert", required_argument, NULL, OPT_ASSERT},
	{"pid", required_argument, NULL, 'p'},
	{"all", no_argument, NULL, 'a'},
	{"cgroup", required_argument, NULL, 'G'},
	{"per-thread", no_argument, NULL, OPT_PER_THREAD},
	{"duration", required_argument, NULL, OPT_DURATION},
	{"max-tier", required_argument, NULL, OPT_MAX_TIER},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static void add_assert(struct stat_run *run, const char *expr)
{
	struct assertion *more =
		reallocarray(run->asserts, run->nr_asserts + 1, sizeof(*run->asserts));
	struct assert_error error;
	int err = -ENOMEM;

	if (more) {
		run->asserts = more;
		err = assert_parse(&run->asserts[run->nr_asserts++], expr, &error);
	}
	if (err == -EINVAL) {
		assert_show_error(stderr, expr, &error);
		try_help();
	}
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "--assert: %s", strerror(-err));
}

static void option(struct stat_run *run, int opt, char *arg)
{
	switch (opt) {
	case OPT_ASSERT:
		add_assert(run, arg);
		break;
	case OPT_JSON:
		if (arg)
			run->json_path = arg;
		else
			run->json = true;
		break;
	case OPT_JSON_FILE:
		run->json_path = arg;
		break;
	case 'p':
		watch_pids(&run->watch_opts, arg);
		break;
	case 'a':
		run->watch_opts.all = true;
		break;
	case 'G':
		watch_cgroup(&run->watch_opts, arg);
		break;
	case OPT_PER_THREAD:
		run->watch_opts.by_thread = true;
		break;
	case OPT_DURATION:
		run->watch_opts.duration_ns = parse_seconds("--duration", arg);
		break;
	case OPT_MAX_TIER:
		run->watch_opts.max_tier =
			(enum dax_tier)parse_number("--max-tier", arg, DAX_T0, DAX_T3);
		break;
	case 'h':
		print_and_exit(usage);
	default:
		try_help();
	}
}

/*
 * --json FILE -- COMMAND. Without = a word behind --json is the command's first; but one that is no
 * program, and stands before --, is none.
 */
static char *json_operand(char *const argv[])
{
	char *word = argv[optind];

	if (!word || *word == '-' || !argv[optind + 1] || strcmp(argv[optind + 1], "--") ||
	    child_is_program(word))
		return NULL;
	optind++;
	return word;
}

static void options(struct stat_run *run, int argc, char *argv[])
{
	int opt;

	argv[0] = (char *)program_name(); /* for the messages of getopt_long() */
	while ((opt = getopt_long(argc, argv, "+p:aG:h", longopts, NULL)) != -1)
		option(run, opt, opt == OPT_JSON && !optarg ? json_operand(argv) : optarg);
	if (optind < argc)
		run->watch_opts.command = &argv[optind];
	else if (!strcmp(argv[argc - 1], "--"))
		die_usage("there is no command after --");
	if (run->watch_opts.all && run->watch_opts.nr_targets)
		die_usage("-a and -p exclude each other");
}

/* Before anything starts, but what the file holds stays until there is something better. */
static void open_json(struct stat_run *run)
{
	int fd;

	if (!run->json_path)
		return;
	fd = open(run->json_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	run->created = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(run->json_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	run->json_file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!run->json_file)
		die(DAX_EXIT_USAGE, "%s: %s", run->json_path, strerror(errno));
}

/* What the JSON of a command tells beside its counts. */
static json_t *extra(const struct stat_run *run)
{
	json_t *all = json_object();
	struct utsname name;
	int status = run->watch.command_status;

	if (!all || uname(&name) ||
	    json_object_set_new(all, "command", json_texts(run->watch_opts.command)) ||
	    json_object_set_new(all, "exit_status",
				run->watch.command_ended ? json_integer(child_exit_status(status))
							 : json_null()) ||
	    json_object_set_new(
		    all, "kernel",
		    json_kernel(name.sysname, name.release, name.version, name.machine))) {
		json_decref(all);
		return NULL;
	}
	if (run->results) {
		json_t *verdict = assert_json(run->results, run->nr_asserts);

		if (!verdict || json_object_update(all, verdict)) {
			json_decref(all);
			all = NULL;
		}
		json_decref(verdict);
	}
	return all;
}

static int write_json(const struct stat_run *run, const struct dax_model *model, FILE *to)
{
	struct view_opts opts = {.schema = "daxtrace-stat/1", .extra = extra(run)};
	int err = opts.extra ? view_json(to, model, &opts) : -ENOMEM;

	json_decref(opts.extra);
	return err;
}

static void write_json_file(struct stat_run *run, const struct dax_model *model)
{
	struct stat st;
	int err = 0;

	if (!fstat(fileno(run->json_file), &st) && S_ISREG(st.st_mode) &&
	    ftruncate(fileno(run->json_file), 0))
		err = -errno;
	if (!err)
		err = write_json(run, model, run->json_file);
	if (fclose(run->json_file) && !err)
		err = errno ? -errno : -EIO;
	run->json_file = NULL;
	if (err)
		watch_fail(&run->watch, DAX_EXIT_UNSUPPORTED, run->json_path, err);
}

static void show(struct stat_run *run, const struct dax_model *model)
{
	struct view_opts opts = {.rows = SHOW_ROWS};
	int err = 0;

	text_opts(&opts, STDERR_FILENO);
	/* The widest line, where nobody needs it folded. */
	if (!isatty(STDERR_FILENO))
		opts.columns = STAT_COLUMNS;
	if (run->json)
		err = write_json(run, model, stdout);
	else
		err = show_stat(stderr, model, &run->watch_opts, &opts);
	if (run->results && !err)
		err = show_verdict(stderr, run->results, run->nr_asserts, &opts);
	/* Who reads may have seen enough. */
	if (err && err != -EPIPE)
		watch_fail(&run->watch, DAX_EXIT_UNSUPPORTED,
			   run->json ? "standard output" : "standard error", err);
	if (err)
		clearerr(stdout); /* said here, with its reason */
	if (run->json_file)
		write_json_file(run, model);
}

static int judge(struct stat_run *run, const struct dax_model *model, const struct dax_sample *now,
		 const struct dax_sample *before)
{
	struct assert_run judged = {
		.model = model,
		.now = now,
		.before = before,
		.unfinished = run->watch_opts.command && !run->watch.command_ended &&
			      (run->watch.abandon || !run->watch_opts.duration_ns),
	};
	size_t i;

	if (!run->nr_asserts)
		return 0;
	run->results = calloc(run->nr_asserts, sizeof(*run->results));
	if (!run->results)
		return -ENOMEM;
	for (i = 0; i < run->nr_asserts; i++)
		if (assert_judge(&run->results[i], &run->asserts[i], &judged))
			return -ENOMEM;
	return 0;
}

/* Names are looked for while their owners live. */
static int look(void *ctx)
{
	struct stat_run *run = ctx;

	dax_live_look(run->watch.live);
	return 0;
}

/* Count from here to the end. */
static void count(struct stat_run *run)
{
	struct dax_source *source = dax_live_source(run->watch.live);
	struct dax_sample *before = NULL, now;
	struct dax_model *model = NULL;
	int err = source->next(source, &now);

	if (err > 0) {
		before = dax_sample_copy(&now);
		err = before ? 1 : -ENOMEM;
	}
	if (err > 0 && watch_start(&run->watch)) {
		watch_run(&run->watch, look, DAX_LOOK_NS, run);
		dax_live_stop(run->watch.live);
		err = source->next(source, &now);
		if (err > 0)
			model = dax_model_build(&now, before, now.mono_ns - before->mono_ns);
		err = err > 0 && !model ? -ENOMEM : err;
		if (model)
			err = judge(run, model, &now, before);
		if (model && !err)
			show(run, model);
	}
	if (err < 0)
		watch_fail(&run->watch, DAX_EXIT_UNSUPPORTED, "counters", err);
	dax_model_free(model);
	dax_sample_free(before);
}

/*
 * What failed here comes before all verdicts. A command's own failure is told apart from an
 * assertion that does not hold, and is hidden by that only.
 */
static int end(struct stat_run *run)
{
	bool failed = run->watch.status != 0;
	int status = watch_end(&run->watch);
	enum assert_verdict verdict;

	if (failed || !run->results)
		return status;
	verdict = assert_verdict_of(run->results, run->nr_asserts);
	if (status)
		warn_msg("%s: ended with status %d; the verdict is %s", run->watch_opts.command[0],
			 status, assert_verdict_name(verdict));
	if (verdict == ASSERT_FAIL)
		return DAX_EXIT_FOUND;
	return verdict == ASSERT_INCONCLUSIVE && !status ? DAX_EXIT_INCONCLUSIVE : status;
}

static void free_asserts(struct stat_run *run)
{
	size_t i;

	for (i = 0; i < run->nr_asserts; i++) {
		if (run->results)
			assert_result_free(&run->results[i]);
		assert_free(&run->asserts[i]);
	}
	free(run->results);
	free(run->asserts);
}

int trace_stat(int argc, char *argv[])
{
	struct stat_run run = {.watch_opts = {.max_tier = DAX_T3}};
	int status;

	options(&run, argc, argv);
	open_json(&run);
	if (watch_begin(&run.watch, &run.watch_opts))
		count(&run);
	if (run.json_file) {
		/* Never written: it was not empty before us, or it is not to stay. */
		if (run.created)
			unlink(run.json_path);
		fclose(run.json_file);
	}
	status = end(&run);
	free_asserts(&run);
	free(run.watch_opts.targets);
	return status;
}

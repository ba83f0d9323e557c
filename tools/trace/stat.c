// SPDX-License-Identifier: GPL-2.0-only
/* stat.c - daxtrace stat: count a command's faults, as perf stat counts events. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "model/model.h"
#include "trace/assert.h"
#include "trace/runfile.h"
#include "trace/show.h"
#include "trace/trace.h"
#include "util/err.h"
#include "util/json-value.h"
#include "util/outfile.h"

#define STAT_COLUMNS 110

struct stat_run {
	struct session_opts session_opts;
	struct assertion *asserts;
	struct assert_result *results; /* one for each assertion; NULL until judged */
	size_t nr_asserts;
	bool json;
	const char *json_path;
	FILE *json_file;
	bool created; /* we created json_path */
	struct runfile run_file; /* path NULL: none */
	struct session session;
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

static void list_fields(void)
{
	view_list_fields(stdout);
	exit(finish_stdout(DAX_EXIT_OK));
}

static void option(struct stat_run *run, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_ASSERT:
		add_assert(run, arg);
		break;
	case CLI_JSON:
		/* --json=FILE is the old spelling of --json-file FILE. */
		if (arg)
			run->json_path = arg;
		else
			run->json = true;
		break;
	case CLI_JSON_FILE:
		run->json_path = arg;
		break;
	case CLI_RUN:
		run->run_file.path = arg;
		break;
	case CLI_RUN_NAME:
		runfile_check_name(arg);
		run->run_file.name = arg;
		break;
	case CLI_RUN_BUILD:
		runfile_add_build(&run->run_file, arg);
		break;
	case CLI_LIST_FIELDS:
		list_fields();
		break;
	default:
		session_option(&run->session_opts, key, arg);
	}
}

static void options(struct stat_run *run, int argc, char *argv[])
{
	enum cli_key key;
	struct cli cli;

	cli_begin(&cli, cli_find("daxtrace", "stat"), argc, argv, true);
	while ((key = cli_next(&cli)) != CLI_END)
		option(run, key, optarg);
	/*
	 * Normally a word after --json is the command. In "--json FILE -- COMMAND" a file was
	 * meant.
	 */
	if (run->json && optind + 1 < argc && !strcmp(argv[optind + 1], "--") && !child_is_program(argv[optind]))
		die_usage("--json %s: a file is given with --json-file %s", argv[optind], argv[optind]);
	runfile_check_builds(&run->run_file);
	session_operands(&run->session_opts, argc, argv);
}

/* Check the output file before anything starts, but keep its content until there is a result. */
static void open_json(struct stat_run *run)
{
	int links, fd;

	if (!run->json_path)
		return;
	/* Only root can make links in /dev; anybody could make others. */
	links = strncmp(run->json_path, "/dev/", 5) ? O_NOFOLLOW : 0;
	fd = open(run->json_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	run->created = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(run->json_path, O_WRONLY | O_CREAT | O_CLOEXEC | links, 0666);
	run->json_file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!run->json_file)
		die(DAX_EXIT_USAGE, "%s: %s", run->json_path, outfile_error(-errno));
}

/* Members of the JSON about the command. */
static json_t *extra(const struct stat_run *run)
{
	json_t *all = json_object();
	struct utsname name;
	int status = run->session.command_status;

	if (!all || uname(&name) ||
	    json_object_set_new(all, "command", texts_to_json(run->session_opts.command)) ||
	    json_object_set_new(all, "exit_status",
				run->session.command_ended ? json_integer(child_exit_status(status))
							 : json_null()) ||
	    json_object_set_new(
		    all, "kernel",
		    kernel_to_json(name.sysname, name.release, name.version, name.machine))) {
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
		session_fail(&run->session, DAX_EXIT_UNSUPPORTED, run->json_path, err);
}

/* The run of a failed command is not written: its work is not comparable. */
static void write_run(struct stat_run *run, const struct dax_model *model)
{
	int err;

	if (run->session_opts.command) {
		run->run_file.command = run->session_opts.command[0];
		if (run->session.command_ended && child_exit_status(run->session.command_status)) {
			warn_msg("%s: not written: the command failed", run->run_file.path);
			return;
		}
	}
	err = runfile_write(&run->run_file, model);
	if (err)
		session_fail(&run->session, DAX_EXIT_UNSUPPORTED, run->run_file.path, err);
}

static void show(struct stat_run *run, const struct dax_model *model)
{
	struct view_opts opts = {.rows = SHOW_ROWS};
	int err = 0;

	text_opts(&opts, STDERR_FILENO);
	/* On no terminal, use the widest lines: nobody needs them folded. */
	if (!isatty(STDERR_FILENO))
		opts.columns = STAT_COLUMNS;
	if (run->json)
		err = write_json(run, model, stdout);
	else
		err = show_stat(stderr, model, &run->session_opts, &opts);
	if (run->results && !err)
		err = show_verdict(stderr, run->results, run->nr_asserts, &opts);
	/* The reader may have closed the pipe. */
	if (err && err != -EPIPE)
		session_fail(&run->session, DAX_EXIT_UNSUPPORTED,
			   run->json ? "standard output" : "standard error", err);
	if (err)
		clearerr(stdout); /* reported here, with its reason */
	if (run->json_file)
		write_json_file(run, model);
	if (run->run_file.path)
		write_run(run, model);
}

static int judge(struct stat_run *run, const struct dax_model *model, const struct dax_sample *now,
		 const struct dax_sample *before)
{
	struct assert_run judged = {
		.model = model,
		.now = now,
		.before = before,
		.unfinished = run->session_opts.command && !run->session.command_ended &&
			      (run->session.abandon || !run->session_opts.duration_ns),
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

/* Look for names while their owners exist. */
static int refresh_names(void *ctx)
{
	struct stat_run *run = ctx;

	dax_live_refresh_names(run->session.live);
	return 0;
}

/* Count from here on, until the end. */
static void count_faults(struct stat_run *run)
{
	struct dax_source *source = dax_live_source(run->session.live);
	struct dax_sample *before = NULL, now;
	struct dax_model *model = NULL;
	int err = source->next(source, &now);

	if (err > 0) {
		before = dax_sample_copy(&now);
		err = before ? 1 : -ENOMEM;
	}
	if (err > 0 && session_start(&run->session)) {
		session_run(&run->session, refresh_names, DAX_LOOK_NS, run);
		dax_live_stop(run->session.live);
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
		session_fail(&run->session, DAX_EXIT_UNSUPPORTED, "counters", err);
	dax_model_free(model);
	dax_sample_free(before);
}

/*
 * Our own errors come first, then failed assertions, then the command's own failure, which only a
 * failed assertion hides.
 */
static int finish(struct stat_run *run)
{
	bool failed = run->session.status != 0;
	int status = session_end(&run->session);
	enum assert_verdict verdict;

	if (failed || !run->results)
		return status;
	verdict = assert_verdict_of(run->results, run->nr_asserts);
	if (status)
		warn_msg("%s: ended with status %d; the verdict is %s", run->session_opts.command[0],
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
	struct stat_run run = {.session_opts = {.max_tier = DAX_T3}};
	int status;

	options(&run, argc, argv);
	open_json(&run);
	if (session_begin(&run.session, &run.session_opts))
		count_faults(&run);
	if (run.json_file) {
		/* The file was not written: leave an older one as it was, and remove a new one. */
		if (run.created)
			unlink(run.json_path);
		fclose(run.json_file);
	}
	status = finish(&run);
	free_asserts(&run);
	free(run.session_opts.targets);
	return status;
}

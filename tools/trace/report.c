// SPDX-License-Identifier: GPL-2.0-only
/* report.c - daxtrace report: show what a recording contains. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "model/model.h"
#include "recording/replay.h"
#include "trace/runfile.h"
#include "trace/show.h"
#include "trace/trace.h"
#include "util/err.h"
#include "util/json-value.h"
#include "util/number.h"
#include "view/recording.h"

#define DEFAULT_FILE "daxtrace.data"

enum show { SHOW_TEXT, SHOW_JSON, SHOW_EVENTS };

struct report {
	const char *path;
	enum show show;
	__u64 rows; /* ~0: not given */
	bool per_thread;
	struct runfile run_file; /* path NULL: none */
};

static void option(struct report *rep, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_INPUT:
		rep->path = arg;
		break;
	case CLI_JSON:
		rep->show = SHOW_JSON;
		break;
	case CLI_EVENTS:
		rep->show = SHOW_EVENTS;
		break;
	case CLI_THREADS:
		rep->per_thread = true;
		break;
	case CLI_RUN:
		rep->run_file.path = arg;
		break;
	case CLI_RUN_NAME:
		runfile_check_name(arg);
		rep->run_file.name = arg;
		break;
	case CLI_ROWS:
		rep->rows = parse_number("--rows", arg, 0, 1000000000);
		break;
	default:
		try_help();
	}
}

static void options(struct report *rep, int argc, char *argv[])
{
	enum cli_key key;
	struct cli cli;

	cli_begin(&cli, cli_find("daxtrace", "report"), argc, argv, false);
	while ((key = cli_next(&cli)) != CLI_END)
		option(rep, key, optarg);
	if (optind < argc && !rep->path)
		rep->path = argv[optind++];
	if (optind < argc)
		die_usage("'%s': there can be only one recording", argv[optind]);
	if (!rep->path)
		rep->path = DEFAULT_FILE;
}

/* Report an error of reading @path, or of writing. */
static int report_fail(const char *path, int err)
{
	warn_msg("%s: %s", ferror(stdout) ? "standard output" : path, strerror(-err));
	clearerr(stdout); /* reported here, with its reason */
	return DAX_EXIT_UNSUPPORTED;
}

static int print(const struct report *rep, struct rec_reader *reader, const struct dax_model *model)
{
	struct view_opts opts = {.sort = dax_field_find("pte_faults"), .rows = SHOW_ROWS};
	char **head;
	int err;

	if (rep->rows != ~0ULL)
		opts.rows = rep->rows;
	if (rep->show == SHOW_JSON) {
		if (rep->rows == ~0ULL)
			opts.rows = 0;
		opts.sort = NULL;
		opts.schema = "daxtrace-report/1";
		opts.extra = recording_json(reader);
		err = opts.extra ? view_json(stdout, model, &opts) : -ENOMEM;
		json_decref(opts.extra);
		return err;
	}
	text_opts(&opts, STDOUT_FILENO);
	head = recording_lines(reader, rep->path, opts.ascii);
	opts.head = (const char *const *)head;
	err = head ? view_text(stdout, model, &opts) : -ENOMEM;
	recording_lines_free(head);
	return err;
}

static int write_run(const struct report *rep, struct rec_reader *reader, const struct dax_model *model)
{
	struct runfile run = rep->run_file;
	json_t *facts = recording_json(reader);
	int err;

	/* The recording may be from another machine: do not describe this one. */
	run.release = json_string_value(json_object_get(json_object_get(facts, "kernel"), "release"));
	if (!run.release)
		run.release = "unknown";
	if (!run.name)
		run.name = "recording";
	err = runfile_write(&run, model);
	json_decref(facts);
	if (!err)
		return DAX_EXIT_OK;
	warn_msg("%s: %s", run.path, strerror(-err));
	return DAX_EXIT_UNSUPPORTED;
}

/* Show the whole recording as one sample, with none before it. */
static int show_totals(const struct report *rep, struct rec_reader *reader)
{
	struct dax_source *source = rec_source(reader, 0);
	struct dax_sample now, before;
	struct dax_model *model;
	int err, status = DAX_EXIT_OK;

	if (source && rep->per_thread)
		rec_by_thread(source);
	err = source ? source->next(source, &now) : -ENOMEM;
	if (err < 0) {
		status = report_fail(rep->path, err);
	} else {
		before = now;
		before.nr_rows = 0;
		before.mono_ns = rec_state(reader)->first_ns;
		model = dax_model_build(&now, &before, now.mono_ns - before.mono_ns);
		err = model ? print(rep, reader, model) : -ENOMEM;
		if (err)
			status = report_fail(rep->path, err);
		else if (rep->run_file.path)
			status = write_run(rep, reader, model);
		dax_model_free(model);
	}
	if (source)
		source->free(source);
	return status;
}

int trace_report(int argc, char *argv[])
{
	struct report rep = {.rows = ~0ULL};
	struct view_opts text;
	struct rec_reader *reader;
	char err[512];
	int ret, status = DAX_EXIT_OK;

	options(&rep, argc, argv);
	ret = rec_open(&reader, rep.path, err, sizeof(err));
	if (ret)
		die(ret == -ENOMEM ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "%s: %s", rep.path,
		    err);
	if (rep.show == SHOW_EVENTS) {
		text_opts(&text, STDOUT_FILENO);
		ret = show_events(stdout, reader, text.ascii);
		if (ret)
			status = report_fail(rep.path, ret);
	} else {
		status = show_totals(&rep, reader);
	}
	/* The text output has it in its header. */
	if (recording_damage(rec_state(reader), err, sizeof(err)) && rep.show != SHOW_TEXT)
		warn_msg("%s: %s", rep.path, err);
	rec_free(reader);
	return status;
}

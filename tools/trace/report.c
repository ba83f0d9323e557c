// SPDX-License-Identifier: GPL-2.0-only
/* report.c - daxtrace report: what a recording holds. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "model/model.h"
#include "record/fold.h"
#include "trace/show.h"
#include "trace/trace.h"
#include "util/err.h"

#define DEFAULT_FILE "daxtrace.data"

static const char usage[] =
	"Usage: daxtrace report [OPTION]... [FILE]\n"
	"Show what a recording of daxtrace record holds: totals, files, processes, and why faults\n"
	"were not served at 2 MiB.\n"
	"\n"
	"  -i FILE        the recording (daxtrace.data); FILE alone does as well\n"
	"      --json     one JSON object\n"
	"      --events   one line for each fault, in the order of time\n"
	"      --per-thread  a table of threads too\n"
	"      --rows N   lines of each table in text (10) and JSON (all); 0: all\n"
	"  -h, --help\n"
	"\n"
	"A damaged or unfinished recording is read as far as it goes, and the damage told.\n"
	"Exit status: 0 shown, 2 usage or not a recording, 3 cannot read or write.\n";

enum show { SHOW_TEXT, SHOW_JSON, SHOW_EVENTS };

struct report {
	const char *path;
	enum show show;
	__u64 rows; /* ~0: not given */
	bool per_thread;
};

enum { OPT_JSON = 256, OPT_EVENTS, OPT_PER_THREAD, OPT_ROWS };

static const struct option longopts[] = {
	{"input", required_argument, NULL, 'i'},
	{"json", no_argument, NULL, OPT_JSON},
	{"events", no_argument, NULL, OPT_EVENTS},
	{"rows", required_argument, NULL, OPT_ROWS},
	{"per-thread", no_argument, NULL, OPT_PER_THREAD},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static void option(struct report *rep, int opt, char *arg)
{
	switch (opt) {
	case 'i':
		rep->path = arg;
		break;
	case OPT_JSON:
		rep->show = SHOW_JSON;
		break;
	case OPT_EVENTS:
		rep->show = SHOW_EVENTS;
		break;
	case OPT_PER_THREAD:
		rep->per_thread = true;
		break;
	case OPT_ROWS:
		rep->rows = parse_number("--rows", arg, 0, 1000000000);
		break;
	case 'h':
		print_and_exit(usage);
	default:
		try_help();
	}
}

static void options(struct report *rep, int argc, char *argv[])
{
	int opt;

	argv[0] = (char *)program_name(); /* for the messages of getopt_long() */
	while ((opt = getopt_long(argc, argv, "i:h", longopts, NULL)) != -1)
		option(rep, opt, optarg);
	if (optind < argc && !rep->path)
		rep->path = argv[optind++];
	if (optind < argc)
		die_usage("'%s': there can be only one recording", argv[optind]);
	if (!rep->path)
		rep->path = DEFAULT_FILE;
}

/* Reading @path or writing failed. */
static int fail(const char *path, int err)
{
	warn_msg("%s: %s", ferror(stdout) ? "standard output" : path, strerror(-err));
	clearerr(stdout); /* said here, with its reason */
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
		opts.extra = json_recording(reader);
		err = opts.extra ? view_json(stdout, model, &opts) : -ENOMEM;
		json_decref(opts.extra);
		return err;
	}
	text_opts(&opts, STDOUT_FILENO);
	head = head_lines(reader, rep->path, opts.ascii);
	opts.head = (const char *const *)head;
	err = head ? view_text(stdout, model, &opts) : -ENOMEM;
	head_free(head);
	return err;
}

/* All of the recording as one sample, and nothing before it. */
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
		status = fail(rep->path, err);
	} else {
		before = now;
		before.nr_rows = 0;
		before.mono_ns = rec_state(reader)->first_ns;
		model = dax_model_build(&now, &before, now.mono_ns - before.mono_ns);
		err = model ? print(rep, reader, model) : -ENOMEM;
		if (err)
			status = fail(rep->path, err);
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
			status = fail(rep.path, ret);
	} else {
		status = show_totals(&rep, reader);
	}
	/* In text it stands in the head. */
	if (damage(rec_state(reader), err, sizeof(err)) && rep.show != SHOW_TEXT)
		warn_msg("%s: %s", rep.path, err);
	rec_free(reader);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* shared.c - opening stores, loading histories and writing reports for all commands. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "dash/command/command.h"
#include "util/err.h"

/* A password in a connection string is nobody's business. */
static const char *store_name(const struct dash_args *args)
{
	const char *at = strrchr(args->store, '@');

	return at ? at + 1 : strstr(args->store, "password") ? "the server" : args->store;
}

struct store *open_store(const struct dash_args *args, bool make)
{
	struct store *store;
	const char *why;
	struct stat st;
	int err;

	if (make && !strcmp(args->store, DASH_DEFAULT_STORE) && mkdir(".daxdash", 0777) && errno != EEXIST)
		die(DAX_EXIT_UNSUPPORTED, ".daxdash: %s", strerror(errno));
	if (!make && !strstr(args->store, "=") && !strstr(args->store, "://") && stat(args->store, &st))
		die(DAX_EXIT_USAGE, "%s: %s: there is no store: import runs first", args->store,
		    strerror(errno));
	err = store_open(&store, args->store, &why);
	if (err)
		die(err == -3 ? DAX_EXIT_USAGE : DAX_EXIT_UNSUPPORTED, "%s: %s", store_name(args), why);
	return store;
}

void load_history(const struct dash_args *args, bool pull_requests, __u32 hists,
		  struct dash_history *out)
{
	const struct store_query query = {
		.repo = args->repo, .pull_requests = pull_requests, .hists = hists};
	struct store *store = open_store(args, false);
	int err = store_load(store, &query, out);

	if (err)
		die(err == -2 ? DAX_EXIT_USAGE : DAX_EXIT_UNSUPPORTED, "%s: %s", store_name(args),
		    store_error(store));
	store_close(store);
}

void write_report(const char *path, report_fn *report, const struct dash_verdicts *v,
		  const struct report_opts *opts)
{
	FILE *to = stdout;
	int err;

	if (!path)
		return;
	/* Summaries of several steps follow each other in one file. */
	if (strcmp(path, "-") && !(to = fopen(path, report == report_markdown ? "ae" : "we")))
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	err = report(to, v, opts);
	if (to != stdout && fclose(to) && !err)
		err = errno ? -errno : -EIO;
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", path, strerror(-err));
}

void say_refused(const char *path, const struct format_error *error)
{
	if (error->line)
		warn_msg("%s: line %zu: %s", path, error->line, error->text);
	else
		warn_msg("%s: %s", path, error->text);
}

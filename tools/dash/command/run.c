// SPDX-License-Identifier: GPL-2.0-only
/* run.c - daxdash run: a suite of workloads, whose runs become one run of this commit. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "dash/command/command.h"
#include "dash/format/build.h"
#include "dash/format/measured.h"
#include "util/err.h"

/* Where the suites are: DAXDASH_SUITES, or beside the sources that this program was built from. */
static char *suite_path(const char *name)
{
	const char *dir = getenv("DAXDASH_SUITES");
	char self[4096], *path = NULL;
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *end = NULL, *next;

	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name) || !*name)
		die_usage("'%s': no such suite: counts, icount or wall", name);
	if (dir && *dir) {
		if (asprintf(&path, "%s/%s", dir, name) < 0)
			die(DAX_EXIT_UNSUPPORTED, "out of memory");
	} else if (len > 0) {
		self[len] = 0;
		/* TREE/build/daxdash, or TREE/build/asan/daxdash */
		for (next = self; (next = strstr(next, "/build/")); next++)
			end = next; /* the last one: the tree may lie below another such folder */
		if (end) {
			*end = 0;
			if (asprintf(&path, "%s/tools/dash/suites/%s", self, name) < 0)
				die(DAX_EXIT_UNSUPPORTED, "out of memory");
		}
	}
	if (!path || access(path, X_OK))
		die(DAX_EXIT_USAGE, "'%s': no such suite in %s: set DAXDASH_SUITES", name,
		    path ? path : "this installation");
	return path;
}

/* Run the suite, which writes runs as an array of JSON to the file @to. */
static void run_suite(char *path, char *const *options, size_t nr, const char *to)
{
	char **argv = calloc(nr + 3, sizeof(*argv));
	pid_t pid;
	size_t i;
	int status = -1, err;

	if (!argv)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	argv[0] = path;
	argv[1] = (char *)to;
	for (i = 0; i < nr; i++)
		argv[2 + i] = options[i];
	err = posix_spawn(&pid, path, NULL, NULL, argv, environ);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", path, strerror(err));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	free(argv);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		unlink(to);
		die(WIFEXITED(status) && WEXITSTATUS(status) == DAX_EXIT_USAGE ? DAX_EXIT_USAGE :
										 DAX_EXIT_UNSUPPORTED,
		    "%s: the suite failed: what it said is above", path);
	}
}

/* One build of them all, when each has one. */
static void merge_builds(struct dash_runs *runs)
{
	struct measured build = {""};
	size_t i;

	for (i = 0; i < runs->nr; i++) {
		if (!runs->run[i].build) {
			free(runs->run[0].build);
			runs->run[0].build = NULL;
			return;
		}
		measured_text(&build, runs->run[i].build);
	}
	if (runs->nr < 2)
		return;
	free(runs->run[0].build);
	runs->run[0].build = strdup(build.hash);
}

/* All metrics into the first run; an environment that differs within a suite would be none. */
static void merge(struct dash_runs *runs)
{
	struct dash_run *to = &runs->run[0];
	size_t i, k;

	for (i = 1; i < runs->nr; i++) {
		struct dash_run *from = &runs->run[i];
		struct dash_metric *more =
			reallocarray(to->metric, to->nr_metrics + from->nr_metrics, sizeof(*more));

		if (!more)
			die(DAX_EXIT_UNSUPPORTED, "out of memory");
		to->metric = more;
		memcpy(more + to->nr_metrics, from->metric, from->nr_metrics * sizeof(*more));
		to->nr_metrics += from->nr_metrics;
		from->nr_metrics = 0;
		to->lost += from->lost;
		for (k = 0; k < from->nr_env; k++)
			if (!env_get(to, from->env[k].key) &&
			    env_put(to, from->env[k].key, from->env[k].value))
				die(DAX_EXIT_UNSUPPORTED, "out of memory");
	}
}

static void write_run(const char *path, struct dash_runs *runs)
{
	FILE *to = path ? fopen(path, "we") : stdout;
	size_t nr = runs->nr;
	int err;

	if (!to)
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	runs->nr = 1;
	err = format_own.write(to, runs);
	runs->nr = nr;
	if (to != stdout && fclose(to) && !err)
		err = errno ? -errno : -EIO;
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", path ?: "standard output", strerror(-err));
}

int command_run(struct dash_args *args)
{
	struct format_error error = {0};
	struct dash_runs runs = {0};
	char temp[] = "/tmp/daxdash-run-XXXXXX", *path;
	struct github_event event;
	__s64 started = time(NULL);
	int fd, err;

	path = suite_path(args->word[0]);
	if (args->event) {
		event_read(args->event, args->git ?: ".", &event);
		args->given.commit.sha = args->given.commit.sha ?: event.head;
		args->given.commit.branch = args->given.commit.branch ?: event.branch;
	}
	if (!args->given.commit.sha || args->git)
		git_commit(args->git ?: ".", &args->given.commit);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", temp, strerror(errno));
	close(fd);
	run_suite(path, args->word + 1, args->nr_words - 1, temp);
	err = format_read_file(temp, &format_own, &args->given, &runs, &error);
	if (!err && !runs.nr)
		err = format_fail(&error, 0, "the suite wrote no run");
	if (err) {
		say_refused(path, &error);
		unlink(temp);
		return DAX_EXIT_UNSUPPORTED;
	}
	unlink(temp);
	merge_builds(&runs);
	merge(&runs);
	runs.run[0].started = started;
	write_run(args->output, &runs);
	dash_runs_free(&runs);
	free(path);
	return DAX_EXIT_OK;
}

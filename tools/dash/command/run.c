// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - daxdash run: a suite of workloads, whose runs become one run of this commit, unless they are
 * pairs of a base and this commit.
 */
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
		    "%s: the suite failed: its output is above", path);
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

/* What git knows of the commits that the suite itself named. */
static void ask_git(struct dash_runs *runs, const char *sha, const char *dir)
{
	size_t i;

	for (i = 0; i < runs->nr; i++) {
		struct dash_commit *c = &runs->run[i].commit;
		char *name = c->sha;

		if (strcmp(name, sha) != 0) {
			git_commit(dir, c);
			free(name);
		}
	}
}

/*
 * Merge the runs into the first, but not those that the suite made in pairs, which are compared with
 * each other. Returns how many are left.
 */
static size_t join(struct dash_runs *runs, const char *pair)
{
	bool paired = false;
	size_t i;

	for (i = 0; i < runs->nr; i++)
		paired |= runs->run[i].pair != NULL;
	if (paired && pair)
		die_usage("--pair: the suite makes pairs itself");
	if (paired)
		return runs->nr;
	merge_builds(runs);
	merge(runs);
	if (pair && !(runs->run[0].pair = clean(pair)))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	return 1;
}

/* Write the first @nr runs. */
static void write_runs(const char *path, const struct dash_runs *runs, size_t nr)
{
	FILE *to = path ? fopen(path, "we") : stdout;
	const struct dash_runs some = {.run = runs->run, .nr = nr};
	int err;

	if (!to)
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	err = format_own.write(to, &some);
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
	struct format_given given;
	__s64 started = time(NULL);
	const char *git = NULL;
	size_t i, nr;
	int fd, err;

	path = suite_path(args->word[0]);
	if (args->event) {
		event_read(args->event, args->git ?: ".", &event);
		args->given.commit.sha = args->given.commit.sha ?: event.head;
		args->given.commit.branch = args->given.commit.branch ?: event.branch;
	}
	if (!args->given.commit.sha || args->git)
		git_commit(git = args->git ?: ".", &args->given.commit);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", temp, strerror(errno));
	close(fd);
	run_suite(path, args->word + 1, args->nr_words - 1, temp);
	given = args->given;
	given.yields = true;
	given.pair = NULL;
	err = format_read_file(temp, &format_own, &given, &runs, &error);
	if (!err && !runs.nr)
		err = format_fail(&error, 0, "the suite wrote no run");
	if (err) {
		say_refused(path, &error);
		unlink(temp);
		return DAX_EXIT_UNSUPPORTED;
	}
	unlink(temp);
	if (git)
		ask_git(&runs, given.commit.sha, git);
	nr = join(&runs, args->given.pair);
	for (i = 0; i < nr; i++)
		runs.run[i].started = started;
	write_runs(args->output, &runs, nr);
	dash_runs_free(&runs);
	free(path);
	return DAX_EXIT_OK;
}

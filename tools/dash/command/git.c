// SPDX-License-Identifier: GPL-2.0-only
/* git.c - what git knows of a commit: its place in history, parent, time and subject. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "dash/command/command.h"
#include "dash/format/build.h"
#include "util/err.h"

/* Run git in @dir; its output without the last newline, NULL when it fails. */
static char *git(const char *dir, const char *const *args)
{
	char *argv[16] = {"git", "-C", (char *)dir}, *out = NULL;
	posix_spawn_file_actions_t actions;
	int fd[2], status = 1, i, err;
	size_t len = 0;
	ssize_t got;
	pid_t pid;
	char buffer[4096];
	FILE *to;

	for (i = 0; i < 12 && args[i]; i++)
		argv[3 + i] = (char *)args[i];
	if (pipe2(fd, O_CLOEXEC))
		return NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fd[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, "git", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fd[1]);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "git: %s: install git, or use --commit and --order",
		    strerror(err));
	to = open_memstream(&out, &len);
	while (to && (got = read(fd[0], buffer, sizeof(buffer))) > 0)
		fwrite(buffer, 1, (size_t)got, to);
	close(fd[0]);
	if (to)
		fclose(to);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status) {
		free(out);
		return NULL;
	}
	while (out && len && out[len - 1] == '\n')
		out[--len] = 0;
	return out;
}

bool git_has(const char *dir, const char *sha)
{
	char name[200];
	char *found;

	snprintf(name, sizeof(name), "%s^{commit}", sha);
	found = git(dir, (const char *[]){"rev-parse", "--verify", "--quiet", "--end-of-options",
					  name, NULL});
	free(found);
	return found != NULL;
}

/*
 * The repository's name, the same in all its clones and worktrees: the last part of where it came from,
 * or of where it is.
 */
static char *repo_name(const char *dir)
{
	char *path = git(dir, (const char *[]){"config", "--get", "remote.origin.url", NULL});
	char *name = NULL, *slash;
	size_t len;

	if (!path)
		path = git(dir, (const char *[]){"rev-parse", "--path-format=absolute",
						 "--git-common-dir", NULL});
	if (!path)
		return clean("");
	len = strlen(path);
	while (len && path[len - 1] == '/')
		path[--len] = 0;
	if (len > 5 && !strcmp(path + len - 5, "/.git"))
		path[len - 5] = 0;
	else if (len > 4 && !strcmp(path + len - 4, ".git"))
		path[len - 4] = 0;
	slash = strrchr(path, '/');
	name = clean(slash ? slash + 1 : path);
	free(path);
	return name;
}

void git_commit(const char *dir, struct dash_commit *c)
{
	char name[200], *sha, *shallow, *count, *show, *line, *next;

	snprintf(name, sizeof(name), "%s^{commit}", c->sha ? c->sha : "HEAD");
	sha = git(dir, (const char *[]){"rev-parse", "--verify", "--quiet", "--end-of-options", name,
					NULL});
	if (!sha)
		die(DAX_EXIT_USAGE, "%s: no repository that has commit '%s'", dir,
		    c->sha ? c->sha : "HEAD");
	c->sha = sha;
	shallow = git(dir, (const char *[]){"rev-parse", "--is-shallow-repository", NULL});
	if (shallow && !strcmp(shallow, "true"))
		die(DAX_EXIT_USAGE,
		    "%s: a shallow clone does not know a commit's place in history: fetch all of it (fetch-depth: 0, GIT_DEPTH: 0), or use --order",
		    dir);
	free(shallow);
	count = git(dir, (const char *[]){"rev-list", "--first-parent", "--count", sha, "--", NULL});
	if (count && c->order < 0)
		c->order = strtoll(count, NULL, 10);
	free(count);
	show = git(dir, (const char *[]){"show", "-s", "--format=%P%n%ct%n%s", sha, "--", NULL});
	line = show;
	for (int i = 0; i < 3 && line; i++, line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		if (i == 0 && !c->parent && *line)
			c->parent = clean_text(line, strcspn(line, " "), FORMAT_MAX_NAME);
		else if (i == 1 && c->time < 0)
			c->time = strtoll(line, NULL, 10);
		else if (i == 2 && !c->subject)
			c->subject = clean_text(line, strlen(line), FORMAT_MAX_TEXT);
	}
	free(show);
	if (!c->branch) {
		c->branch = git(dir, (const char *[]){"rev-parse", "--abbrev-ref", "HEAD", NULL});
		if (c->branch && !strcmp(c->branch, "HEAD"))
			c->branch = NULL;
	}
	if (!c->repo)
		c->repo = repo_name(dir);
}

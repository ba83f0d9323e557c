// SPDX-License-Identifier: GPL-2.0-only
/*
 * child.c - run COMMAND from its first instruction under observation: it waits until the tool is
 * ready.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "util/child.h"

static void run(int go_fd, int error_fd, char *const argv[], const struct user *user)
{
	char byte;
	int err;

	/* End of file: the tool exited before it was ready. */
	if (read(go_fd, &byte, 1) != 1)
		_exit(0);
	err = user ? -user_become(user) : 0;
	if (!err) {
		execvp(argv[0], argv);
		err = errno;
	}
	if (write(error_fd, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

int child_prepare(struct child *child, char *const argv[], const struct user *user)
{
	int go[2], error[2], err;

	child->pid = 0;
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(error, O_CLOEXEC)) {
		err = -errno;
		close(go[0]);
		close(go[1]);
		return err;
	}
	child->pid = fork();
	if (child->pid < 0) {
		err = -errno;
		child->pid = 0;
		close(go[0]);
		close(go[1]);
		close(error[0]);
		close(error[1]);
		return err;
	}
	if (!child->pid) {
		close(go[1]);
		close(error[0]);
		run(go[0], error[1], argv, user);
	}
	close(go[0]);
	close(error[1]);
	child->go_fd = go[1];
	child->error_fd = error[0];
	return 0;
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

bool child_is_program(const char *name)
{
	const char *at = getenv("PATH"), *end;
	char path[PATH_MAX];

	if (strchr(name, '/'))
		return is_program(name);
	if (!at)
		at = "/bin:/usr/bin"; /* as execvp() does */
	for (;; at = end + 1) {
		end = strchrnul(at, ':');
		if (snprintf(path, sizeof(path), "%.*s/%s", (int)(end - at), end > at ? at : ".", name) <
			    (int)sizeof(path) &&
		    is_program(path))
			return true;
		if (!*end)
			return false;
	}
}

int child_start(struct child *child)
{
	ssize_t got;
	int err = 0;

	if (write(child->go_fd, "", 1) != 1)
		err = errno;
	close(child->go_fd);
	child->go_fd = -1;
	if (!err) {
		do {
			got = read(child->error_fd, &err, sizeof(err));
		} while (got < 0 && errno == EINTR);
		if (got != sizeof(err))
			err = 0;
	}
	close(child->error_fd);
	child->error_fd = -1;
	if (err) {
		waitpid(child->pid, NULL, 0);
		child->pid = 0;
	}
	return -err;
}

int child_wait(struct child *child, int block, int *status)
{
	pid_t got;

	do {
		got = waitpid(child->pid, status, block ? 0 : WNOHANG);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (!got)
		return 0;
	child->pid = 0;
	return 1;
}

int child_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void child_abandon(struct child *child)
{
	if (!child->pid)
		return;
	if (child->go_fd >= 0) {
		close(child->go_fd); /* it reads end of file, and exits */
		close(child->error_fd);
	} else {
		kill(child->pid, SIGTERM);
	}
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* child.h - run COMMAND so that nothing of it is missed: it waits until the tool watches. */
#ifndef DAX_UTIL_CHILD_H
#define DAX_UTIL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>
#include "util/user.h"

struct child {
	pid_t pid;    /* 0: no command */
	int go_fd;    /* written once to let the command start */
	int error_fd; /* carries errno of a failed exec; closed by a good one */
};

/*
 * Fork a process that will run @argv (searched in PATH) as @user, or as we are when NULL, but waits for
 * child_start(). Its signal mask and handlers are those the caller had at child_prepare(). Returns 0 or a negative errno.
 */
int child_prepare(struct child *child, char *const argv[], const struct user *user);

/* Is @name what child_prepare() would find a program under? */
bool child_is_program(const char *name);

/* Let it run. Returns 0, or the negative errno of the exec (-ENOENT: no such command). */
int child_start(struct child *child);

/*
 * Look whether the command has ended: 1 and *status (as of waitpid) when it has, 0 when not, or a
 * negative errno. @block waits for it.
 */
int child_wait(struct child *child, int block, int *status);

/* The exit status a shell would give for a waitpid() status: 128 + n for signal n. */
int child_exit_status(int status);

/* End a command that was never started, or that the tool cannot go on watching. */
void child_abandon(struct child *child);

#endif

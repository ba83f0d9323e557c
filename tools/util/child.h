/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * child.h - run COMMAND from its first instruction under observation: it waits until the tool is
 * ready.
 */
#ifndef DAX_UTIL_CHILD_H
#define DAX_UTIL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>
#include "util/user.h"

struct child {
	pid_t pid;    /* 0: no command */
	int go_fd;    /* one byte is written to it to let the command start */
	int error_fd; /* delivers errno of a failed exec; a successful exec closes it */
};

/*
 * Fork a process that will run @argv (searched in PATH) as @user (NULL: as we are), and that waits
 * for child_start(). It gets the signal mask and handlers that the caller had at child_prepare().
 * Returns 0 or a negative errno.
 */
int child_prepare(struct child *child, char *const argv[], const struct user *user);

/* Would child_prepare() find a program of this name? */
bool child_is_program(const char *name);

/* Let it run. Returns 0, or the negative errno of the exec (-ENOENT: no such command). */
int child_start(struct child *child);

/*
 * Check whether the command has ended. Returns 1 and *status (as from waitpid) when it has, 0 when
 * not, or a negative errno. With @block, wait for it.
 */
int child_wait(struct child *child, int block, int *status);

/* The exit status that a shell would report for a waitpid() status: 128 + n for signal n. */
int child_exit_status(int status);

/* End a command that was never started, or that the tool cannot watch any longer. */
void child_abandon(struct child *child);

#endif

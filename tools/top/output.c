// SPDX-License-Identifier: GPL-2.0-only
/* output.c - keep the output of the command off the screen, and keep its end for later. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "top/top.h"

int output_divert(struct output *output)
{
	int ends[2], null, fd;

	output->fd = -1;
	output->nr = 0;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	/* The command's end of the pipe blocks, as programs expect. */
	fcntl(ends[1], F_SETFL, 0);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (fd = 0; fd < 3; fd++) {
		output->saved[fd] = -1;
		if (!isatty(fd))
			continue;
		output->saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (fd == STDIN_FILENO)
			dup2(null, fd);
		else
			dup2(ends[1], fd);
	}
	if (null >= 0)
		close(null);
	close(ends[1]);
	output->fd = ends[0];
	return 0;
}

void output_restore(struct output *output)
{
	int fd;

	for (fd = 0; fd < 3 && output->fd >= 0; fd++) {
		if (output->saved[fd] < 0)
			continue;
		dup2(output->saved[fd], fd);
		close(output->saved[fd]);
	}
}

bool output_read(struct output *output)
{
	char bytes[4096];
	ssize_t got = read(output->fd, bytes, sizeof(bytes)), i;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	for (i = 0; i < got; i++)
		output->last[output->nr++ % sizeof(output->last)] = bytes[i];
	return got > 0;
}

void output_print(struct output *output)
{
	size_t kept = sizeof(output->last), before, i;

	if (output->fd < 0)
		return;
	do {
		before = output->nr;
	} while (output_read(output) && output->nr != before);
	if (output->nr > kept)
		printf("[... %zu bytes of the command's output were not kept]\n",
		       output->nr - kept);
	for (i = output->nr > kept ? output->nr - kept : 0; i < output->nr; i++)
		putchar(output->last[i % kept]);
	close(output->fd);
	output->fd = -1;
}

// SPDX-License-Identifier: GPL-2.0-only
/* lease.c - a write lease on a file: the kernel guarantees that no other process has it open. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include "doctor/lease.h"

static volatile sig_atomic_t wanted; /* another process wants to open the file */

static void on_break(int sig)
{
	(void)sig;
	wanted = 1;
}

int lease_take(int fd)
{
	/* Without a handler SIGIO would end the program. */
	struct sigaction action = {.sa_handler = on_break, .sa_flags = SA_RESTART};

	wanted = 0;
	if (sigaction(SIGIO, &action, NULL))
		return -errno;
	return fcntl(fd, F_SETLEASE, F_WRLCK) ? -errno : 0;
}

/* While a process waits, F_GETLEASE returns the type that the lease is to be changed to. */
bool lease_broken(int fd)
{
	return wanted || fcntl(fd, F_GETLEASE) != F_WRLCK;
}

void lease_release(int fd)
{
	(void)fcntl(fd, F_SETLEASE, F_UNLCK);
}

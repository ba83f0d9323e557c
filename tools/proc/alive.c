// SPDX-License-Identifier: GPL-2.0-only
/* alive.c - whether a process or thread that the kernel side reported still exists. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "proc/alive.h"

/* Numbers of the initial namespaces: include/linux/proc_ns.h of the kernel. */
#define INIT_PID_NS  "pid:[4026531836]"
#define INIT_TIME_NS "time:[4026531834]"

#define START_FIELD 22 /* of /proc/PID/stat: proc_pid_stat(5) */

static bool link_is(const char *path, const char *text, bool when_missing)
{
	char link[64];
	ssize_t len = readlink(path, link, sizeof(link) - 1);

	if (len < 0)
		return when_missing && errno == ENOENT;
	link[len] = '\0';
	return !strcmp(link, text);
}

bool alive_known(void)
{
	char self[32];
	ssize_t len = readlink("/proc/self", self, sizeof(self) - 1);

	if (len <= 0)
		return false;
	self[len] = '\0';
	return strtol(self, NULL, 10) == getpid() && link_is("/proc/self/ns/pid", INIT_PID_NS, false) &&
	       link_is("/proc/self/ns/time", INIT_TIME_NS, true);
}

/* The start in clock ticks; false: the text is not from the kernel. */
static bool start_of(const char *stat, unsigned long long *ticks)
{
	const char *at = strrchr(stat, ')'); /* the name before it may contain anything */
	int field;

	for (field = 2; at && field < START_FIELD; field++)
		at = strchr(at + 1, ' ');
	return at && sscanf(at, "%llu", ticks) == 1;
}

bool alive_vacant(__u32 tgid, __u32 tid)
{
	return syscall(SYS_tgkill, tgid, tid ? tid : tgid, 0) && errno == ESRCH;
}

bool alive_gone(__u32 tgid, __u32 tid, __u64 start_ns)
{
	const unsigned long long tick_ns = 1000000000ULL / (unsigned long long)sysconf(_SC_CLK_TCK);
	char path[64], stat[1024];
	unsigned long long ticks;
	ssize_t len;
	int fd;

	if (tid)
		snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", tgid, tid);
	else
		snprintf(path, sizeof(path), "/proc/%u/stat", tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) /* /proc may hide it: see hidepid in proc(5) */
		return errno == ENOENT && alive_vacant(tgid, tid);
	len = read(fd, stat, sizeof(stat) - 1);
	if (len < 0) {
		len = errno;
		close(fd);
		return len == ESRCH;
	}
	close(fd);
	stat[len] = '\0';
	return start_of(stat, &ticks) && ticks != start_ns / tick_ns;
}

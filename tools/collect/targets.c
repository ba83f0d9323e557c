// SPDX-License-Identifier: GPL-2.0-only
/* targets.c - the processes and cgroups that -p and -G name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "collect/pidns.h"
#include "collect/targets.h"
#include "proc/cgroup.h"
#include "util/err.h"
#include "util/number.h"

#define MOST_PID 4194304 /* PID_MAX_LIMIT */

void targets_add_pids(__u32 **targets, size_t *nr, size_t most, char *list)
{
	char *pid, *rest = list;

	while ((pid = strsep(&rest, ","))) {
		__u64 value = parse_number("-p", pid, 1, MOST_PID);
		char err[256];
		__u32 *more;
		int ret = pidns_check((__u32)value, err, sizeof(err));

		if (ret)
			die(ret == -ENOTSUP ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "-p %s: %s", pid, err);
		if (*nr == most)
			die_usage("-p: more than %zu processes", most);
		more = reallocarray(*targets, *nr + 2, sizeof(*more));
		if (!more)
			die(DAX_EXIT_UNSUPPORTED, "-p: %s", strerror(ENOMEM));
		*targets = more;
		more[(*nr)++] = (__u32)value;
	}
}

void targets_add_cgroup(int *cgroups, size_t *nr, size_t most, const char *path)
{
	char err[512];
	int fd;

	if (*nr == most)
		die_usage("-G: more than %zu cgroups", most);
	fd = cgroup_open(path, err, sizeof(err));
	if (fd < 0)
		die(fd == -ENOTSUP ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "-G %s: %s", path, err);
	cgroups[(*nr)++] = fd;
}

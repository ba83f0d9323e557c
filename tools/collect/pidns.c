// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidns.c - translates process numbers as the user sees them to those that the kernel's filters
 * need.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "collect/pidns.h"

/* Number of the initial namespace: include/linux/proc_ns.h of the kernel. */
#define INITIAL "pid:[4026531836]"

bool pidns_initial(void)
{
	char link[64];
	ssize_t len = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);

	if (len < 0)
		return false;
	link[len] = '\0';
	return !strcmp(link, INITIAL);
}

/* The value after @name (with its colon) in /proc/@pid/status; false: no such line or file. */
static bool status_line(const char *pid, const char *name, char *out, size_t size)
{
	char path[64];
	bool found = false;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	in = fopen(path, "re");
	while (in && !found && fgets(out, (int)size, in))
		found = !strncmp(out, name, strlen(name));
	if (in)
		fclose(in);
	return found;
}

/*
 * /proc belongs to an outer namespace, as after "unshare -pf" without --mount-proc: ps then shows
 * other numbers than kill(1) takes.
 */
static bool proc_is_foreign(void)
{
	char line[256];
	int one, two;

	return status_line("self", "NSpid:", line, sizeof(line)) &&
	       sscanf(line, "NSpid: %d %d", &one, &two) == 2;
}

int pidns_check(__u32 pid, char *err, size_t size)
{
	char number[16], line[256];
	unsigned int leader;

	if (kill((pid_t)pid, 0) && errno == ESRCH) {
		snprintf(err, size, "%s", strerror(ESRCH));
		return -ESRCH;
	}
	if (proc_is_foreign()) {
		snprintf(err, size,
			 "/proc shows the numbers of another pid namespace: run 'mount -t proc proc /proc' in "
			 "this one (unshare --mount-proc), or run the program in that one");
		return -ENOTSUP;
	}
	/* Only for a process are both numbers the same. */
	if (!syscall(SYS_tgkill, pid, pid, 0) || errno != ESRCH)
		return 0;
	snprintf(number, sizeof(number), "%u", pid);
	if (status_line(number, "Tgid:", line, sizeof(line)) && sscanf(line, "Tgid: %u", &leader) == 1)
		snprintf(err, size, "that is a thread, not a process: use its process, %u", leader);
	else
		snprintf(err, size, "that is a thread, not a process: use the number of its process");
	return -EINVAL;
}

/* Make the kernel run the program on every task that we can see. */
static int walk(const struct bpf_program *find)
{
	struct bpf_link *link = bpf_program__attach_iter(find, NULL);
	char nothing[64];
	ssize_t got;
	int fd, err = 0;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		bpf_link__destroy(link);
		return fd;
	}
	do {
		got = read(fd, nothing, sizeof(nothing));
		/* After a million tasks without output the kernel returns EAGAIN. */
	} while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
	if (got < 0)
		err = -errno;
	close(fd);
	bpf_link__destroy(link);
	return err;
}

int pidns_resolve(const struct bpf_program *find, const struct bpf_map *asked, __u32 *pids, size_t nr,
		  __u32 *missing)
{
	int map = bpf_map__fd(asked), err;
	__u32 none = 0, found;
	size_t i;

	for (i = 0; i < nr; i++)
		if (bpf_map_update_elem(map, &pids[i], &none, BPF_ANY))
			return -errno;
	err = walk(find);
	for (i = 0; i < nr && !err; i++) {
		if (bpf_map_lookup_elem(map, &pids[i], &found) || !found) {
			*missing = pids[i];
			return -ESRCH;
		}
		pids[i] = found;
	}
	return err;
}

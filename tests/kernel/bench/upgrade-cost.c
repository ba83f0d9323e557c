// SPDX-License-Identifier: GPL-2.0-only
/* Reading through a file that was touched at 4 KiB in every range: upgrade-cost DIRECTORY prints
 * faults and instructions. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RANGES = 64 };

static const size_t size = RANGES * RANGE;

/* The done events fire once a fault, on every kernel; the upgrade only where there is one */
static const char *const events[] = {"dax_pte_fault_done", "dax_pmd_fault_done", "dax_pmd_upgrade"};

enum { NR_EVENTS = 3 };

/* -1 when this kernel has no such event */
static int count_event(const char *name)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .disabled = 1};
	char path[128], id[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/fs_dax/%s/id", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, id, sizeof(id) - 1);
	close(fd);
	if (n <= 0)
		fail(path);
	id[n] = 0;
	attr.config = strtoull(id, NULL, 10);
	fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		fail("perf_event_open");
	return fd;
}

static void touch_through(char *m, size_t step, bool write)
{
	for (size_t at = 0; at < size; at += step) {
		if (write)
			*(volatile char *)(m + at) = 1;
		else
			(void)*(volatile char *)(m + at);
	}
}

static char *touched_and_mapped_anew(const char *dir, int *fd, bool huge)
{
	char *m;

	*fd = new_file(dir, "upgrade", size, WRITTEN);
	m = map(*fd, size, false, false);
	touch_through(m, RANGE, false);
	munmap(m, size);
	return map(*fd, size, false, huge);
}

static void measure(const char *dir, bool write)
{
	uint64_t count[NR_EVENTS] = {0}, cost;
	int fd, event[NR_EVENTS];
	char *m;

	/* The cost first, with no event on */
	m = touched_and_mapped_anew(dir, &fd, true);
	cost = instructions();
	touch_through(m, PAGE, write);
	cost = instructions() - cost;
	munmap(m, size);
	close(fd);

	m = touched_and_mapped_anew(dir, &fd, true);
	for (int i = 0; i < NR_EVENTS; i++) {
		event[i] = count_event(events[i]);
		if (event[i] >= 0)
			ioctl(event[i], PERF_EVENT_IOC_ENABLE, 0);
	}
	touch_through(m, PAGE, write);
	for (int i = 0; i < NR_EVENTS; i++) {
		if (event[i] < 0)
			continue;
		ioctl(event[i], PERF_EVENT_IOC_DISABLE, 0);
		if (read(event[i], &count[i], sizeof(count[i])) != sizeof(count[i]))
			fail(events[i]);
		close(event[i]);
	}
	munmap(m, size);
	close(fd);
	printf("upgrade|%s|%d|%lu|%lu|%lu|%lu\n", write ? "write" : "read", RANGES, count[0],
	       count[1], count[2], cost);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: upgrade-cost DIRECTORY\n");
		return 2;
	}
	measure(argv[1], false);
	measure(argv[1], true);
	return 0;
}

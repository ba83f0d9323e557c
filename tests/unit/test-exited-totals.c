// SPDX-License-Identifier: GPL-2.0-only
/* test-exited-totals.c - sums of what exited processes counted, and whether a process is still there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/types.h>
#include "collect/exited-totals.h"
#include "proc/alive.h"
#include "unit.h"

static void add(struct exited_totals *exited, __u64 ino, const char *comm, __u64 cgroup, __u64 faults, __u64 told)
{
	struct dax_meta meta = {.key = {.ino = ino, .dev = 1, .tgid = 77}, .cgroup = cgroup};
	struct dax_counts count = {0}, was = {0};
	bool is_new;

	strcpy(meta.comm, comm);
	count.fault[DAX_PTE_MAPPED][0] = faults;
	was.fault[DAX_PTE_MAPPED][0] = told;
	exited_totals_add(exited, exited_totals_find(exited, &meta, 0, &is_new), &count, told ? &was : NULL);
}

static __u64 faults_of(const struct exited_totals *exited, __u32 at, __u64 *told)
{
	struct dax_row row = {0}; /* what it has room for */

	exited_totals_row(exited, at, &row);
	*told = row.absorbed ? row.absorbed->fault[DAX_PTE_MAPPED][0] : 0;
	return row.count.fault[DAX_PTE_MAPPED][0];
}

static void sums(void)
{
	struct exited_totals *exited = exited_totals_open(3);
	struct dax_row row = {0}; /* what it has room for */
	__u64 told;

	add(exited, 5, "one", 9, 10, 4);
	add(exited, 5, "one", 9, 20, 5);
	add(exited, 5, "two", 9, 30, 0);
	add(exited, 5, "one", 8, 40, 0);
	CHECK(exited_totals_nr(exited) == 3 && faults_of(exited, 0, &told) == 30 && told == 9,
	      "one name and cgroup in one file is one sum, which knows what was told");
	exited_totals_row(exited, 0, &row);
	CHECK(row.exited && !row.other && row.key.ino == 5 && !row.key.tgid && row.cgroup == 9 &&
		      !strcmp(row.comm, "one"),
	      "it says whose it is");
	CHECK(faults_of(exited, 1, &told) == 30 && !told && faults_of(exited, 2, &told) == 40,
	      "another name, and another cgroup, are others");
	add(exited, 6, "one", 9, 50, 50);
	CHECK(exited_totals_nr(exited) == 3 && faults_of(exited, 3, &told) == 50 && told == 50,
	      "when there is no room it is with all others");
	CHECK(exited_totals_lost(exited) == 1, "... which is a loss");
	exited_totals_begin(exited);
	CHECK(faults_of(exited, 0, &told) == 30 && !told && faults_of(exited, 3, &told) == 50 && !told,
	      "what was told is old in the next reading, and nothing is lost");
	exited_totals_free(exited);
}

/* In clock ticks, by other means than alive.c: the whole line without the name. */
static unsigned long long started(pid_t pid)
{
	char command[128];
	unsigned long long ticks = 0;
	FILE *pipe;

	snprintf(command, sizeof(command), "sed 's/.*) //' /proc/%d/stat | cut -d' ' -f20", pid);
	pipe = popen(command, "r");
	if (!pipe || fscanf(pipe, "%llu", &ticks) != 1)
		ticks = 0;
	if (pipe)
		pclose(pipe);
	return ticks;
}

static void gone(void)
{
	const __u64 tick = 1000000000ULL / (__u64)sysconf(_SC_CLK_TCK);
	__u64 start;
	pid_t child;

	start = started(getpid()) * tick;
	CHECK(start && !alive_gone((__u32)getpid(), 0, start + tick - 1), "this process is there");
	CHECK(alive_gone((__u32)getpid(), 0, start + tick), "... and was not born a tick later");
	CHECK(!alive_gone((__u32)getpid(), (__u32)getpid(), start), "so is its thread");
	CHECK(alive_gone((__u32)getpid(), 1, start), "... which another's is not");
	child = fork();
	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
	CHECK(alive_gone((__u32)child, 0, start) && alive_vacant((__u32)child, 0), "a process that was waited for is gone");
	CHECK(!alive_vacant((__u32)getpid(), 0) && alive_vacant((__u32)getpid(), 1), "a number that is in use is not vacant");
}

int main(void)
{
	sums();
	gone();
	return UNIT_STATUS;
}

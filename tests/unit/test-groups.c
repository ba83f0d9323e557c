// SPDX-License-Identifier: GPL-2.0-only
/* test-groups.c - threads, processes, cgroups and mounts: each the sum of its rows, with its names.
 */
#include <stdlib.h>
#include "sample-make.h"
#include "unit.h"

#define SECOND 1000000000ULL

/* One row: a file, a thread of a process, a cgroup, and so many 4 KiB faults. */
static void add(struct made *made, __u64 ino, __u32 tgid, __u32 tid, __u64 cgroup, __u64 faults)
{
	struct dax_counts *cell =
		made_row(made, 259 << 20 | 1, ino, tgid, ino == 1 ? "/m/a" : "/m/b", "job");
	struct dax_row *row = &made->row[made->sample.nr_rows - 1];

	cell->fault[DAX_PTE_MAPPED][0] = faults;
	row->key.tid = tid;
	row->cgroup = cgroup;
	row->mount = "/m";
	row->fs_type = "xfs";
	row->cgroup_path = cgroup == 7 ? "/seven" : NULL;
	snprintf(row->thread, sizeof(row->thread), tid == 103 ? "" : "t%u", tid);
}

static void fill(struct made *made)
{
	made_init(made);
	made->sample.known |= DAX_KNOWN_THREADS;
	add(made, 1, 100, 100, 7, 10);
	add(made, 1, 100, 101, 7, 10);
	add(made, 2, 100, 101, 7, 15);
	add(made, 1, 100, 102, 8, 10);
	add(made, 1, 200, 200, 8, 25);
	add(made, 1, 100, 103, 8, 1);
	add(made, 0, 0, 0, 0, 1000);
	made->row[6].other = true;
}

static __u64 sum(const struct dax_model *model, enum dax_item_kind kind)
{
	__u64 all = 0;
	size_t i;

	for (i = 0; i < model->list[kind].nr; i++)
		all += (__u64)total(&model->list[kind].item[i], "pte_faults");
	return all;
}

static void test_threads(void)
{
	const struct dax_item *thread, *process, *file;
	struct dax_model *model;
	struct made made;

	fill(&made);
	model = dax_model_build(&made.sample, NULL, 0);
	thread = model->list[DAX_THREAD].item;
	process = model->list[DAX_PROCESS].item;
	file = model->list[DAX_FILE].item;
	CHECK(model->list[DAX_THREAD].nr == 6 && thread[1].key.tid == 101 &&
		      total(&thread[1], "pte_faults") == 25 && total(&thread[1], "pid") == 100 &&
		      total(&thread[1], "tid") == 101,
	      "a thread's rows of two files are one item");
	CHECK(!strcmp(text_of(&thread[1], "name"), "t101") &&
		      !dax_field_text(dax_field_find("name"), &thread[4], DAX_TOTAL),
	      "it has its name, or none");
	CHECK(model->list[DAX_PROCESS].nr == 3 && total(&process[0], "pte_faults") == 46 &&
		      total(&process[0], "tid") == -1,
	      "a process is the sum of its threads");
	CHECK(sum(model, DAX_THREAD) == 1071 && sum(model, DAX_PROCESS) == 1071 &&
		      sum(model, DAX_CGROUP) == 1071 && sum(model, DAX_FILE) == 1071 &&
		      sum(model, DAX_MOUNT) == 1071 && total(&model->host, "pte_faults") == 1071,
	      "all tables have the same sum, with what found no slot");
	CHECK(file[0].most_pid == 100 && file[0].most == 31,
	      "the process with most faults on a file is found by its sum, not by its threads");
	CHECK(!strcmp(process[0].most_path, "/m/a") && !strcmp(thread[1].most_path, "/m/b"),
	      "and the file with most faults of a process, and of a thread");
	dax_model_free(model);

	made.row[3].key.tid = 0;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(model->list[DAX_THREAD].nr == 5 && sum(model, DAX_THREAD) == 1071 &&
		      model->list[DAX_PROCESS].nr == 3 && sum(model, DAX_PROCESS) == 1071,
	      "threads that are not told apart are with the others, their process is known");
	dax_model_free(model);

	fill(&made);
	made.sample.known &= ~DAX_KNOWN_THREADS;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(!model->list[DAX_THREAD].nr && !(model->known & DAX_KNOWN_THREADS), "without threads there are none");
	dax_model_free(model);
}

static void test_interval(void)
{
	struct made before, now;
	struct dax_model *model;

	fill(&before);
	fill(&now);
	before.sample.nr_rows = 3;
	now.row[1].count.fault[DAX_PTE_MAPPED][0] += 5;
	now.sample.nr_rows = 6;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->list[DAX_THREAD].item[1], "pte_faults") == 5 &&
		      last(&model->list[DAX_THREAD].item[0], "pte_faults") == 0 &&
		      last(&model->list[DAX_THREAD].item[2], "pte_faults") == 10,
	      "intervals are per thread");
	dax_model_free(model);
	now.row[1].key.tid = 105;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "faults") == -1,
	      "another thread in a row's place cannot be compared");
	dax_model_free(model);
}

static void test_names(void)
{
	struct dax_model *model;
	const struct dax_item *item;
	struct dax_sample *copy;
	struct made made;

	fill(&made);
	made.row[0].path_was = "/m/old";
	made.row[0].path_gone = true;
	copy = dax_sample_copy(&made.sample);
	model = dax_model_build(copy, NULL, 0);
	item = model->list[DAX_CGROUP].item;
	CHECK(model->list[DAX_CGROUP].nr == 3 && item[0].cgroup == 7 &&
		      !strcmp(text_of(&item[0], "name"), "/seven") && item[1].cgroup == 8 &&
		      !strcmp(text_of(&item[1], "name"), "(unknown)") && item[2].other,
	      "cgroups have their number, and their path where it is known");
	CHECK(total(&item[0], "pte_faults") == 35 && total(&item[1], "pte_faults") == 36,
	      "and the faults of their threads");
	item = model->list[DAX_MOUNT].item;
	CHECK(!strcmp(text_of(&item[0], "name"), "/m") &&
		      !strcmp(text_of(&item[0], "dev"), "259:1") &&
		      !strcmp(text_of(&item[0], "fs_type"), "xfs"),
	      "a mount has its place, device and type");
	item = model->list[DAX_FILE].item;
	CHECK(!strcmp(item[0].path_was, "/m/old") && item[0].path_gone && !item[1].path_was,
	      "a renamed file has its old path");
	CHECK(!model->list[DAX_THREAD].item[0].most_path,
	      "a path that is no longer one is not named as one to look at");
	CHECK(!strcmp(text_of(&model->list[DAX_PROCESS].item[0], "cgroup"), "/seven"),
	      "a process says in which cgroup it is");
	dax_model_free(model);
	dax_sample_free(copy);
}

int main(void)
{
	test_threads();
	test_interval();
	test_names();
	return UNIT_STATUS;
}

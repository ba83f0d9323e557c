// SPDX-License-Identifier: GPL-2.0-only
/* test-interval.c - intervals in which rows come before the one of what found no slot, and faults of
 * which not all were timed. */
#include <stdlib.h>
#include <string.h>
#include "sample-make.h"
#include "unit.h"
#include "util/lat.h"
#include "view/format.h"

#define SECOND 1000000000ULL

static void other_is_last(void)
{
	struct made before, now;
	struct dax_model *model;

	made_init(&before);
	made_init(&now);
	made_row(&before, 1, 10, 100, "/a", "a")->fault[DAX_PTE_MAPPED][0] = 5;
	made_row(&before, 0, 0, 0, NULL, "")->fault[DAX_PMD_MAPPED][0] = 7;
	before.row[1].other = true;
	made_row(&now, 1, 10, 100, "/a", "a")->fault[DAX_PTE_MAPPED][0] = 6;
	made_row(&now, 1, 11, 100, "/b", "a")->fault[DAX_PTE_MAPPED][0] = 20;
	made_row(&now, 0, 0, 0, NULL, "")->fault[DAX_PMD_MAPPED][0] = 10;
	now.row[2].other = true;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "pte_faults") == 21 && last(&model->host, "pmd_faults") == 3,
	      "a new row before what found no slot leaves the interval known");
	dax_model_free(model);
	now.row[1].key.ino = 10;
	now.row[0].key.ino = 11;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "pte_faults") == 21, "rows that changed places are found again");
	dax_model_free(model);
	now.row[1].key.ino = 12;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "pte_faults") == -1, "without one of them nothing can be compared");
	dax_model_free(model);
	now.row[1].key.ino = 10;
	now.row[1].start_ns = 1;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "pte_faults") == -1, "nor is another process with its number the same");
	dax_model_free(model);
}

/* Of three processes two are gone: one is with those of its name since before, one is new there. */
static void exited_rows(void)
{
	struct made before, now;
	struct dax_counts absorbed = {0};
	const struct dax_items *items;
	struct dax_model *model;
	char name[FORMAT_NAME_MAX];

	made_init(&before);
	made_init(&now);
	made_row(&before, 1, 10, 100, "/a", "a")->fault[DAX_PTE_MAPPED][0] = 5;
	made_row(&before, 1, 10, 101, "/a", "b")->fault[DAX_PTE_MAPPED][0] = 50;
	made_row(&before, 1, 10, 102, "/a", "b")->fault[DAX_PTE_MAPPED][0] = 500;
	before.row[1].count.lat_max[DAX_LAT_PTE] = 7000;
	made_row(&now, 1, 10, 100, "/a", "a")->fault[DAX_PTE_MAPPED][0] = 6;
	made_row(&now, 1, 10, 0, "/a", "b")->fault[DAX_PTE_MAPPED][0] = 50 + 500 + 20;
	now.row[1].exited = true;
	now.row[1].count.lat_max[DAX_LAT_PTE] = 7000;
	absorbed.fault[DAX_PTE_MAPPED][0] = 550;
	absorbed.lat_max[DAX_LAT_PTE] = 7000;
	now.row[1].absorbed = &absorbed;
	now.sample.nr_gone = 2;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	items = &model->list[DAX_FILE];
	CHECK(items->nr == 1 && total(&items->item[0], "pte_faults") == 576 &&
		      last(&items->item[0], "pte_faults") == 21,
	      "a file keeps what exited processes counted, and its interval is known");
	CHECK(last(&items->item[0], "lat_pte_max_ns") == -1,
	      "... and no fault of theirs was the slowest again");
	items = &model->list[DAX_PROCESS];
	format_name(name, &items->item[1], true);
	CHECK(items->nr == 2 && items->item[1].exited && last(&items->item[1], "pte_faults") == 20 &&
		      last(&items->item[1], "pid") == -1 && !strcmp(name, "b (exited)"),
	      "processes of one name are a line: %s", name);
	CHECK(model->list[DAX_FILE].item[0].most_pid == 100, "nobody is sent to look at a process that is gone");
	dax_model_free(model);
	now.sample.nr_gone = 1;
	model = dax_model_build(&now.sample, &before.sample, SECOND);
	CHECK(last(&model->host, "pte_faults") == -1, "a row missing that is not said to be gone is noticed");
	dax_model_free(model);
}

/* A thread that has exited stays with its process while that lives. */
static void exited_threads(void)
{
	const struct dax_items *processes, *threads;
	struct made now;
	struct dax_model *model;

	made_init(&now);
	now.sample.known |= DAX_KNOWN_THREADS;
	made_row(&now, 1, 10, 100, "/a", "pool")->fault[DAX_PTE_MAPPED][0] = 100;
	now.row[0].key.tid = 100;
	made_row(&now, 1, 10, 100, "/a", "pool")->fault[DAX_PTE_MAPPED][0] = 900;
	now.row[1].exited = true;
	made_row(&now, 1, 10, 0, "/a", "pool")->fault[DAX_PTE_MAPPED][0] = 7;
	now.row[2].exited = true;
	model = dax_model_build(&now.sample, NULL, 0);
	processes = &model->list[DAX_PROCESS];
	threads = &model->list[DAX_THREAD];
	CHECK(processes->nr == 2 && !processes->item[0].exited && total(&processes->item[0], "pte_faults") == 1000,
	      "threads that have exited add up to the process that has not");
	CHECK(processes->item[1].exited && total(&processes->item[1], "pte_faults") == 7,
	      "another of its name has");
	CHECK(threads->nr == 3 && threads->item[1].exited && total(&threads->item[1], "pid") == 100 &&
		      total(&threads->item[1], "tid") == -1 && threads->item[2].exited &&
		      total(&threads->item[2], "pid") == -1,
	      "threads that have exited are a line for each process that lives");
	dax_model_free(model);
}

static void not_all_timed(void)
{
	char text[FORMAT_NUM_MAX];
	struct dax_model *model;
	struct dax_counts *cell;
	struct made made;

	made_init(&made);
	cell = made_row(&made, 1, 10, 100, "/a", "a");
	cell->fault[DAX_PTE_MAPPED][0] = 900;
	cell->fault[DAX_PTE_COPY][1] = 100;
	cell->fault[DAX_PMD_MAPPED][0] = 10;
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(1000)] = 50;
	cell->lat_sum[DAX_LAT_PTE] = 50 * 1000;
	cell->lat[DAX_LAT_PMD][dax_lat_bucket(9000)] = 10;
	cell->lat_sum[DAX_LAT_PMD] = 10 * 9000;
	cell->untimed = 950;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "fault_time_ns") == 1000 * 1000 + 10 * 9000,
	      "what was not timed took as long as what was, class by class");
	format_num(text, dax_field_num(dax_field_find("fault_time_ns"), &model->host, DAX_TOTAL),
		   DAX_UNIT_NS);
	CHECK(text[0] == '~', "... which is said: %s", text);
	CHECK(total(&model->host, "lat_pte_mean_ns") == 1000, "the mean is that of the timed");
	dax_model_free(model);

	cell->untimed = 0;
	cell->fault[DAX_PTE_MAPPED][0] = 51; /* one of them counted, its latency not yet read */
	cell->fault[DAX_PTE_COPY][1] = 0;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "fault_time_ns") == 50 * 1000 + 10 * 9000,
	      "without an untimed one it is a sum");
	format_num(text, dax_field_num(dax_field_find("fault_time_ns"), &model->host, DAX_TOTAL),
		   DAX_UNIT_NS);
	CHECK(text[0] != '~', "... and no estimate: %s", text);
	dax_model_free(model);

	cell->untimed = 51;
	memset(cell->lat[DAX_LAT_PTE], 0, DAX_LAT_BUCKETS * sizeof(__u64));
	cell->lat_sum[DAX_LAT_PTE] = 0;
	model = dax_model_build(&made.sample, NULL, 0);
	format_num(text, dax_field_num(dax_field_find("fault_time_ns"), &model->host, DAX_TOTAL),
		   DAX_UNIT_NS);
	CHECK(text[0] == '>', "a class of which none was timed leaves at least the others: %s", text);
	dax_model_free(model);
}

int main(void)
{
	other_is_last();
	exited_rows();
	exited_threads();
	not_all_timed();
	return UNIT_STATUS;
}

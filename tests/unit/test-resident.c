// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-resident.c - what is mapped now: sums of what is known and what is not, and the reading of
 * this very process, whose mapping of a file is made out to be on DAX by a row.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include "proc/resident-source.h"
#include "sample-make.h"
#include "unit.h"
#include "proc/pagemap.h"

#define DEV  (259 << 20)
#define PAGE 4096

static struct dax_resident part(__u32 tgid, __u64 ino, enum dax_resident_state state, __u64 pmd,
				__u64 pte)
{
	return (struct dax_resident){
		.key = {.ino = ino, .dev = ino ? DEV : 0, .gen = ino ? 7 : 0, .tgid = tgid},
		.state = state,
		.comm = "reader",
		.path = ino ? "/mnt/read" : NULL,
		.bytes = {[DAX_RESIDENT_PMD] = pmd, [DAX_RESIDENT_PTE] = pte}};
}

static const struct dax_item *item_of(const struct dax_model *model, enum dax_item_kind kind,
				      __u64 id)
{
	size_t i;

	for (i = 0; i < model->list[kind].nr; i++)
		if ((kind == DAX_FILE ? model->list[kind].item[i].key.ino
				      : model->list[kind].item[i].key.tgid) == id)
			return &model->list[kind].item[i];
	return NULL;
}

static bool at_least(const struct dax_item *item, const char *name)
{
	return dax_field_num(dax_field_find(name), item, DAX_TOTAL).partial;
}

static void test_sums(void)
{
	struct dax_resident parts[] = {
		part(100, 0, DAX_RESIDENT_KNOWN, 0, 0),
		part(100, 10, DAX_RESIDENT_KNOWN, 4 << 20, PAGE),
		part(100, 11, DAX_RESIDENT_KNOWN, 0, PAGE),
		part(200, 0, DAX_RESIDENT_KNOWN, 0, 0),
		part(200, 10, DAX_RESIDENT_KNOWN, 2 << 20, 0),
		part(300, 0, DAX_RESIDENT_DENIED, 0, 0),
		part(400, 0, DAX_RESIDENT_KNOWN, 0, 0),
	};
	struct dax_model *model;
	const struct dax_item *item;
	struct made made;

	made_init(&made);
	made_row(&made, DEV, 10, 100, "/mnt/a", "one");
	made_row(&made, DEV, 12, 300, "/mnt/c", "three");
	made_row(&made, DEV, 12, 400, "/mnt/c", "four");
	made.sample.residents = parts;
	made.sample.nr_residents = sizeof(parts) / sizeof(*parts);
	model = dax_model_build(&made.sample, &made.sample, 1000000000);
	CHECK(total(&model->host, "res_pmd_bytes") == 6 << 20 &&
		      total(&model->host, "res_pte_bytes") == 2 * PAGE &&
		      at_least(&model->host, "res_pmd_bytes"),
	      "the host has the sum, at least, for one process could not be read");
	CHECK(last(&model->host, "res_pmd_bytes") == 6 << 20, "it is the same in an interval");
	item = item_of(model, DAX_FILE, 10);
	CHECK(item && total(item, "res_pmd_bytes") == 6 << 20 && !at_least(item, "res_pmd_bytes") &&
		      !strcmp(item->path, "/mnt/a"),
	      "a file has the sum of its processes, under the name of its row");
	item = item_of(model, DAX_FILE, 11);
	CHECK(item && total(item, "res_pte_bytes") == PAGE && total(item, "faults") == 0 &&
		      !strcmp(item->path, "/mnt/read"),
	      "a file without a fault is there by what is mapped of it");
	item = item_of(model, DAX_FILE, 12);
	CHECK(item && total(item, "res_pte_bytes") == 0 && at_least(item, "res_pte_bytes"),
	      "a file of a process that could be read and one that could not: at least");
	item = item_of(model, DAX_PROCESS, 200);
	CHECK(item && total(item, "res_pmd_bytes") == 2 << 20 && !strcmp(item->comm, "reader"),
	      "so is a process without a fault");
	item = item_of(model, DAX_PROCESS, 300);
	CHECK(item && total(item, "res_pmd_bytes") == -1 &&
		      strstr(dax_resident_means(item->resident.state), "CAP_SYS_PTRACE"),
	      "a process that could not be read is unknown, and why");
	item = item_of(model, DAX_PROCESS, 400);
	CHECK(item && total(item, "res_pmd_bytes") == 0 && !at_least(item, "res_pmd_bytes"),
	      "a process that maps nothing has 0");
	CHECK(model->list[DAX_MOUNT].nr == 1 &&
		      total(&model->list[DAX_MOUNT].item[0], "res_pte_bytes") == 2 * PAGE,
	      "the device has all of its files");
	dax_model_free(model);
}

static void test_unknown(void)
{
	struct dax_resident parts[] = {part(100, 0, DAX_RESIDENT_NO_KERNEL, 0, 0),
				       part(100, 0, DAX_RESIDENT_NO_KERNEL, 0, 0)};
	struct dax_resident file = part(100, 10, DAX_RESIDENT_KNOWN, 4 << 20, 0);
	struct dax_sample *copy;
	struct dax_model *model;
	struct made made;

	made_init(&made);
	made_row(&made, DEV, 10, 100, "/mnt/a", "one");
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "res_pte_bytes") == -1 &&
		      !dax_resident_means(DAX_RESIDENT_KNOWN) &&
		      !strcmp(dax_resident_name(model->host.resident.state), "not_asked"),
	      "not asked for: unknown, and said so");
	dax_model_free(model);

	made.sample.residents = parts;
	made.sample.nr_residents = 1;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "res_pte_bytes") == -1 &&
		      total(&model->list[DAX_FILE].item[0], "res_pmd_bytes") == -1 &&
		      model->list[DAX_FILE].item[0].resident.state == DAX_RESIDENT_NO_KERNEL &&
		      strstr(dax_resident_means(DAX_RESIDENT_NO_KERNEL), "6.7"),
	      "a kernel that cannot tell: unknown everywhere, and why");
	dax_model_free(model);

	parts[0].state = DAX_RESIDENT_KNOWN;
	file.bytes[DAX_RESIDENT_PMD_ZERO] = ~0ULL;
	parts[1] = file;
	made.sample.nr_residents = 2;
	copy = dax_sample_copy(&made.sample);
	memset(parts, 0, sizeof(parts));
	model = dax_model_build(copy, NULL, 0);
	CHECK(total(&model->host, "res_pmd_bytes") == 4 << 20 &&
		      total(&model->host, "res_pmd_zero_bytes") == -1 &&
		      total(&model->host, "res_pte_zero_bytes") == 0,
	      "a kernel that does not know 2 MiB zero pages: only they are unknown; a copy holds "
	      "it all");
	dax_model_free(model);
	dax_sample_free(copy);
}

/* Processes that have exited have nothing mapped: what is known of the others is all. */
static void test_exited(void)
{
	struct dax_resident parts[] = {part(100, 0, DAX_RESIDENT_KNOWN, 0, 0),
				       part(100, 10, DAX_RESIDENT_KNOWN, 4 << 20, 0)};
	struct dax_model *model;
	struct made made;

	made_init(&made);
	made_row(&made, DEV, 10, 100, "/mnt/a", "one");
	made_row(&made, DEV, 10, 0, "/mnt/a", "one");
	made.row[1].exited = true;
	made.sample.residents = parts;
	made.sample.nr_residents = 2;
	model = dax_model_build(&made.sample, NULL, 0);
	CHECK(total(&model->host, "res_pmd_bytes") == 4 << 20 && !at_least(&model->host, "res_pmd_bytes") &&
		      !at_least(&model->list[DAX_FILE].item[0], "res_pmd_bytes"),
	      "what has exited leaves no doubt about what is mapped");
	dax_model_free(model);
}

static struct made fake;

static int fake_next(struct dax_source *source, struct dax_sample *out)
{
	(void)source;
	*out = fake.sample;
	return 1;
}

/* A file of 8 pages, mapped by this process, of which 3 are touched, one of them twice. */
static char *map_file(struct stat *st)
{
	char name[] = "/tmp/resident-XXXXXX", *map;
	int fd = mkstemp(name);

	if (fd < 0 || ftruncate(fd, 8 * PAGE) || fstat(fd, st))
		exit(1);
	map = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || madvise(map, 8 * PAGE, MADV_RANDOM))
		exit(1);
	map[0] = map[5 * PAGE] = map[7 * PAGE] = map[5 * PAGE + 8] = 1;
	unlink(name);
	close(fd);
	return map;
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static void test_reading(void)
{
	struct dax_source inner = {.next = fake_next}, *source;
	__u32 me = (__u32)getpid(), targets[2] = {me, 0};
	struct dax_key key = {.tgid = me};
	struct dax_sample sample;
	struct dax_row *row;
	struct stat st;
	char *map = map_file(&st);
	pid_t other = sleeper();

	made_init(&fake);
	made_row(&fake, (__u32)(major(st.st_dev) << 20 | minor(st.st_dev)), st.st_ino, me,
		 "/mnt/mine", "me");
	row = &fake.row[0];
	made_row(&fake, row->key.dev, row->key.ino, (__u32)other, "/mnt/mine", "other");

	source = resident_source(&inner, targets, 0, false);
	CHECK(source->next(source, &sample) == 1 && sample.nr_residents == 0,
	      "nothing asked, nothing read");
	resident_select(source, &key);
	CHECK(source->next(source, &sample) == 1 && sample.nr_residents >= 1 &&
		      sample.residents[0].key.tgid == me && !sample.residents[0].key.ino,
	      "a selected process is read");
	if (sample.residents[0].state == DAX_RESIDENT_NO_KERNEL) {
		CHECK(!resident_kernel()->scan && sample.nr_residents == 1,
		      "this kernel cannot tell, and says so");
	} else {
		CHECK(sample.nr_residents == 2 && sample.residents[1].key.ino == st.st_ino &&
			      sample.residents[1].key.gen == 7 &&
			      !strcmp(sample.residents[1].path, "/mnt/mine"),
		      "of its files only the one with a row, which is named as there");
		CHECK(sample.residents[1].bytes[DAX_RESIDENT_PTE] == 3 * PAGE &&
			      sample.residents[1].bytes[DAX_RESIDENT_PMD] == 0,
		      "three pages were touched");
		madvise(map, 8 * PAGE, MADV_DONTNEED);
		CHECK(source->next(source, &sample) == 1 &&
			      sample.residents[1].bytes[DAX_RESIDENT_PTE] == 0,
		      "it is a reading: what is unmapped is gone from it");
		map[0] = 1;
		key = (struct dax_key){.dev = row->key.dev, .ino = row->key.ino};
		resident_select(source, &key);
		CHECK(source->next(source, &sample) == 1 && sample.nr_residents == 4 &&
			      sample.residents[0].key.tgid == (__u32)other,
		      "a selected file has all its processes read, those seen last first");
	}
	resident_select(source, NULL);
	CHECK(source->next(source, &sample) == 1 && sample.nr_residents == 0,
	      "and nothing any more");
	source->free(source);

	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	targets[1] = (__u32)other;
	source = resident_source(&inner, targets, 2, true);
	CHECK(source->next(source, &sample) == 1 && sample.nr_residents >= 2,
	      "targets are read unasked");
	if (resident_kernel()->scan)
		CHECK(sample.nr_residents == 3 && sample.residents[2].key.tgid == (__u32)other &&
			      sample.residents[2].state == DAX_RESIDENT_KNOWN &&
			      !sample.residents[2].key.ino,
		      "a process that has ended maps nothing, and that is known");
	source->free(source);
	munmap(map, 8 * PAGE);
}

/* More processes than one reading looks at: those left over are unknown, not 0. */
static void test_limit(void)
{
	struct dax_source inner = {.next = fake_next}, *source;
	__u32 targets[RESIDENT_PROCESSES + 3];
	size_t nr = sizeof(targets) / sizeof(*targets), known = 0, limit = 0, i;
	struct dax_sample sample;

	if (!resident_kernel()->scan)
		return;
	for (i = 0; i < nr; i++)
		targets[i] = (__u32)sleeper();
	made_init(&fake);
	source = resident_source(&inner, targets, nr, true);
	source->next(source, &sample);
	for (i = 0; i < sample.nr_residents; i++) {
		known += sample.residents[i].state == DAX_RESIDENT_KNOWN;
		limit += sample.residents[i].state == DAX_RESIDENT_LIMIT;
	}
	/* A slow machine comes to the limit of time first. */
	CHECK(sample.nr_residents == nr && known <= RESIDENT_PROCESSES && known > 0 &&
		      limit == nr - known,
	      "of %zu processes %zu are looked at, the others unknown", nr, known);
	source->free(source);
	for (i = 0; i < nr; i++)
		kill((pid_t)targets[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

int main(void)
{
	test_sums();
	test_unknown();
	test_exited();
	test_reading();
	test_limit();
	return UNIT_STATUS;
}

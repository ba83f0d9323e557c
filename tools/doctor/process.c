// SPDX-License-Identifier: GPL-2.0-only
/* process.c - examine the mappings of a process. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "doctor/file.h"
#include "doctor/overlay.h"
#include "doctor/process.h"
#include "fields.h"
#include "proc/maps.h"
#include "util/err.h"

#define MAX_MAPPINGS 65536

/*
 * Reading smaps takes 45 ms for each GiB mapped at 4 KiB, that is for 2 MiB of page tables, and the
 * process may have to wait as long. Up to SMAPS_TABLES of page tables (11 ms) it is read without
 * being asked for.
 */
#define SMAPS_MS_PER_2M 45
#define SMAPS_TABLES	(512ULL << 10)

/* A mapped DAX file, examined once. */
struct known_file {
	dev_t dev;
	ino_t ino;
	bool dax;
	struct runs runs;
	char *below; /* its path; for a file on an overlay that of the file below */
	char fs_type[sizeof(((struct report *)0)->fs_type)];
};

struct process {
	struct report *report;
	struct storages storages;
	struct known_file *file;
	size_t nr_files;
	bool kernel_huge, no_huge; /* PR_SET_THP_DISABLE */
	unsigned unopened;	   /* mapped files that cannot be examined */
	int pagemap;
};

/* One mapping, from its line in maps or its first line in smaps. */
struct entry {
	struct vma vma;
	dev_t dev;
	ino_t ino;
	const char *path; /* points into the line */
};

static bool parse_entry(char *line, struct entry *entry)
{
	struct maps_line map;

	if (!maps_parse(line, &map))
		return false;
	*entry = (struct entry){.vma = {.start = map.start,
					.end = map.end,
					.offset = map.offset,
					.private_map = map.perms[3] == 'p'},
				.dev = makedev(map.major, map.minor),
				.ino = map.ino,
				.path = map.path};
	return true;
}

static int open_checked(const char *path, const struct entry *entry)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_dev == entry->dev &&
	    st.st_ino == entry->ino)
		return fd;
	close(fd);
	return -1;
}

/* Open the mapped file itself, whatever its name is now; the name may belong to another file. */
static int open_mapped(int pid, const struct entry *entry)
{
	char path[4400];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", pid, entry->vma.start,
		 entry->vma.end);
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return -1;
	/*
	 * For an overlay, maps shows the numbers of the file below (before Linux 6.7) or those of
	 * the overlay.
	 */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0 && overlay_is(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	fd = open_checked(path, entry);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/root%.4300s", pid, entry->path);
	return !stat(path, &st) && S_ISREG(st.st_mode) ? open_checked(path, entry) : -1;
}

static struct known_file *file_of(struct process *process, const struct entry *entry)
{
	char below[PATH_MAX];
	struct known_file *file;
	struct statx stx = {0};
	int fd;

	for (size_t i = 0; i < process->nr_files; i++)
		if (process->file[i].dev == entry->dev && process->file[i].ino == entry->ino)
			return &process->file[i];
	fd = open_mapped(process->report->pid, entry);
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &stx)) {
		process->unopened += *entry->path == '/';
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	fd = look_below(process->report, fd, entry->path, &stx, below);
	process->file = grow(process->file, process->nr_files, sizeof(*file));
	file = &process->file[process->nr_files++];
	*file = (struct known_file){.dev = entry->dev, .ino = entry->ino, .below = copy_text(below)};
	if (dax_state(&stx) == DAX_STATE_YES)
		file->dax = examine_file(process->report, &process->storages, fd, &stx, below,
					 process->kernel_huge, &file->runs);
	memcpy(file->fs_type, process->report->fs_type, sizeof(file->fs_type));
	close(fd);
	return file;
}

/* Remember a mapping of a DAX file. */
static void note_mapping(struct process *process, const struct entry *entry)
{
	struct known_file *file;
	struct mapping mapping = {.vma = entry->vma};
	struct report *report = process->report;

	if (!entry->ino)
		return;
	file = file_of(process, entry);
	if (!file || !file->dax || report->nr_mappings == MAX_MAPPINGS)
		return;
	mapping.path = copy_text(entry->path);
	mapping.file = (size_t)(file - process->file);
	report->mapping = grow(report->mapping, report->nr_mappings, sizeof(mapping));
	report->mapping[report->nr_mappings++] = mapping;
}

/* Predict a mapping; all flags that can be found out are known by now. */
static void judge_mapping(struct process *process, size_t nr)
{
	struct report *report = process->report;
	struct mapping *mapping = &report->mapping[nr];
	const struct known_file *file = &process->file[mapping->file];
	bool asked = mapping->vma.no_huge;

	mapping->vma.no_huge |= process->no_huge;
	if (predict_vma(&file->runs, &mapping->vma, &mapping->runs))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	mapping->has_residency = process->pagemap >= 0 &&
				 !resident_add(process->pagemap, mapping->vma.start, mapping->vma.end,
					       ~0ULL, &mapping->resident);
	mapping->has_huge_zero = mapping->has_residency && resident_kernel()->huge_zero;
	memcpy(report->fs_type, file->fs_type, sizeof(report->fs_type));
	report_fix_fates(report, &mapping->runs, file->below);
	if (asked)
		report_fix(report, "never_tried", mapping->runs.ranges,
			   "the mapping has MADV_NOHUGEPAGE (nh in smaps), which holds for DAX too",
			   "in the program: no madvise(MADV_NOHUGEPAGE) on DAX mappings", NULL,
			   mapping->path);
}

static _Noreturn void no_maps(int pid, int err)
{
	static const char needs[] = "run as root or with CAP_SYS_PTRACE, where the system lets those";

	if (err == ENOENT && kill(pid, 0) && errno == ESRCH)
		die(DAX_EXIT_USAGE, "process %d: no such process", pid);
	if (err == ENOENT)
		die(DAX_EXIT_UNSUPPORTED, "process %d: /proc does not show it (hidepid): %s", pid,
		    needs);
	if (err == EACCES)
		die(DAX_EXIT_UNSUPPORTED, "process %d: %s: %s", pid, strerror(err), needs);
	die(DAX_EXIT_UNSUPPORTED, "process %d: %s", pid, strerror(err));
}

static void read_maps(struct process *process)
{
	FILE *file = proc_open((__u32)process->report->pid, "maps");
	struct entry entry;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		no_maps(process->report->pid, errno);
	while (getline(&line, &size, file) > 0)
		if (parse_entry(line, &entry))
			note_mapping(process, &entry);
	if (ferror(file))
		die(DAX_EXIT_UNSUPPORTED, "process %d: its mappings cannot be read, or it has ended",
		    process->report->pid);
	free(line);
	fclose(file);
}

/* Bytes of the process's page tables, of which 4 KiB map 2 MiB; ~0: unknown. */
static __u64 table_bytes(int pid)
{
	FILE *file = proc_open((__u32)pid, "status");
	unsigned long long kib;
	__u64 bytes = ~0ULL;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmPTE: %llu kB", &kib) == 1)
			bytes = kib << 10;
	if (file)
		fclose(file);
	return bytes;
}

/*
 * Only smaps shows which mappings have MADV_NOHUGEPAGE; for that the kernel walks all page tables,
 * including those of other memory. Reading stops after the last mapping that matters.
 */
static bool read_flags(struct process *process)
{
	struct report *report = process->report;
	FILE *file = proc_open((__u32)report->pid, "smaps");
	size_t at = 0, size = 0;
	struct entry entry = {0};
	char *line = NULL;

	while (file && at < report->nr_mappings && getline(&line, &size, file) > 0) {
		struct mapping *mapping = &report->mapping[at];
		struct entry next;

		if (!strncmp(line, "VmFlags:", 8)) {
			if (entry.vma.start == mapping->vma.start && entry.vma.end == mapping->vma.end) {
				mapping->vma.no_huge = strstr(line, " nh ") || strstr(line, " nh\n");
				at++;
			}
		} else if (parse_entry(line, &next)) {
			entry = next;
			if (entry.vma.start > mapping->vma.start)
				break; /* it has changed in the meantime */
		}
	}
	free(line);
	if (file)
		fclose(file);
	return at == report->nr_mappings;
}

static void check_madvise(struct process *process)
{
	struct report *report = process->report;
	__u64 tables = table_bytes(report->pid);

	if (!report->nr_mappings || process->no_huge)
		return;
	if (report->read_smaps || tables <= SMAPS_TABLES) {
		report->flags_unknown = !read_flags(process);
		if (report->flags_unknown)
			report_add(report, "madvise", VERDICT_UNKNOWN,
				   "whether its mappings have MADV_NOHUGEPAGE is unknown: smaps cannot be "
				   "read, or the mappings have changed in the meantime");
		return;
	}
	report->flags_unknown = true;
	json_object_set_new(
		report_add(report, "madvise", VERDICT_UNKNOWN,
			   "whether its mappings have MADV_NOHUGEPAGE, which keeps them at 4 KiB, is unknown: it was not "
			   "read, because only smaps shows it, and reading smaps delays the process's mmap() and "
			   "page faults while the kernel walks %llu MiB of page tables, about %llu ms; "
			   "--smaps reads it",
			   tables >> 20, tables * SMAPS_MS_PER_2M >> 21),
		"page_table_bytes", json_integer((json_int_t)tables));
}

/*
 * `THP_enabled: 0` in /proc/PID/status is PR_SET_THP_DISABLE, which the kernel checks before DAX.
 */
static void check_thp_disable(struct process *process)
{
	FILE *file = proc_open((__u32)process->report->pid, "status");
	char line[256];
	int enabled = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "THP_enabled: %d", &enabled) == 1)
			break;
	if (file)
		fclose(file);
	process->no_huge = enabled == 0;
	report_add(process->report, "thp_disable",
		   enabled < 0	? VERDICT_UNKNOWN
		   : enabled	? VERDICT_OK
				: VERDICT_PROBLEM,
		   enabled < 0 ? "it cannot be found out here whether the process has huge pages switched off"
		   : enabled   ? "the process has not switched huge pages off"
			       : "the process has huge pages switched off (PR_SET_THP_DISABLE), which "
				 "holds for DAX too");
	if (process->no_huge)
		report_fix(process->report, "thp_disable", 0,
			   "PR_SET_THP_DISABLE holds for DAX too, and children inherit it",
			   "start the program without prctl(PR_SET_THP_DISABLE, 1)",
			   "grep THP_enabled /proc/{pid}/status", NULL);
}

void examine_process(struct report *report)
{
	struct process process = {.report = report};
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", report->pid);
	process.pagemap = open(path, O_RDONLY | O_CLOEXEC);
	process.kernel_huge = check_kernel(report);
	check_thp_disable(&process);
	report->mapping = NULL;
	report->nr_mappings = 0;
	read_maps(&process);
	check_madvise(&process);
	for (size_t i = 0; i < report->nr_mappings; i++)
		judge_mapping(&process, i);
	if (process.unopened)
		report_add(report, "mapped_files", VERDICT_UNKNOWN,
			   "%u mapped files cannot be opened here (deleted, or not allowed): run as root",
			   process.unopened);
	if (!report->nr_mappings) {
		report->not_usable = true;
		report_add(report, "mappings", VERDICT_UNKNOWN, "process %d maps no DAX file%s: daxdoctor FILE shows why a file is not one",
			   report->pid, process.unopened ? " that can be seen" : "");
	} else if (!report->mapping[0].has_residency) {
		report_add(report, "residency", VERDICT_UNKNOWN,
			   "what is mapped now is unknown on this kernel: PAGEMAP_SCAN needs Linux "
			   "6.7, and smaps does not count DAX");
	}
	for (size_t i = 0; i < process.nr_files; i++) {
		runs_free(&process.file[i].runs);
		free(process.file[i].below);
	}
	free(process.file);
	storages_free(&process.storages);
	if (process.pagemap >= 0)
		close(process.pagemap);
}

// SPDX-License-Identifier: GPL-2.0-only
/* process.c - examine the mappings of a process, from its smaps. */
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
#include "doctor/process.h"
#include "fields.h"
#include "util/err.h"

#define MAX_MAPPINGS 65536

/* A DAX file that the process maps, examined once. */
struct known_file {
	dev_t dev;
	ino_t ino;
	bool dax;
	struct runs runs;
	char fs_type[sizeof(((struct report *)0)->fs_type)];
};

struct process {
	struct report *report;
	struct places places;
	struct known_file *file;
	size_t nr_files;
	bool kernel_huge, no_huge; /* PR_SET_THP_DISABLE */
	unsigned unopened;	   /* mapped files that cannot be looked at */
	int pagemap;
};

/* One mapping as the first line of its smaps entry has it. */
struct entry {
	struct vma vma;
	dev_t dev;
	ino_t ino;
	char *path; /* in the line */
};

static bool parse_entry(char *line, struct entry *entry)
{
	unsigned long long start, end, offset, ino;
	unsigned int maj, min;
	char perms[5];
	int used = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, perms, &offset, &maj, &min,
		   &ino, &used) != 7 ||
	    !used || end <= start || strlen(perms) != 4)
		return false;
	*entry = (struct entry){.vma = {.start = start,
					.end = end,
					.offset = offset,
					.private_map = perms[3] == 'p'},
				.dev = makedev(maj, min),
				.ino = ino,
				.path = line + used};
	line[strcspn(line, "\n")] = '\0';
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

/* The mapped file itself, however it is called now; its name may belong to another one. */
static int open_mapped(int pid, const struct entry *entry)
{
	char path[4400];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", pid, entry->vma.start,
		 entry->vma.end);
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return -1;
	fd = open_checked(path, entry);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/root%.4300s", pid, entry->path);
	return !stat(path, &st) && S_ISREG(st.st_mode) ? open_checked(path, entry) : -1;
}

static struct known_file *file_of(struct process *process, const struct entry *entry)
{
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
	process->file = grow(process->file, process->nr_files, sizeof(*file));
	file = &process->file[process->nr_files++];
	*file = (struct known_file){.dev = entry->dev, .ino = entry->ino};
	if (dax_state(&stx) == DAX_STATE_YES)
		file->dax = examine_file(process->report, &process->places, fd, &stx, entry->path,
					 process->kernel_huge, &file->runs);
	memcpy(file->fs_type, process->report->fs_type, sizeof(file->fs_type));
	close(fd);
	return file;
}

static void add_mapping(struct process *process, const struct entry *entry)
{
	struct known_file *file;
	struct mapping mapping = {.vma = entry->vma};

	if (!entry->ino)
		return;
	file = file_of(process, entry);
	if (!file || !file->dax || process->report->nr_mappings == MAX_MAPPINGS)
		return;
	mapping.vma.no_huge |= process->no_huge;
	if (predict_vma(&file->runs, &mapping.vma, &mapping.runs))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	mapping.path = copy_text(entry->path);
	mapping.has_residency = process->pagemap >= 0 &&
				!resident_add(process->pagemap, mapping.vma.start, mapping.vma.end,
					      ~0ULL, &mapping.resident);
	mapping.has_huge_zero = mapping.has_residency && resident_kernel()->huge_zero;
	memcpy(process->report->fs_type, file->fs_type, sizeof(file->fs_type));
	report_fix_fates(process->report, &mapping.runs, mapping.path);
	if (entry->vma.no_huge)
		report_fix(process->report, "never_tried", mapping.runs.ranges,
			   "the mapping has MADV_NOHUGEPAGE (nh in smaps), which holds for DAX too",
			   "in the program: no madvise(MADV_NOHUGEPAGE) on DAX mappings",
			   "grep -w -B 30 nh /proc/{pid}/smaps", NULL);
	process->report->mapping =
		grow(process->report->mapping, process->report->nr_mappings, sizeof(mapping));
	process->report->mapping[process->report->nr_mappings++] = mapping;
}

static _Noreturn void no_smaps(int pid, int err)
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

static void read_smaps(struct process *process)
{
	char path[64], *line = NULL, *head = NULL;
	struct entry entry;
	bool pending = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", process->report->pid);
	file = fopen(path, "re");
	if (!file)
		no_smaps(process->report->pid, errno);
	while (getline(&line, &size, file) > 0) {
		struct entry next;

		if (pending && !strncmp(line, "VmFlags:", 8)) {
			entry.vma.no_huge = strstr(line, " nh ") || strstr(line, " nh\n");
			add_mapping(process, &entry);
			pending = false;
		} else if (parse_entry(line, &next)) {
			if (pending)
				add_mapping(process, &entry);
			free(head);
			head = line;
			line = NULL;
			size = 0;
			entry = next;
			pending = true;
		}
	}
	if (ferror(file))
		die(DAX_EXIT_UNSUPPORTED, "process %d: its mappings cannot be read, or it has ended",
		    process->report->pid);
	if (pending)
		add_mapping(process, &entry);
	free(line);
	free(head);
	fclose(file);
}

/* `THP_enabled: 0` in its status is PR_SET_THP_DISABLE, which the kernel asks before it looks at DAX. */
static void check_thp_disable(struct process *process)
{
	char path[64], line[256];
	int enabled = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", process->report->pid);
	file = fopen(path, "re");
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
		   enabled < 0 ? "whether the process has huge pages switched off is not told here"
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
	read_smaps(&process);
	if (process.unopened)
		report_add(report, "mapped_files", VERDICT_UNKNOWN,
			   "%u mapped files cannot be opened here (deleted, or not allowed): run as root",
			   process.unopened);
	if (!report->nr_mappings) {
		report->not_usable = true;
		report_add(report, "mappings", VERDICT_UNKNOWN, "process %d maps no DAX file%s: daxdoctor FILE says why a file is none",
			   report->pid, process.unopened ? " that can be seen" : "");
	} else if (!report->mapping[0].has_residency) {
		report_add(report, "residency", VERDICT_UNKNOWN,
			   "what is mapped now is not told by this kernel (PAGEMAP_SCAN needs Linux "
			   "6.7), nor by smaps, which does not count DAX");
	}
	for (size_t i = 0; i < process.nr_files; i++)
		runs_free(&process.file[i].runs);
	free(process.file);
	places_free(&process.places);
	if (process.pagemap >= 0)
		close(process.pagemap);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * resident-source.c - adds to the samples of another source what is mapped now of their DAX files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "proc/alive.h"
#include "proc/maps.h"
#include "proc/pagemap.h"
#include "proc/resident-source.h"
#include "util/clock.h"

#define INITIAL_PID_NS 0xEFFFFFFCUL /* PROC_PID_INIT_INO of the kernel */
#define NOT_DAX_KEPT   64	    /* files of a process remembered as not DAX */

struct source {
	struct dax_source source; /* first member: the source is this struct */
	struct dax_source *inner;
	const __u32 *targets;
	size_t nr_targets;
	bool all, elsewhere;	 /* elsewhere: /proc has other process numbers than the rows */
	struct dax_key selected; /* all 0: none */
	resident_below_fn below;
	void *below_ctx;
	/* One reading */
	const struct dax_sample *sample;
	struct dax_resident *part; /* [room] */
	size_t nr, room, looked_at, mappings;
	__u64 deadline;
	bool no_memory;
};

/* One process while it is read. */
struct process {
	__u32 pid;
	int pagemap;
	size_t first; /* part of the process itself; its files follow */
	__u64 not_dax[NOT_DAX_KEPT][2];
	size_t nr_not_dax;
	struct dax_mapped *below; /* [nr_below], by address; fetched when first needed */
	size_t nr_below;
	bool asked_below;
};

static struct dax_resident *append(struct source *src)
{
	if (src->nr == src->room) {
		size_t room = src->room ? 2 * src->room : 64;
		struct dax_resident *part = reallocarray(src->part, room, sizeof(*part));

		if (!part) {
			src->no_memory = true;
			return NULL;
		}
		src->part = part;
		src->room = room;
	}
	memset(&src->part[src->nr], 0, sizeof(*src->part));
	return &src->part[src->nr++];
}

/*
 * The row with most information about a file, or NULL: several files had its number, one after the
 * other.
 */
static const struct dax_row *row_of(const struct dax_sample *sample, const struct dax_key *key)
{
	const struct dax_row *found = NULL;
	int best = -1, rank;
	size_t i;

	for (i = sample->nr_rows; i-- > 0;) {
		const struct dax_row *row = &sample->rows[i];

		if (row->other || row->key.ino != key->ino || row->key.dev != key->dev)
			continue;
		rank = 4 * !row->path_deleted + 2 * (row->key.tgid == key->tgid) + !row->exited;
		if (rank <= best)
			continue;
		best = rank;
		found = row;
	}
	return found;
}

/* Is the mapped file on DAX, and does it have a name? The kernel may deny the answer. */
static int ask_dax(const struct process *process, const struct maps_line *map, bool *deleted)
{
	struct statx stx;
	char path[4400];
	int i;

	for (i = 0; i < 2; i++) {
		if (!i)
			snprintf(path, sizeof(path), "/proc/%u/map_files/%llx-%llx", process->pid,
				 map->start, map->end);
		else
			snprintf(path, sizeof(path), "/proc/%u/root%.4300s", process->pid,
				 map->path);
		if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
			  STATX_INO | STATX_NLINK, &stx))
			continue;
		if (stx.stx_ino != map->ino || stx.stx_dev_major != map->major ||
		    stx.stx_dev_minor != map->minor)
			continue;
		*deleted = !stx.stx_nlink;
		return stx.stx_attributes & STATX_ATTR_DAX ? 1 : 0;
	}
	return -1;
}

/* The name as readlink() returns it, or as maps has it, with newlines escaped. */
static char *name_of(const struct process *process, const struct maps_line *map, bool deleted)
{
	static const char mark[] = " (deleted)";
	char link[64], name[4400];
	ssize_t len;
	size_t used;

	snprintf(link, sizeof(link), "/proc/%u/map_files/%llx-%llx", process->pid, map->start,
		 map->end);
	len = readlink(link, name, sizeof(name) - 1);
	if (len < 0)
		len = snprintf(name, sizeof(name), "%.4300s", map->path);
	used = (size_t)len;
	name[used] = '\0';
	if (deleted && used > sizeof(mark) && !strcmp(name + used - (sizeof(mark) - 1), mark))
		name[used - (sizeof(mark) - 1)] = '\0';
	return strdup(name);
}

/* The file that faults in @map are on; false: nothing better is known than the line in maps. */
static bool file_below(struct source *src, struct process *process, const struct maps_line *map,
		       struct dax_key *key)
{
	size_t i;

	if (!src->below || map->major) /* a file on a block device is not on an overlay */
		return false;
	if (!process->asked_below &&
	    src->below(src->below_ctx, process->pid, &process->below, &process->nr_below))
		process->nr_below = 0;
	process->asked_below = true;
	for (i = 0; i < process->nr_below; i++) {
		const struct dax_mapped *below = &process->below[i];

		if (below->start != map->start)
			continue;
		key->ino = below->ino;
		key->dev = below->dev;
		key->gen = below->gen;
		return true;
	}
	return false;
}

static struct dax_resident *part_known(struct source *src, const struct process *process,
				       const struct dax_key *key)
{
	size_t i;

	for (i = process->first + 1; i < src->nr; i++)
		if (src->part[i].key.ino == key->ino && src->part[i].key.dev == key->dev)
			return &src->part[i];
	return NULL;
}

/* The part for the file of @map, a new one if the file is DAX; NULL: not DAX, or no room. */
static struct dax_resident *part_of(struct source *src, struct process *process,
				    const struct maps_line *map)
{
	struct dax_key key = {.ino = map->ino, .dev = maps_dev(map), .tgid = process->pid};
	const struct dax_row *row;
	struct dax_resident *part;
	bool deleted = false;
	char *path = NULL;
	size_t i;
	int dax;

	part = part_known(src, process, &key);
	if (part)
		return part;
	for (i = 0; i < process->nr_not_dax && i < NOT_DAX_KEPT; i++)
		if (process->not_dax[i][0] == key.ino && process->not_dax[i][1] == key.dev)
			return NULL;
	row = row_of(src->sample, &key);
	dax = row ? 1 : ask_dax(process, map, &deleted);
	if (dax < 1) {
		i = process->nr_not_dax++ % NOT_DAX_KEPT;
		process->not_dax[i][0] = key.ino;
		process->not_dax[i][1] = key.dev;
		return NULL;
	}
	if (!row && file_below(src, process, map, &key)) {
		part = part_known(src, process, &key);
		if (part)
			return part;
		row = row_of(src->sample, &key);
	}
	if (src->nr >= RESIDENT_FILES) {
		src->part[process->first].partial = true;
		return NULL;
	}
	if (row && row->path)
		path = strdup(row->path);
	else
		path = name_of(process, map, deleted);
	part = append(src);
	if (!part) {
		free(path);
		return NULL;
	}
	if (row)
		key.gen = row->key.gen;
	part->key = key;
	part->state = DAX_RESIDENT_KNOWN;
	memcpy(part->comm, src->part[process->first].comm, sizeof(part->comm));
	part->path = path;
	part->path_deleted = row ? row->path_deleted : deleted;
	return part;
}

/* Add one mapping. False when the reading must end. */
static bool add_mapping(struct source *src, struct process *process, const struct maps_line *map)
{
	struct dax_resident *part = part_of(src, process, map);
	struct resident sum = {0};
	int err;

	if (!part)
		return !src->no_memory;
	err = resident_add(process->pagemap, map->start, map->end, src->deadline, &sum);
	part->bytes[DAX_RESIDENT_PMD] += sum.pmd;
	part->bytes[DAX_RESIDENT_PTE] += sum.pte;
	part->bytes[DAX_RESIDENT_PTE_ZERO] += sum.pte_zero;
	if (resident_kernel()->huge_zero)
		part->bytes[DAX_RESIDENT_PMD_ZERO] += sum.pmd_zero;
	else if (sum.pmd)
		part->bytes[DAX_RESIDENT_PMD_ZERO] = ~0ULL;
	if (err) {
		part->partial = true;
		src->part[process->first].partial = true;
	}
	return !err;
}

static void read_maps(struct source *src, struct process *process, FILE *maps)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, maps) > 0) {
		struct maps_line map;
		bool more = src->mappings++ < RESIDENT_MAPPINGS;

		if (more && maps_parse(line, &map) && map.ino)
			more = add_mapping(src, process, &map);
		if (!more) {
			src->part[process->first].partial = true;
			break;
		}
	}
	free(line);
}

static enum dax_resident_state state_of(__u32 pid, int err)
{
	if (err == ENOENT || err == ESRCH) /* it has ended, so nothing is mapped; or /proc hides it */
		return alive_vacant(pid, 0) ? DAX_RESIDENT_KNOWN : DAX_RESIDENT_DENIED;
	return err == EACCES || err == EPERM ? DAX_RESIDENT_DENIED : DAX_RESIDENT_LIMIT;
}

static void look_at(struct source *src, __u32 pid)
{
	struct process process = {.pid = pid, .first = src->nr};
	struct dax_resident *part;
	FILE *maps = NULL;
	char path[64];
	size_t i;

	for (i = 0; i < src->nr; i++)
		if (src->part[i].key.tgid == pid)
			return;
	part = append(src);
	if (!part)
		return;
	part->key.tgid = pid;
	part->state = DAX_RESIDENT_KNOWN;
	if (!resident_kernel()->scan)
		part->state = DAX_RESIDENT_NO_KERNEL;
	else if (src->elsewhere)
		part->state = DAX_RESIDENT_DENIED;
	else if (src->looked_at >= RESIDENT_PROCESSES || src->mappings >= RESIDENT_MAPPINGS ||
		 src->nr >= RESIDENT_FILES || clock_ns(CLOCK_MONOTONIC) > src->deadline)
		part->state = DAX_RESIDENT_LIMIT;
	if (part->state != DAX_RESIDENT_KNOWN)
		return;
	proc_comm(pid, part->comm, sizeof(part->comm));
	snprintf(path, sizeof(path), "/proc/%u/pagemap", pid);
	process.pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (process.pagemap >= 0)
		maps = proc_open(pid, "maps");
	if (maps) {
		src->looked_at++;
		read_maps(src, &process, maps);
		fclose(maps);
	} else {
		part->state = state_of(pid, errno);
	}
	if (process.pagemap >= 0)
		close(process.pagemap);
	free(process.below);
}

static bool is_selected(const struct source *src, const struct dax_key *key)
{
	const struct dax_key *wanted = &src->selected;

	if (wanted->tgid)
		return key->tgid == wanted->tgid;
	return wanted->ino && key->ino == wanted->ino && key->dev == wanted->dev;
}

static void forget(struct source *src)
{
	size_t i;

	for (i = 0; i < src->nr; i++)
		free((char *)src->part[i].path);
	src->nr = 0;
}

static int next(struct dax_source *source, struct dax_sample *out)
{
	struct source *src = (struct source *)source;
	int ret = src->inner->next(src->inner, out);
	size_t i;

	forget(src);
	if (ret <= 0)
		return ret;
	src->sample = out;
	src->deadline = clock_ns(CLOCK_MONOTONIC) + RESIDENT_NS;
	src->looked_at = src->mappings = 0;
	src->no_memory = false;
	for (i = 0; i < src->nr_targets && src->all; i++)
		look_at(src, src->targets[i]);
	/* The processes that were seen last most probably still exist. */
	for (i = out->nr_rows; i-- > 0;)
		if (!out->rows[i].other && out->rows[i].key.tgid && (src->all || is_selected(src, &out->rows[i].key)))
			look_at(src, out->rows[i].key.tgid);
	if (src->no_memory)
		return -ENOMEM;
	out->residents = src->part;
	out->nr_residents = src->nr;
	return ret;
}

static void release(struct dax_source *source)
{
	struct source *src = (struct source *)source;

	if (!src)
		return;
	forget(src);
	free(src->part);
	free(src);
}

struct dax_source *resident_source(struct dax_source *inner, const __u32 *targets,
				   size_t nr_targets, bool all)
{
	struct source *src = calloc(1, sizeof(*src));
	struct stat st;

	if (!src)
		return NULL;
	src->source.next = next;
	src->source.free = release;
	src->inner = inner;
	src->targets = targets;
	src->nr_targets = nr_targets;
	src->all = all;
	src->elsewhere = stat("/proc/self/ns/pid", &st) || st.st_ino != INITIAL_PID_NS;
	return &src->source;
}

void resident_below(struct dax_source *source, resident_below_fn fn, void *ctx)
{
	struct source *src = (struct source *)source;

	src->below = fn;
	src->below_ctx = ctx;
}

void resident_select(struct dax_source *source, const struct dax_key *key)
{
	struct source *src = (struct source *)source;

	src->selected = key ? *key : (struct dax_key){0};
}

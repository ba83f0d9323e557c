// SPDX-License-Identifier: GPL-2.0-only
/* who.c - the names of what slots stand for: file, mount, process, thread, cgroup. */
#include <stdlib.h>
#include <string.h>
#include "collect/cgroup.h"
#include "collect/place.h"
#include "collect/who.h"

/* What one round of looking may cost: about 0.5 ms of stat(), and some searches. */
#define ROUND_NS     100000000ULL
#define ROUND_LOOKS  256
#define ROUND_SEARCH 8

struct cgroup {
	__u64 id;
	char *path;
};

struct device {
	__u32 dev;
	char *point, *type;
};

/* Files, cgroups and devices, each once: of those that slots have there are no more than slots. */
struct who {
	struct mounts *mounts;
	__u32 nr_slots;
	struct of_slot {
		__u32 place, cgroup, device; /* + 1; 0: not noted */
	} * of;
	struct place *place;
	__u32 nr_places;
	__u32 *table; /* places by file; index + 1 */
	__u32 mask;
	__u32 next; /* place to look at */
	__u64 round_ns;
	struct cgroup *cgroup;
	__u32 nr_cgroups;
	struct device *device;
	__u32 nr_devices;
};

struct who *who_open(__u32 nr_slots)
{
	struct who *who = calloc(1, sizeof(*who));
	__u32 size = 16;

	if (!who)
		return NULL;
	while (size < 2 * nr_slots)
		size *= 2;
	who->nr_slots = nr_slots;
	who->mask = size - 1;
	who->of = calloc(nr_slots, sizeof(*who->of));
	who->place = calloc(nr_slots, sizeof(*who->place));
	who->table = calloc(size, sizeof(*who->table));
	who->cgroup = calloc(nr_slots, sizeof(*who->cgroup));
	who->device = calloc(nr_slots, sizeof(*who->device));
	who->mounts = mounts_open("/proc/self/mountinfo"); /* without it there are fewer names */
	if (who->of && who->place && who->table && who->cgroup && who->device)
		return who;
	who_free(who);
	return NULL;
}

void who_free(struct who *who)
{
	__u32 i;

	if (!who)
		return;
	for (i = 0; i < who->nr_places; i++)
		place_free(&who->place[i]);
	for (i = 0; i < who->nr_cgroups; i++)
		free(who->cgroup[i].path);
	for (i = 0; i < who->nr_devices; i++) {
		free(who->device[i].point);
		free(who->device[i].type);
	}
	free(who->of);
	free(who->place);
	free(who->table);
	free(who->cgroup);
	free(who->device);
	mounts_close(who->mounts);
	free(who);
}

static __u32 hash_file(__u64 ino, __u32 dev, __u32 gen)
{
	__u64 hash = (ino * 0x9e3779b97f4a7c15ULL ^ gen) * 0x9e3779b97f4a7c15ULL;

	return (__u32)(hash >> 32 ^ dev);
}

/*
 * Make room by dropping what no slot has any more. @is_new maps old numbers to new ones, + 1; 0: it
 * goes. Each list keeps its order.
 */
static void drop_places(struct who *who, __u32 *is_new)
{
	__u32 i, at, nr = 0;

	memset(who->table, 0, ((size_t)who->mask + 1) * sizeof(*who->table));
	for (i = 0; i < who->nr_places; i++) {
		struct place *place = &who->place[i];

		if (!is_new[i]) {
			place_free(place);
			continue;
		}
		at = hash_file(place->ino, place->dev, place->gen) & who->mask;
		while (who->table[at])
			at = (at + 1) & who->mask;
		who->place[nr] = *place;
		who->table[at] = is_new[i] = ++nr;
	}
	who->nr_places = nr;
}

static void drop_cgroups(struct who *who, __u32 *is_new)
{
	__u32 i, nr = 0;

	for (i = 0; i < who->nr_cgroups; i++) {
		if (!is_new[i]) {
			free(who->cgroup[i].path);
			continue;
		}
		who->cgroup[nr] = who->cgroup[i];
		is_new[i] = ++nr;
	}
	who->nr_cgroups = nr;
}

static void drop_devices(struct who *who, __u32 *is_new)
{
	__u32 i, nr = 0;

	for (i = 0; i < who->nr_devices; i++) {
		if (!is_new[i]) {
			free(who->device[i].point);
			free(who->device[i].type);
			continue;
		}
		who->device[nr] = who->device[i];
		is_new[i] = ++nr;
	}
	who->nr_devices = nr;
}

/* False: no memory, and nothing was dropped. */
static bool drop_unused(struct who *who)
{
	__u32 *is_new = calloc(3 * (size_t)who->nr_slots, sizeof(*is_new)), slot;
	__u32 *place = is_new, *cgroup, *device;

	if (!is_new)
		return false;
	cgroup = place + who->nr_slots;
	device = cgroup + who->nr_slots;
	for (slot = 0; slot < who->nr_slots; slot++) {
		const struct of_slot *of = &who->of[slot];

		if (of->place)
			place[of->place - 1] = 1;
		if (of->cgroup)
			cgroup[of->cgroup - 1] = 1;
		if (of->device)
			device[of->device - 1] = 1;
	}
	drop_places(who, place);
	drop_cgroups(who, cgroup);
	drop_devices(who, device);
	for (slot = 0; slot < who->nr_slots; slot++) {
		struct of_slot *of = &who->of[slot];

		of->place = of->place ? place[of->place - 1] : 0;
		of->cgroup = of->cgroup ? cgroup[of->cgroup - 1] : 0;
		of->device = of->device ? device[of->device - 1] : 0;
	}
	free(is_new);
	return true;
}

/* Places are found by file; 0: no memory. */
static __u32 place_of(struct who *who, const struct dax_meta *meta)
{
	const struct dax_key *key = &meta->key;
	__u32 at = hash_file(key->ino, key->dev, key->gen) & who->mask, *found;

	for (; *(found = &who->table[at]); at = (at + 1) & who->mask) {
		struct place *place = &who->place[*found - 1];

		if (place->ino != key->ino || place->dev != key->dev || place->gen != key->gen)
			continue;
		place_pid(place, key->tgid);
		return *found;
	}
	if (!place_init(&who->place[who->nr_places], who->mounts, meta))
		return 0;
	/* Its process most likely still runs now. */
	place_look(&who->place[who->nr_places], who->mounts, true, 0);
	return *found = ++who->nr_places;
}

static __u32 cgroup_of(struct who *who, const struct dax_meta *meta)
{
	struct cgroup *cgroup = &who->cgroup[who->nr_cgroups];
	__u32 i;

	for (i = 0; i < who->nr_cgroups; i++)
		if (who->cgroup[i].id == meta->cgroup)
			return i + 1;
	cgroup->id = meta->cgroup;
	cgroup->path = cgroup_path(who->mounts, meta->cgroup, meta->key.tgid);
	return ++who->nr_cgroups;
}

static __u32 device_of(struct who *who, const struct dax_meta *meta)
{
	struct device *device = &who->device[who->nr_devices];
	struct mount_name name;
	__u32 i;

	for (i = 0; i < who->nr_devices; i++)
		if (who->device[i].dev == meta->key.dev)
			return i + 1;
	device->dev = meta->key.dev;
	if (mounts_find(who->mounts, meta->key.dev, NULL, &name)) {
		device->point = strdup(name.point);
		device->type = strdup(name.type);
	}
	return ++who->nr_devices;
}

bool who_note(struct who *who, __u32 slot, const struct dax_meta *meta)
{
	struct of_slot *of = &who->of[slot];

	if (of->place)
		return true;
	if ((who->nr_places == who->nr_slots || who->nr_cgroups == who->nr_slots ||
	     who->nr_devices == who->nr_slots) &&
	    !drop_unused(who))
		return false;
	of->cgroup = cgroup_of(who, meta);
	of->device = device_of(who, meta);
	of->place = place_of(who, meta);
	return of->place;
}

void who_look(struct who *who, __u64 now_ns)
{
	__u32 looks = who->nr_places < ROUND_LOOKS ? who->nr_places : ROUND_LOOKS, searches = 0;

	if (who->round_ns && now_ns - who->round_ns < ROUND_NS)
		return;
	who->round_ns = now_ns;
	for (; looks > 0; looks--) {
		who->next = who->next < who->nr_places ? who->next : 0;
		searches += place_look(&who->place[who->next++], who->mounts,
				       searches < ROUND_SEARCH, now_ns);
	}
}

void who_forget(struct who *who, __u32 slot, __u32 to)
{
	if (to)
		who->of[to] = who->of[slot];
	who->of[slot] = (struct of_slot){0};
}

void who_texts(const struct who *who, __u32 slot, struct dax_row *row)
{
	const struct of_slot *of = &who->of[slot];
	const struct place *place = of->place ? &who->place[of->place - 1] : NULL;

	row->cgroup_path = of->cgroup ? who->cgroup[of->cgroup - 1].path : NULL;
	row->mount = of->device ? who->device[of->device - 1].point : NULL;
	row->fs_type = of->device ? who->device[of->device - 1].type : NULL;
	row->path = place ? place->path : NULL;
	row->path_was = place ? place->was : NULL;
	row->path_gone = place && place->gone;
	if (place)
		row->path_deleted = place->deleted;
}

void who_fill(const struct who *who, __u32 slot, const struct dax_meta *meta, struct dax_row *row)
{
	row->key = meta->key;
	row->cgroup = meta->cgroup;
	row->start_ns = meta->start_ns;
	memcpy(row->comm, meta->comm, sizeof(row->comm));
	row->comm[sizeof(row->comm) - 1] = '\0';
	memcpy(row->thread, meta->thread, sizeof(row->thread));
	row->thread[sizeof(row->thread) - 1] = '\0';
	row->path_deleted = meta->flags & DAX_META_DELETED;
	row->other = row->exited = false;
	row->nr = 0;
	row->absorbed = NULL;
	who_texts(who, slot, row);
}

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

/* Files, cgroups and devices, each once: there are no more of them than slots. */
struct who {
	struct mounts *mounts;
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

/* Places are found by file; 0: no memory. */
static __u32 place_of(struct who *who, const struct dax_meta *meta)
{
	const struct dax_key *key = &meta->key;
	__u64 hash = (key->ino * 0x9e3779b97f4a7c15ULL ^ key->gen) * 0x9e3779b97f4a7c15ULL;
	__u32 at = (__u32)(hash >> 32 ^ key->dev) & who->mask, *found;

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

void who_fill(const struct who *who, __u32 slot, const struct dax_meta *meta, struct dax_row *row)
{
	const struct of_slot *of = &who->of[slot];

	row->key = meta->key;
	row->cgroup = meta->cgroup;
	memcpy(row->comm, meta->comm, sizeof(row->comm));
	row->comm[sizeof(row->comm) - 1] = '\0';
	memcpy(row->thread, meta->thread, sizeof(row->thread));
	row->thread[sizeof(row->thread) - 1] = '\0';
	row->cgroup_path = of->cgroup ? who->cgroup[of->cgroup - 1].path : NULL;
	row->mount = of->device ? who->device[of->device - 1].point : NULL;
	row->fs_type = of->device ? who->device[of->device - 1].type : NULL;
	row->path = row->path_was = NULL;
	row->path_deleted = meta->flags & DAX_META_DELETED;
	row->path_gone = false;
	row->other = false;
	if (!of->place)
		return;
	row->path = who->place[of->place - 1].path;
	row->path_was = who->place[of->place - 1].was;
	row->path_deleted = who->place[of->place - 1].deleted;
	row->path_gone = who->place[of->place - 1].gone;
}

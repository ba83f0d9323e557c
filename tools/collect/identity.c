// SPDX-License-Identifier: GPL-2.0-only
/* identity.c - the names that belong to a slot: file, mount, process, thread, cgroup. */
#include <stdlib.h>
#include <string.h>
#include "collect/identity.h"
#include "proc/cgroup.h"
#include "proc/file-locator.h"

/* What one round of looking may cost: about 0.5 ms of stat(), and a few searches. */
#define ROUND_NS     100000000ULL
#define ROUND_LOOKS  256
#define ROUND_SEARCH 8

struct cgroup {
	__u64 id;
	char *path;
	bool unknown; /* the id does not identify a cgroup */
};

struct device {
	__u32 dev;
	char *point, *type;
};

/* Each file, cgroup and device once. There are never more of them than slots. */
struct identities {
	struct mounts *mounts;
	enum dax_cgroups cgroups;
	__u32 nr_slots;
	struct of_slot {
		__u32 locator, cgroup, device; /* index + 1; 0: none */
	} * of;
	struct file_locator *locator;
	__u32 nr_locators;
	__u32 *table; /* of locators, by file; index + 1 */
	__u32 mask;
	__u32 next; /* locator to look at */
	__u64 round_ns;
	struct cgroup *cgroup;
	__u32 nr_cgroups;
	struct device *device;
	__u32 nr_devices;
};

struct identities *identities_open(__u32 nr_slots)
{
	struct identities *who = calloc(1, sizeof(*who));
	__u32 size = 16;

	if (!who)
		return NULL;
	while (size < 2 * nr_slots)
		size *= 2;
	who->nr_slots = nr_slots;
	who->mask = size - 1;
	who->of = calloc(nr_slots, sizeof(*who->of));
	who->locator = calloc(nr_slots, sizeof(*who->locator));
	who->table = calloc(size, sizeof(*who->table));
	who->cgroup = calloc(nr_slots, sizeof(*who->cgroup));
	who->device = calloc(nr_slots, sizeof(*who->device));
	who->mounts = mounts_open("/proc/self/mountinfo"); /* without it fewer names are known */
	who->cgroups = cgroups_here(who->mounts);
	if (who->of && who->locator && who->table && who->cgroup && who->device)
		return who;
	identities_free(who);
	return NULL;
}

void identities_free(struct identities *who)
{
	__u32 i;

	if (!who)
		return;
	for (i = 0; i < who->nr_locators; i++)
		file_locator_free(&who->locator[i]);
	for (i = 0; i < who->nr_cgroups; i++)
		free(who->cgroup[i].path);
	for (i = 0; i < who->nr_devices; i++) {
		free(who->device[i].point);
		free(who->device[i].type);
	}
	free(who->of);
	free(who->locator);
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
 * Make room by dropping the locators that no slot uses any more. @is_new maps old numbers to new
 * ones, + 1; 0: dropped. Each list keeps its order.
 */
static void drop_locators(struct identities *who, __u32 *is_new)
{
	__u32 i, at, nr = 0;

	memset(who->table, 0, ((size_t)who->mask + 1) * sizeof(*who->table));
	for (i = 0; i < who->nr_locators; i++) {
		struct file_locator *locator = &who->locator[i];

		if (!is_new[i]) {
			file_locator_free(locator);
			continue;
		}
		at = hash_file(locator->ino, locator->dev, locator->gen) & who->mask;
		while (who->table[at])
			at = (at + 1) & who->mask;
		who->locator[nr] = *locator;
		who->table[at] = is_new[i] = ++nr;
	}
	who->nr_locators = nr;
}

static void drop_cgroups(struct identities *who, __u32 *is_new)
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

static void drop_devices(struct identities *who, __u32 *is_new)
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

/* False: out of memory, and nothing was dropped. */
static bool drop_unused(struct identities *who)
{
	__u32 *is_new = calloc(3 * (size_t)who->nr_slots, sizeof(*is_new)), slot;
	__u32 *locator = is_new, *cgroup, *device;

	if (!is_new)
		return false;
	cgroup = locator + who->nr_slots;
	device = cgroup + who->nr_slots;
	for (slot = 0; slot < who->nr_slots; slot++) {
		const struct of_slot *of = &who->of[slot];

		if (of->locator)
			locator[of->locator - 1] = 1;
		if (of->cgroup)
			cgroup[of->cgroup - 1] = 1;
		if (of->device)
			device[of->device - 1] = 1;
	}
	drop_locators(who, locator);
	drop_cgroups(who, cgroup);
	drop_devices(who, device);
	for (slot = 0; slot < who->nr_slots; slot++) {
		struct of_slot *of = &who->of[slot];

		of->locator = of->locator ? locator[of->locator - 1] : 0;
		of->cgroup = of->cgroup ? cgroup[of->cgroup - 1] : 0;
		of->device = of->device ? device[of->device - 1] : 0;
	}
	free(is_new);
	return true;
}

/* The locator of the file of @meta, a new one if needed. 0: out of memory. */
static __u32 locator_of(struct identities *who, const struct dax_meta *meta)
{
	const struct dax_key *key = &meta->key;
	__u32 at = hash_file(key->ino, key->dev, key->gen) & who->mask, *found;

	for (; *(found = &who->table[at]); at = (at + 1) & who->mask) {
		struct file_locator *locator = &who->locator[*found - 1];

		if (locator->ino != key->ino || locator->dev != key->dev || locator->gen != key->gen)
			continue;
		file_locator_pid(locator, key->tgid);
		return *found;
	}
	if (!file_locator_init(&who->locator[who->nr_locators], who->mounts, meta))
		return 0;
	/* Look now: its process probably still runs. */
	file_locator_look(&who->locator[who->nr_locators], who->mounts, true, 0);
	return *found = ++who->nr_locators;
}

static __u32 cgroup_of(struct identities *who, const struct dax_meta *meta)
{
	struct cgroup *cgroup = &who->cgroup[who->nr_cgroups];
	__u32 i;

	for (i = 0; i < who->nr_cgroups; i++)
		if (who->cgroup[i].id == meta->cgroup)
			return i + 1;
	cgroup->id = meta->cgroup;
	cgroup->path = cgroup_path(who->mounts, meta->cgroup, meta->key.tgid);
	/* A task that is in a cgroup of version 1 only appears in the root. */
	cgroup->unknown = who->cgroups == DAX_CGROUPS_NONE ||
			  (who->cgroups == DAX_CGROUPS_HYBRID && cgroup->path && !strcmp(cgroup->path, "/"));
	if (cgroup->unknown) {
		free(cgroup->path);
		cgroup->path = NULL;
	}
	return ++who->nr_cgroups;
}

static __u32 device_of(struct identities *who, const struct dax_meta *meta)
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

bool identities_note(struct identities *who, __u32 slot, const struct dax_meta *meta)
{
	struct of_slot *of = &who->of[slot];

	if (of->locator)
		return true;
	if ((who->nr_locators == who->nr_slots || who->nr_cgroups == who->nr_slots ||
	     who->nr_devices == who->nr_slots) &&
	    !drop_unused(who))
		return false;
	of->cgroup = cgroup_of(who, meta);
	of->device = device_of(who, meta);
	of->locator = locator_of(who, meta);
	return of->locator;
}

void identities_refresh(struct identities *who, __u64 now_ns)
{
	__u32 looks = who->nr_locators < ROUND_LOOKS ? who->nr_locators : ROUND_LOOKS, searches = 0;

	if (who->round_ns && now_ns - who->round_ns < ROUND_NS)
		return;
	who->round_ns = now_ns;
	for (; looks > 0; looks--) {
		who->next = who->next < who->nr_locators ? who->next : 0;
		searches += file_locator_look(&who->locator[who->next++], who->mounts,
				       searches < ROUND_SEARCH, now_ns);
	}
}

void identities_forget(struct identities *who, __u32 slot, __u32 to)
{
	if (to)
		who->of[to] = who->of[slot];
	who->of[slot] = (struct of_slot){0};
}

void identities_texts(const struct identities *who, __u32 slot, struct dax_row *row)
{
	const struct of_slot *of = &who->of[slot];
	const struct file_locator *locator = of->locator ? &who->locator[of->locator - 1] : NULL;

	if (of->cgroup && who->cgroup[of->cgroup - 1].unknown)
		row->cgroup = 0;
	row->cgroup_path = of->cgroup ? who->cgroup[of->cgroup - 1].path : NULL;
	row->mount = of->device ? who->device[of->device - 1].point : NULL;
	row->fs_type = of->device ? who->device[of->device - 1].type : NULL;
	row->path = locator ? locator->path : NULL;
	row->path_was = locator ? locator->was : NULL;
	row->path_gone = locator && locator->gone;
	if (locator)
		row->path_deleted = locator->deleted;
}

enum dax_cgroups identities_cgroups(const struct identities *who)
{
	return who->cgroups;
}

void identities_fill(const struct identities *who, __u32 slot, const struct dax_meta *meta, struct dax_row *row)
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
	identities_texts(who, slot, row);
}

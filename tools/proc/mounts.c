// SPDX-License-Identifier: GPL-2.0-only
/* mounts.c - complete the path components from the kernel side by the mount that they belong to. */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>
#include "proc/mountinfo.h"
#include "proc/mounts.h"

#define PATH_ROOM (DAX_PATH_PARTS * (DAX_PART_LEN + 4) + 64)

struct mount {
	__u32 dev;
	char *type;
	char *root;  /* the mounted directory of the filesystem */
	char *point; /* where */
};

struct mounts {
	FILE *in;
	size_t nr;
	struct mount *mount;
};

static void mount_free(struct mount *mount)
{
	free(mount->root);
	free(mount->point);
	free(mount->type);
}

static bool mount_copy(const struct mountinfo *from, struct mount *to)
{
	to->dev = from->major << 20 | from->minor;
	to->root = strdup(from->root);
	to->point = strdup(from->point);
	to->type = strdup(from->type ? from->type : "");
	if (to->root && to->point && to->type)
		return true;
	mount_free(to);
	return false;
}

static void forget(struct mounts *mounts)
{
	size_t i;

	for (i = 0; i < mounts->nr; i++)
		mount_free(&mounts->mount[i]);
	free(mounts->mount);
	mounts->mount = NULL;
	mounts->nr = 0;
}

/* Read the whole file. A mount that does not fit in memory is treated as not mounted. */
static void read_all(struct mounts *mounts)
{
	char *line = NULL;
	size_t size = 0;

	forget(mounts);
	rewind(mounts->in);
	while (getline(&line, &size, mounts->in) > 0) {
		struct mountinfo info;
		struct mount one, *more;

		if (!mountinfo_parse(line, &info) || !mount_copy(&info, &one))
			continue;
		more = reallocarray(mounts->mount, mounts->nr + 1, sizeof(*more));
		if (!more) {
			mount_free(&one);
			break;
		}
		mounts->mount = more;
		mounts->mount[mounts->nr++] = one;
	}
	free(line);
}

struct mounts *mounts_open(const char *file)
{
	struct mounts *mounts = calloc(1, sizeof(*mounts));

	if (!mounts)
		return NULL;
	mounts->in = fopen(file, "re");
	if (!mounts->in) {
		free(mounts);
		return NULL;
	}
	read_all(mounts);
	return mounts;
}

void mounts_close(struct mounts *mounts)
{
	if (!mounts)
		return;
	forget(mounts);
	fclose(mounts->in);
	free(mounts);
}

/* Has the table changed? poll() reports this with POLLPRI, once for each change. */
static bool changed(const struct mounts *mounts)
{
	struct pollfd fd = { .fd = fileno(mounts->in), .events = POLLPRI };

	return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLPRI | POLLERR));
}

static void refresh(struct mounts *mounts)
{
	if (mounts && changed(mounts))
		read_all(mounts);
}

/* The components as a path within the filesystem, beginning with a slash. */
static void inner_path(const struct dax_meta *meta, char out[PATH_ROOM])
{
	__u32 nr = meta->nr_parts < DAX_PATH_PARTS ? meta->nr_parts : DAX_PATH_PARTS;
	size_t done = 0;

	if (meta->flags & DAX_META_DEEPER)
		done = (size_t)sprintf(out, "/...");
	while (nr-- > 0) {
		size_t len = strnlen(meta->part[nr], DAX_PART_LEN - 1);

		out[done++] = '/';
		memcpy(out + done, meta->part[nr], len);
		done += len;
		if (len == DAX_PART_LEN - 1 && (meta->flags & DAX_META_CUT))
			done += (size_t)sprintf(out + done, "...");
	}
	out[done] = '\0';
}

/* The rest of @inner after @root, or NULL when it is not below @root. */
static const char *below(const char *inner, const char *root)
{
	size_t len = strcmp(root, "/") ? strlen(root) : 0;

	if (strncmp(inner, root, len) || (inner[len] != '/' && inner[len] != '\0'))
		return NULL;
	return inner + len;
}

char *mounts_path(struct mounts *mounts, const struct dax_meta *meta)
{
	bool whole = !(meta->flags & (DAX_META_DEEPER | DAX_META_CUT));
	const struct mount *best = NULL;
	const char *rest = NULL;
	char inner[PATH_ROOM];
	char *out = NULL;
	size_t i;

	inner_path(meta, inner);
	refresh(mounts);
	/* A path with a missing part must not look like one that could be opened. */
	for (i = 0; mounts && whole && i < mounts->nr; i++) {
		const struct mount *m = &mounts->mount[i];
		const char *r = m->dev == meta->path_dev ? below(inner, m->root) : NULL;

		/*
		 * Of several mounts, the one that shows most of the filesystem; of equal ones, the
		 * first.
		 */
		if (r && (!best || strlen(m->root) < strlen(best->root))) {
			best = m;
			rest = r;
		}
	}
	if (best) {
		if (asprintf(&out, "%s%s", strcmp(best->point, "/") ? best->point : "", rest) < 0)
			return NULL;
	} else if (asprintf(&out, "[%u:%u]%s", meta->path_dev >> 20, meta->path_dev & 0xfffff,
			    inner) < 0) {
		return NULL;
	}
	return out;
}

bool mounts_find(struct mounts *mounts, __u32 dev, const char *type, struct mount_name *out)
{
	const struct mount *best = NULL;
	size_t i;

	refresh(mounts);
	for (i = 0; mounts && i < mounts->nr; i++) {
		const struct mount *m = &mounts->mount[i];

		if ((type ? strcmp(m->type, type) : m->dev != dev) ||
		    (best && strlen(m->root) >= strlen(best->root)))
			continue;
		best = m;
	}
	if (!best)
		return false;
	*out = (struct mount_name){best->point, best->type};
	return true;
}

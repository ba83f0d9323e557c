// SPDX-License-Identifier: GPL-2.0-only
/* mount.c - find the mount of a file in a table in the format of /proc/self/mountinfo. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include "doctor/mount.h"
#include "proc/mountinfo.h"

void mount_find(struct mount *mount, const char *table, __u64 id, dev_t dev)
{
	FILE *file = fopen(table, "re");
	char *line = NULL, *kept = NULL;
	size_t size = 0, kept_size = 0;

	*mount = (struct mount){0};
	if (!file)
		return;
	while (getline(&line, &size, file) > 0) {
		struct mountinfo one;
		size_t spare;

		if (!mountinfo_parse(line, &one) || !one.options ||
		    (id ? one.id != id : makedev(one.major, one.minor) != dev))
			continue;
		*mount = (struct mount){true, line, one.point, one.type, one.source, one.options};
		/* The next lines go where the one kept before was. */
		line = kept;
		kept = mount->line;
		spare = kept_size;
		kept_size = size;
		size = spare;
	}
	free(line);
	fclose(file);
}

void mount_free(struct mount *mount)
{
	free(mount->line);
	*mount = (struct mount){0};
}

bool mount_can_dax(const struct mount *mount)
{
	static const char *const types[] = {"xfs",  "ext4",     "ext2",  "erofs",
					   "fuse", "virtiofs", "famfs", "overlay"}; /* its layers */
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (mount->known && !strcmp(mount->type, types[i]))
			return true;
	return false;
}

const char *mount_option(const struct mount *mount, const char *name, char *out, size_t size)
{
	const char *at = mount->known ? mount->options : "";
	size_t len = strlen(name);

	while (*at) {
		size_t word = strcspn(at, ",");

		if (word >= len && !strncmp(at, name, len) && (word == len || at[len] == '=')) {
			snprintf(out, size, "%.*s", word == len ? 0 : (int)(word - len - 1),
				 at + len + (word != len));
			return out;
		}
		at += word + (at[word] == ',');
	}
	return NULL;
}

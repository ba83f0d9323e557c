/* SPDX-License-Identifier: GPL-2.0-only */
/* mount.h - find the mount of a file. */
#ifndef DAX_DOCTOR_MOUNT_H
#define DAX_DOCTOR_MOUNT_H

#include <stdbool.h>
#include <sys/types.h>
#include <linux/types.h>

struct mount {
	bool known;
	char *line; /* buffer that the other members point into */
	const char *point, *type, *source;
	const char *options; /* of the filesystem */
};

/*
 * Find the mount with @id (0: unknown), or the last mount of device @dev. Free it with
 * mount_free().
 */
void mount_find(struct mount *mount, const char *table, __u64 id, dev_t dev);
void mount_free(struct mount *mount);

/* Do filesystems of this type support DAX at all? */
bool mount_can_dax(const struct mount *mount);

/* The value of option @name; "" for an option without a value, NULL when it is not set. */
const char *mount_option(const struct mount *mount, const char *name, char *out, size_t size);

#endif

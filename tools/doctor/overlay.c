// SPDX-License-Identifier: GPL-2.0-only
/* overlay.c - find the file below a file of an overlay; faults are on that file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "doctor/overlay.h"
#include "proc/mountinfo.h"
#include "util/fiemap.h"

#define OVERLAY_MAGIC 0x794c7630
#define MAX_LAYERS    500 /* the limit of the kernel */

bool overlay_is(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && (unsigned long)fs.f_type == OVERLAY_MAGIC;
}

/*
 * Copy up to a comma, or in a list up to a colon; overlayfs escapes these in names with a
 * backslash.
 */
static void take_folder(const char **at, bool list, char out[PATH_MAX])
{
	size_t used = 0;

	while (**at) {
		const char *before = *at;
		char c = mountinfo_char(at);

		if (c == ',' || (list && c == ':')) {
			*at = before;
			break;
		}
		if (c == '\\' && **at)
			c = mountinfo_char(at);
		if (used < PATH_MAX - 1)
			out[used++] = c;
	}
	out[used] = '\0';
}

bool overlay_layer(const char *options, unsigned int nr, char out[PATH_MAX])
{
	/* upperdir comes after lowerdir. */
	const char *upper = strstr(options, ",upperdir=");
	const char *at = options;

	if (upper && !nr--) {
		upper += strlen(",upperdir=");
		take_folder(&upper, false, out);
		return true;
	}
	while (*at) {
		static const char *const keys[] = {"lowerdir+=", "lowerdir=", "datadir+="};
		bool found = false;

		for (size_t i = 0; !found && i < sizeof(keys) / sizeof(*keys); i++) {
			found = !strncmp(at, keys[i], strlen(keys[i]));
			if (found)
				at += strlen(keys[i]);
		}
		while (found && *at && *at != ',') {
			take_folder(&at, true, out);
			if (*out && !nr--)
				return true;
			at += strspn(at, ":");
		}
		while (*at && *at != ',')
			at += *at == '\\' && at[1] ? 2 : 1;
		at += *at == ',';
	}
	*out = '\0';
	return false;
}

static int first_extent(void *ctx, const struct fiemap_extent *fe)
{
	*(struct fiemap_extent *)ctx = *fe;
	return 1;
}

/* The overlay passes FIEMAP on to the file below: equal storage means the same file. */
static bool same_storage(int a, int b)
{
	struct fiemap_extent of_a = {0}, of_b = {0};
	struct stat st_a, st_b;

	if (fstat(a, &st_a) || fstat(b, &st_b) || !S_ISREG(st_b.st_mode) || st_a.st_size != st_b.st_size)
		return false;
	return fiemap_walk(a, 0, ~0ULL >> 1, 0, first_extent, &of_a) >= 0 &&
	       fiemap_walk(b, 0, ~0ULL >> 1, 0, first_extent, &of_b) >= 0 &&
	       of_a.fe_logical == of_b.fe_logical && of_a.fe_physical == of_b.fe_physical &&
	       of_a.fe_length == of_b.fe_length;
}

/* The part of @path below the mount point; NULL when it is not below it. */
static const char *within_mount(const struct mount *mount, const char *path)
{
	size_t len = strlen(mount->point);

	if (len == 1)
		return path;
	return !strncmp(path, mount->point, len) && (path[len] == '/' || !path[len]) ? path + len : NULL;
}

int overlay_open(const struct mount *mount, int fd, const char *path, char below[PATH_MAX])
{
	const char *rest = mount->known && !strcmp(mount->type, "overlay") ? within_mount(mount, path) : NULL;
	char layer[PATH_MAX];
	struct stat st, own;

	if (!rest || fstat(fd, &own))
		return -1;
	for (unsigned int nr = 0; nr < MAX_LAYERS && overlay_layer(mount->options, nr, layer); nr++) {
		int found, len = snprintf(below, PATH_MAX, "%s%s", layer, rest);

		/* Never open a device or a pipe. */
		if (len >= PATH_MAX || lstat(below, &st) || (st.st_mode & S_IFMT) != (own.st_mode & S_IFMT))
			continue;
		found = open(below, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
		if (found >= 0 && (S_ISDIR(own.st_mode) || same_storage(fd, found)))
			return found;
		if (found >= 0)
			close(found);
	}
	return -1;
}

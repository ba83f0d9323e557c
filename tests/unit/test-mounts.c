// SPDX-License-Identifier: GPL-2.0-only
/* test-mounts.c - paths from the kernel's components and a mount table of any content. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/types.h>
#include "proc/mounts.h"
#include "unit.h"

static const char table[] =
	"21 1 0:20 / /proc rw - proc proc rw\n"
	"30 1 259:1 / /mnt/dax rw,relatime shared:1 - xfs /dev/pmem0 rw\n"
	"31 1 259:1 /sub /mnt/bind rw - xfs /dev/pmem0 rw\n"
	"32 1 259:2 /only\\040this /mnt/sp\\040ace\\134x rw - ext4 /dev/pmem1 rw\n"
	"33 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
	"broken line\n"
	"34 1 99999999:1 / /x rw\n";

static struct mounts *mounts_of(const char *text)
{
	char name[] = "/tmp/test-path.XXXXXX";
	int fd = mkstemp(name);
	struct mounts *mounts = NULL;

	if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text))
		mounts = mounts_open(name);
	close(fd);
	unlink(name);
	return mounts;
}

static void is(struct mounts *mounts, __u32 dev, __u32 flags, const char *const parts[],
	       const char *wanted, const char *name)
{
	struct dax_meta meta = { .key.dev = dev, .path_dev = dev, .flags = flags };
	char *path;

	for (; parts[meta.nr_parts]; meta.nr_parts++)
		strncpy(meta.part[meta.nr_parts], parts[meta.nr_parts], DAX_PART_LEN - 1);
	path = mounts_path(mounts, &meta);
	CHECK(path && !strcmp(path, wanted), "%s: %s (wanted %s)", name, path ? path : "NULL", wanted);
	free(path);
}

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

int main(void)
{
	char longest[DAX_PART_LEN];
	struct mounts *mounts = mounts_of(table);
	struct dax_meta full = { .nr_parts = 1000, .flags = ~0u };
	char *path;
	int i;

	CHECK(mounts, "a mount table with broken lines is read");
	is(mounts, 259 << 20 | 1, 0, PARTS("f", "sub"), "/mnt/dax/sub/f", "the widest mount is shown");
	is(mounts, 259 << 20 | 2, 0, PARTS("f", "only this"), "/mnt/sp ace\\x/f",
	   "octal escapes, and a mount of a directory");
	is(mounts, 259 << 20 | 2, 0, PARTS("f", "elsewhere"), "[259:2]/elsewhere/f",
	   "a file that no mount shows");
	is(mounts, 259 << 20 | 2, 0, PARTS("f", "only this too"), "[259:2]/only this too/f",
	   "a directory that only begins like the mounted one");
	is(mounts, 8 << 20 | 1, 0, PARTS("f"), "/f", "below the root mount no slash is doubled");
	is(mounts, 7 << 20, DAX_META_DEEPER, PARTS("f", "d"), "[7:0]/.../d/f", "a path that was cut");
	is(NULL, 7 << 20, 0, PARTS("f"), "[7:0]/f", "without a mount table");

	memset(longest, 'n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (i = 0; i < DAX_PATH_PARTS; i++)
		memset(full.part[i], 'n', DAX_PART_LEN); /* not even a final NUL */
	path = mounts_path(mounts, &full);
	CHECK(path && strlen(path) < 2 * DAX_PATH_PARTS * DAX_PART_LEN,
	      "components without an end, and an impossible count of them, stay bounded");
	free(path);
	mounts_close(mounts);
	CHECK(!mounts_open("/does/not/exist"), "no mount table is an error, not a crash");
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* test-file-locator.c - files of this process, on whatever filesystem /tmp is, are found where they are.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/fs.h>
#include <linux/types.h>
#include "proc/file-locator.h"
#include "unit.h"

#define SECOND 1000000000ULL

static char dir[] = "/tmp/test-place.XXXXXX";

static char *in_dir(const char *name)
{
	static char path[4][512];
	static int nr;

	snprintf(path[++nr % 4], sizeof(path[0]), "%s/%s", dir, name);
	return path[nr % 4];
}

/* What the kernel side would have told of @path, were it on a filesystem with DAX. */
static struct dax_meta meta_of(const char *path, const char *name)
{
	struct dax_meta meta = {.nr_parts = 1};
	struct stat st;
	long gen = 0;
	int fd;

	if (stat(path, &st))
		return meta;
	meta.key.ino = st.st_ino;
	meta.key.dev = meta.path_dev = major(st.st_dev) << 20 | minor(st.st_dev);
	meta.key.tgid = (__u32)getpid();
	fd = open(path, O_RDONLY);
	if (fd >= 0 && !ioctl(fd, FS_IOC_GETVERSION, &gen))
		meta.key.gen = (__u32)gen;
	close(fd);
	strncpy(meta.part[0], name, DAX_PART_LEN - 1);
	return meta;
}

/* A file that this process has mapped; false when the maps show another inode than stat() does. */
static void *map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	void *at;

	if (fd < 0 || ftruncate(fd, 4096))
		return MAP_FAILED;
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	return at;
}

static bool is(const struct file_locator *place, const char *path, const char *was)
{
	return place->path && !strcmp(place->path, path) &&
	       (was ? place->was && !strcmp(place->was, was) : !place->was);
}

/* Found by the maps of this process, by every step of a file's life. */
static void test_maps(void)
{
	char *odd = strdup(in_dir("a\033[31m\nb\\012\xff (deleted)"));
	struct dax_meta meta;
	struct file_locator place;

	if (map_file(in_dir("one")) == MAP_FAILED)
		exit(3);
	meta = meta_of(in_dir("one"), "one");
	file_locator_init(&place, NULL, &meta);
	CHECK(place.path[0] == '[' && !place.deleted,
	      "without a mount there is only a part of a path");
	file_locator_look(&place, NULL, true, 0);
	if (place.path[0] == '[') {
		printf("skip - places: the maps of a process cannot be read here\n");
		file_locator_free(&place);
		return;
	}
	CHECK(is(&place, in_dir("one"), NULL) && !place.gone, "the process's maps have all of it");
	CHECK(!file_locator_look(&place, NULL, true, 1), "what is there is not searched for");
	rename(in_dir("one"), odd);
	CHECK(!file_locator_look(&place, NULL, false, 2) && is(&place, in_dir("one"), NULL),
	      "without a search nothing changes");
	CHECK(file_locator_look(&place, NULL, true, 2) && place.path && !strcmp(place.path, odd) &&
		      !place.deleted && !place.gone,
	      "renamed, to a name of any bytes that ends in (deleted)");
	CHECK(!file_locator_look(&place, NULL, true, 3), "and is there");
	unlink(odd);
	CHECK(file_locator_look(&place, NULL, true, 3 * SECOND) && place.deleted &&
		      !strcmp(place.path, odd),
	      "deleted, with the name it had");
	CHECK(!file_locator_look(&place, NULL, true, 3 * SECOND + 1) &&
		      file_locator_look(&place, NULL, true, 9 * SECOND),
	      "searches in vain are kept apart");
	close(open(odd, O_CREAT | O_RDWR, 0600));
	file_locator_look(&place, NULL, true, 60 * SECOND);
	CHECK(place.deleted, "a new file of that name is another one");
	unlink(odd);
	free(odd);
	file_locator_free(&place);
}

static void test_gone(void)
{
	struct dax_meta meta = {
		.key = {.ino = 1, .dev = 0xfffffff}, .path_dev = 0xfffffff, .nr_parts = 1};
	struct file_locator place;
	unsigned int i;

	meta.key.tgid = 4194305; /* above all there are */
	file_locator_init(&place, NULL, &meta);
	CHECK(file_locator_look(&place, NULL, true, 0) && !place.gone && !place.deleted,
	      "of a file that was never found nothing is said");
	for (i = 0; i < 10; i++)
		file_locator_pid(&place, 100 + i);
	CHECK(place.pids[0] == 107 && place.pids[1] == 108 && place.pids[2] == 109 &&
		      place.pids[3] == 106,
	      "the last four processes are remembered");
	file_locator_free(&place);

	close(open(in_dir("file"), O_CREAT | O_RDWR, 0600));
	meta = meta_of(in_dir("file"), "file");
	meta.flags = DAX_META_DELETED;
	file_locator_init(&place, NULL, &meta);
	CHECK(place.deleted, "a file without a name is deleted from the first");
	file_locator_free(&place);
	unlink(in_dir("file"));
}

int main(void)
{
	if (!mkdtemp(dir))
		return 3;
	test_maps();
	test_gone();
	rmdir(dir);
	return UNIT_STATUS;
}

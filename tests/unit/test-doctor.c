// SPDX-License-Identifier: GPL-2.0-only
/* test-doctor.c - predictions worked out by hand, mount tables of any content, maps. */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "doctor/map.h"
#include "doctor/mount.h"
#include "doctor/predict.h"
#include "unit.h"

#define MIB ((__u64)1 << 20)
#define KIB ((__u64)1 << 10)

static struct layout plain(__u64 size, struct extent *extent, size_t nr)
{
	return (struct layout){.size = size,
			       .extent = extent,
			       .nr_extents = nr,
			       .extents_tell = true,
			       .base_known = true,
			       .seams_known = true,
			       .tries_huge = true};
}

/* The fates as the map draws them, reads then writes. */
static void is(const struct runs *runs, const char *read, const char *write, const char *name)
{
	char got[2][256];
	__u64 nr = 0;

	for (size_t i = 0; i < runs->nr; i++) {
		for (__u64 n = 0; n < runs->run[i].count && nr < 255; n++, nr++) {
			got[0][nr] = fate_char(runs->run[i].read);
			got[1][nr] = fate_char(runs->run[i].write);
		}
	}
	got[0][nr] = got[1][nr] = '\0';
	CHECK(!strcmp(got[0], read) && !strcmp(got[1], write), "%s: %s %s (wanted %s %s)", name, got[0],
	      got[1], read, write);
}

static void predicted(const struct layout *layout, const char *read, const char *write, const char *name)
{
	struct runs runs;

	CHECK(!predict(layout, &runs), "%s is predicted", name);
	is(&runs, read, write, name);
	runs_free(&runs);
}

#define EXTENTS(...) ((struct extent[]){__VA_ARGS__}), sizeof((struct extent[]){__VA_ARGS__}) / sizeof(struct extent)

static void test_extents(void)
{
	struct layout at;

	at = plain(8 * MIB, NULL, 0);
	predicted(&at, "....", "????", "a hole");
	at = plain(0, NULL, 0);
	predicted(&at, "", "", "an empty file");
	at = plain(8 * MIB, EXTENTS({0, 8 * MIB, 4 * MIB, 0}));
	predicted(&at, "####", "####", "one aligned extent");
	at.base = 4 * KIB;
	predicted(&at, "dddd", "dddd", "the same on a device that starts misaligned: the filesystem does not know");
	at.part = 4 * KIB;
	predicted(&at, "mmmm", "mmmm", "the same on a partition that does, which the filesystem adds");
	at.base_known = false;
	predicted(&at, "????", "????", "the same on a device that starts nobody knows where");
	at = plain(8 * MIB, EXTENTS({0, 8 * MIB, 3 * MIB, 0}));
	predicted(&at, "mmmm", "mmmm", "one misaligned extent");
	at.base = MIB;
	predicted(&at, "####", "####", "a misaligned extent that the device's start puts right");
	at = plain(8 * MIB, EXTENTS({0, 8 * MIB, 3 * MIB, EXTENT_UNWRITTEN}));
	predicted(&at, "....", "mmmm", "unwritten and misaligned: reads get the zero page");
	at = plain(8 * MIB, EXTENTS({0, 3 * MIB, 2 * MIB, 0}, {3 * MIB, 5 * MIB, 15 * MIB, 0}));
	predicted(&at, "#s##", "#s##", "a boundary inside a range");
	at = plain(8 * MIB, EXTENTS({0, 2 * MIB, 2 * MIB, 0}, {6 * MIB, 2 * MIB, 2 * MIB, 0}));
	predicted(&at, "#..#", "#??#", "whole ranges of hole");
	at = plain(6 * MIB, EXTENTS({MIB, 4 * MIB, MIB, 0}));
	predicted(&at, "s#s", "s#s", "hole before and behind");
	at = plain(4 * MIB, EXTENTS({0, 4 * MIB, 0, EXTENT_SHARED}));
	predicted(&at, "##", "??", "shared blocks are copied by a write");
	at = plain(4 * MIB, EXTENTS({0, 4 * MIB, 0, EXTENT_UNUSABLE}));
	predicted(&at, "??", "??", "an extent without an address");
	at.extents_tell = false;
	predicted(&at, "??", "??", "a file whose extents tell nothing");
	at.tries_huge = false;
	predicted(&at, "nn", "nn", "a kernel without 2 MiB faults");
}

static void test_ends(void)
{
	struct layout at = plain(4 * MIB, EXTENTS({0, 6 * MIB, 0, 0}));

	predicted(&at, "##", "##", "the end of the file at the end of a range");
	at.size = 4 * MIB - 4 * KIB + 1;
	predicted(&at, "##", "##", "the end in the last page");
	at.size = 4 * MIB - 4 * KIB;
	predicted(&at, "#e", "#e", "the end one page early");
	at.size = 4 * MIB + 1;
	predicted(&at, "##e", "##e", "one byte more");
	at.size = 1;
	predicted(&at, "e", "e", "one byte");
}

static void test_conversion(void)
{
	struct layout at = plain(2 * MIB, EXTENTS({0, MIB, 0, EXTENT_UNWRITTEN}, {MIB, MIB, MIB, 0}));

	predicted(&at, "s", "s", "unwritten before written");
	at.converts_whole = true;
	predicted(&at, "s", "#", "the same where a write joins them");
	at.extent[1].physical = 3 * MIB;
	predicted(&at, "s", "s", "not when they lie apart");
	at = plain(2 * MIB, EXTENTS({0, MIB, 0, EXTENT_UNWRITTEN}, {MIB, MIB / 2, MIB, 0},
				    {3 * MIB / 2, MIB / 2, 3 * MIB / 2, EXTENT_UNWRITTEN}));
	at.converts_whole = true;
	predicted(&at, "s", "s", "not when a third piece follows");
}

static void test_seams(void)
{
	__u64 seam[] = {2 * MIB, 5 * MIB, 8 * MIB};
	struct layout at = plain(12 * MIB, EXTENTS({0, 12 * MIB, 0, EXTENT_UNWRITTEN}));
	struct runs runs;

	at.seam = seam;
	at.nr_seams = 3;
	at.seamless = 4 * MIB;
	predicted(&at, "......", "##s###", "extents that meet inside a range, and at its edges");
	at.extent[0].flags = 0;
	predicted(&at, "######", "######", "written ones, which the cache shows as one");
	if (CHECK(!predict(&at, &runs), "seams are kept"))
		CHECK(runs.nr == 3 && !runs.run[0].seam && runs.run[1].seam && runs.run[1].first == 2 &&
			      !runs.run[2].seam,
		      "the range where they meet is marked");
	runs_free(&runs);
	at.extent[0].flags = EXTENT_UNWRITTEN;
	at.nr_seams = 0;
	at.seams_known = false;
	predicted(&at, "......", "??????", "writes when nobody may ask the disk");
	at.seamless = 12 * MIB;
	predicted(&at, "......", "######", "unless the extent is short enough");
}

static void test_bad(void)
{
	struct span bad[] = {{13 * MIB, 4 * KIB}, {100 * MIB, MIB}, {5 * MIB, 512}};
	struct layout at = plain(12 * MIB, EXTENTS({0, 12 * MIB, 4 * MIB, 0}));

	at.bad = bad;
	at.nr_bad = 3;
	predicted(&at, "d###d#", "d###d#", "bad blocks");
	bad[0] = (struct span){0, 100 * MIB};
	predicted(&at, "dddddd", "dddddd", "a device that is bad all over");
}

static void test_bounds(void)
{
	struct layout at = plain(~0ULL >> 1, EXTENTS({0, 4 * MIB, 0, 0}, {~0ULL / 4, 8 * KIB, 0, 0}));
	struct runs runs;
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (CHECK(!predict(&at, &runs), "a sparse file of 8 EiB"))
		CHECK(runs.nr <= 8 && runs.ranges == (__u64)1 << 42, "takes %zu runs for %llu ranges", runs.nr,
		      runs.ranges);
	map_print(to, &runs, 20);
	fclose(to);
	CHECK(size < 4096, "its map takes %zu bytes", size);
	free(text);
	runs_free(&runs);
	at.cut = true;
	at.size = 8 * MIB;
	at.nr_extents = 1;
	predicted(&at, "##??", "##??", "what lies behind the extents that were read");
}

static void mapped(const struct runs *file, struct vma vma, const char *read, const char *write,
		   const char *name)
{
	struct runs runs;

	if (CHECK(!predict_vma(file, &vma, &runs), "%s is predicted", name))
		is(&runs, read, write, name);
	runs_free(&runs);
}

static void test_vmas(void)
{
	const __u64 base = (__u64)0x7f0000000000;
	struct layout at = plain(9 * MIB, EXTENTS({0, 10 * MIB, 0, 0}));
	struct runs file;

	if (!CHECK(!predict(&at, &file), "a file to map"))
		return;
	mapped(&file, (struct vma){base, base + 10 * MIB, 0, false, false}, "####e", "####e", "all of it");
	mapped(&file, (struct vma){base, base + 10 * MIB, 0, true, false}, "####e", "ppppp", "privately");
	mapped(&file, (struct vma){base + 4 * KIB, base + 4 * KIB + 8 * MIB, 0, false, false}, "aaaa", "aaaa",
	       "at an address one page off");
	mapped(&file, (struct vma){base + 4 * KIB, base + 4 * KIB + 8 * MIB, 0, true, false}, "aaaa", "aaaa",
	       "both");
	mapped(&file, (struct vma){base + MIB, base + 7 * MIB, MIB, false, false}, "<##>", "<##>",
	       "with both edges cut");
	mapped(&file, (struct vma){base + MIB, base + 3 * MIB / 2, MIB, false, false}, "<", "<",
	       "less than a range");
	mapped(&file, (struct vma){base, base + 4 * MIB, 2 * MIB, false, true}, "nn", "nn",
	       "with MADV_NOHUGEPAGE");
	mapped(&file, (struct vma){base, base + 40 * MIB, 20 * MIB, false, false}, "", "",
	       "behind the end of the file");
	runs_free(&file);
}

static void test_mounts(void)
{
	static const char table[] =
		"21 1 0:20 / /proc rw - proc proc rw\n"
		"30 1 259:1 / /mnt/d\\040x\\134 rw,relatime shared:1 - xfs /dev/pmem0 rw,dax=inode,sunit=4096\n"
		"31 1 259:2 / /mnt/e rw - ext4 /dev/pmem1 rw,dax,stripe=512,daxx=1\n"
		"broken\n\n- - -\n"
		"33 1 259:4 / /mnt/below rw - xfs /dev/pmem2 rw,dax=never,a-line-that-is-longer-than-the-ones-before=1\n"
		"34 1 259:4 / /mnt/middle rw - xfs /dev/pmem2 rw\n"
		"35 1 259:4 / /mnt/top rw - xfs /dev/pmem2 rw,dax=always\n"
		"32 1 259:3 / /mnt/f rw\n";
	char name[] = "/tmp/test-doctor.XXXXXX", value[32];
	struct mount mount;
	int fd = mkstemp(name);

	if (!CHECK(fd >= 0 && write(fd, table, strlen(table)) == (ssize_t)strlen(table), "a mount table"))
		return;
	close(fd);
	mount_find(&mount, name, 30, 0);
	CHECK(mount.known && !strcmp(mount.point, "/mnt/d x\\") && !strcmp(mount.type, "xfs"),
	      "a mount by its id, escapes undone");
	CHECK(mount_option(&mount, "dax", value, sizeof(value)) && !strcmp(value, "inode"), "dax=inode");
	CHECK(!mount_option(&mount, "da", value, sizeof(value)), "an option that only begins alike");
	mount_free(&mount);
	mount_find(&mount, name, 0, makedev(259, 2));
	CHECK(mount.known && mount_option(&mount, "dax", value, sizeof(value)) && !*value,
	      "a mount by its device, dax without a value");
	CHECK(mount_option(&mount, "stripe", value, sizeof(value)) && !strcmp(value, "512"), "stripe=512");
	mount_free(&mount);
	mount_find(&mount, name, 0, makedev(259, 4));
	CHECK(mount.known && !strcmp(mount.point, "/mnt/top") && !strcmp(mount.source, "/dev/pmem2") &&
		      mount_option(&mount, "dax", value, sizeof(value)) && !strcmp(value, "always"),
	      "of several mounts of a device the last one");
	mount_free(&mount);
	mount_find(&mount, name, 32, 0);
	CHECK(!mount.known && !mount_option(&mount, "dax", value, sizeof(value)), "a broken line is no mount");
	mount_find(&mount, "/does/not/exist", 1, 0);
	CHECK(!mount.known, "no table, no mount");
	unlink(name);
}

int main(void)
{
	test_extents();
	test_ends();
	test_conversion();
	test_seams();
	test_bad();
	test_bounds();
	test_vmas();
	test_mounts();
	return UNIT_STATUS;
}

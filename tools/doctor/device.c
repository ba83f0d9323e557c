// SPDX-License-Identifier: GPL-2.0-only
/* device.c - where the storage below a filesystem lies in physical memory, from sysfs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "doctor/device.h"
#include "doctor/dmtable.h"
#include "util/sysblock.h"

#define SECTOR	100 /* bytes for one line of a sysfs file */
#define MAX_BAD 65536

#define MEANS_START                                                                               \
	"2 MiB pages need storage that starts at a multiple of 2 MiB in physical memory"

/* The last component of the target of a link in the device's sysfs folder. */
static bool link_name(dev_t dev, const char *leaf, char *out, size_t size)
{
	char path[192], target[512];
	const char *slash;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u%s%s", major(dev), minor(dev),
		 *leaf ? "/" : "", leaf);
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0)
		return false;
	target[len] = '\0';
	slash = strrchr(target, '/');
	snprintf(out, size, "%.*s", (int)size - 1, slash ? slash + 1 : target);
	return true;
}

static char *device_path(const struct device *device, char out[80])
{
	snprintf(out, 80, "/dev/%s", device->name);
	return out;
}

static void check_partition(struct report *report, struct device *device, __u64 start)
{
	bool good = start % RANGE_BYTES == 0;
	json_t *facts = report_add(report, "partition_start", good ? VERDICT_OK : VERDICT_PROBLEM,
				   "%s is a partition from sector %llu (%llu KiB past a multiple "
				   "of 2 MiB)",
				   device->name, start / 512, start % RANGE_BYTES / 1024);

	json_object_set_new(facts, "start_bytes", json_integer((json_int_t)start));
	if (!good)
		report_fix(report, "partition_start", 0, MEANS_START,
			   "use the whole device; or when you make the partition again, which erases it, "
			   "start at a multiple of 4096 sectors",
			   NULL, NULL);
}

/*
 * Bytes [@from, @from + @length) of the device below are mapped at @to of @device: take over its
 * bad blocks.
 */
static void take_bad(struct device *device, const struct device *below, const struct dm_piece *piece)
{
	for (size_t i = 0; i < below->nr_bad; i++) {
		__u64 start = below->bad[i].start, end = start + below->bad[i].length;

		start = start > piece->from ? start : piece->from;
		end = end < piece->from + piece->length ? end : piece->from + piece->length;
		if (start >= end)
			continue;
		device->bad = grow(device->bad, device->nr_bad, sizeof(*device->bad));
		device->bad[device->nr_bad++] = (struct span){start - piece->from + piece->start, end - start};
	}
}

/* Note a boundary between two pieces: no 2 MiB page can cross it. */
static void take_seam(struct device *device, __u64 at)
{
	if (!at || (at + device->base) % RANGE_BYTES == 0)
		return;
	device->bad = grow(device->bad, device->nr_bad, sizeof(*device->bad));
	device->bad[device->nr_bad++] = (struct span){at, 1};
}

/*
 * A device of linear pieces, such as a logical volume. Each device below is reported once. False
 * when the pieces have different alignments in physical memory, or are not linear.
 */
static bool check_linear(struct report *report, dev_t dev, struct device *device)
{
	struct dm_piece piece[DM_MAX_PIECES];
	int nr = dm_linear(dev, piece);
	bool alike = nr > 0;
	char name[256] = "";
	json_t *facts;

	for (int i = 0; alike && i < nr; i++) {
		struct report unseen = {0};
		struct device below;
		bool seen = false;
		__u64 base;

		for (int j = 0; j < i; j++)
			seen |= piece[j].below == piece[i].below;
		device_check(seen ? &unseen : report, piece[i].below, &below);
		report_free(&unseen);
		base = (below.base + piece[i].from - piece[i].start) % RANGE_BYTES;
		alike = below.base_known && !below.no_dax && (!i || base == device->base);
		device->base = base;
		if (alike) {
			take_bad(device, &below, &piece[i]);
			take_seam(device, piece[i].start);
		}
		device_free(&below);
	}
	if (!alike)
		return false;
	device->base_known = true;
	(void)sysblock_text(dev, "dm/name", name, sizeof(name));
	facts = report_add(report, "stacked_device", device->base ? VERDICT_PROBLEM : VERDICT_OK,
			   "%s is device-mapper %s, %d linear piece%s, which start%s %s", device->name, name, nr,
			   nr == 1 ? "" : "s", nr == 1 ? "s" : "",
			   device->base ? "not at a multiple of 2 MiB in physical memory"
					: "at a multiple of 2 MiB in physical memory");
	json_object_set_new(facts, "pieces", json_integer(nr));
	json_object_set_new(facts, "start_bytes", json_integer((json_int_t)device->base));
	if (device->base)
		report_fix(report, "stacked_device", 0, MEANS_START,
			   "when you make the volume again, which erases it, start at a multiple of 4096 sectors; for "
			   "LVM make the physical volume with --dataalignment 2m and the volume with extents of "
			   "2 MiB or more",
			   NULL, NULL);
	return true;
}

/* Stripes, other device-mapper targets, and md: their tables are not read here. */
static bool check_stacked(struct report *report, dev_t dev, struct device *device)
{
	char path[192], name[256], below[512] = "";
	bool dm = sysblock_text(dev, "dm/name", name, sizeof(name));
	struct dirent *entry;
	size_t len = 0;
	json_t *facts;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/slaves", major(dev), minor(dev));
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) && len < sizeof(below) - 1) {
		if (*entry->d_name != '.')
			len += (size_t)snprintf(below + len, sizeof(below) - len, " %s",
						entry->d_name);
	}
	if (dir)
		closedir(dir);
	if (!dm && !*below)
		return false;
	if (dm && check_linear(report, dev, device))
		return true;
	facts = report_add(
		report, "stacked_device", VERDICT_UNKNOWN,
		"%s is %s%s on%s: where its pieces start and how large they are "
		"decides; LVM's first extent is 1 MiB past the start unless another offset was given",
		device->name, dm ? "device-mapper " : "made of several devices", dm ? name : "",
		*below ? below : " unknown devices");
	json_object_set_new(facts, "below", json_string(*below ? below + 1 : ""));
	report_fix(
		report, "stacked_device", 0, MEANS_START,
		"look whether every start, and every stripe's size, is a multiple of 4096 sectors, "
		"and for stripes whether max_sectors_kb is 2048 or more, which can be written to "
		"it; when you make an LVM volume again, which erases it, use --dataalignment 2m for "
		"the physical volume and extents of 2 MiB or more for it",
		"dmsetup table {file}; dmsetup deps -o devname {file}; "
		"cat \"/sys/class/block/$(basename {file})/queue/max_sectors_kb\"",
		device_path(device, path));
	return true;
}

/* The address of a namespace from /proc/iomem, which shows 0 to users without privilege. */
static bool iomem_start(const char *name, __u64 *start)
{
	FILE *file = fopen("/proc/iomem", "re");
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		unsigned long long from, to;
		char *label = strstr(line, " : ");

		line[strcspn(line, "\n")] = '\0';
		if (label && !strcmp(label + 3, name) &&
		    sscanf(line, " %llx-%llx", &from, &to) == 2 && from) {
			*start = from;
			found = true;
		}
	}
	fclose(file);
	return found;
}

static void check_namespace_mode(struct report *report, const char *nd, const char *mode, __u64 align)
{
	bool btt = !strncmp(nd, "btt", 3), pfn = !strncmp(nd, "pfn", 3);
	bool small = align && align % RANGE_BYTES;
	json_t *facts;

	facts = report_add(report, "namespace", btt || small ? VERDICT_PROBLEM : VERDICT_OK,
			   "%s: %s%s", nd,
			   btt	 ? "sector mode (BTT), which has no DAX"
			   : pfn ? "fsdax mode, alignment "
				 : "raw mode: DAX without own space for struct pages",
			   !pfn	 ? ""
			   : small ? "below 2 MiB"
			   : align ? "2 MiB or more"
				   : "unknown");
	json_object_set_new(facts, "device", json_string(nd));
	json_object_set_new(facts, "mode", json_string(mode));
	json_object_set_new(facts, "align_bytes", align ? json_integer((json_int_t)align) : json_null());
	if (btt || small)
		report_fix(report, "namespace", 0,
			   btt ? "sector mode goes through a translation table: no DAX"
			       : "the namespace was made for pages smaller than 2 MiB",
			   "when you make the namespace again, which erases it, use --mode=fsdax --align=2M",
			   "ndctl list -Nu", NULL);
}

static void check_start(struct report *report, struct device *device, const char *nd, bool known,
			__u64 start, bool aligned, __u64 partition)
{
	json_t *facts;

	if (!known && aligned) {
		device->base_known = true;
		device->base = device->part = partition % RANGE_BYTES;
		report_add(report, "physical_start", VERDICT_OK,
			   "%s: the address is not shown here, but the alignment guarantees a "
			   "multiple of 2 MiB",
			   nd);
		return;
	}
	if (!known) {
		report_add(report, "physical_start", VERDICT_UNKNOWN,
			   "where %s starts in physical memory is shown to root only: run as root",
			   *nd ? nd : device->name);
		return;
	}
	device->base_known = true;
	device->base = (start + partition) % RANGE_BYTES;
	device->part = partition % RANGE_BYTES;
	facts = report_add(report, "physical_start",
			   start % RANGE_BYTES ? VERDICT_PROBLEM : VERDICT_OK,
			   "%s starts at %#llx in physical memory, %s", nd, start,
			   start % RANGE_BYTES ? "not a multiple of 2 MiB" : "a multiple of 2 MiB");
	json_object_set_new(facts, "start_bytes", json_integer((json_int_t)start));
	if (start % RANGE_BYTES)
		report_fix(report, "physical_start", 0, MEANS_START,
			   "when you make the namespace again, which erases it, use --mode=fsdax --align=2M; "
			   "with memmap=SIZE!START give a START that is a multiple of 2 MiB",
			   "ndctl list -Nu", NULL);
}

/* Parse lines of `sector count`: the bad blocks of the device. */
static void check_bad(struct report *report, dev_t dev, struct device *device, bool part, __u64 start)
{
	unsigned long long sector, count;
	__u64 bytes = 0, end = ~0ULL;
	char path[192];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%sbadblocks", major(dev), minor(dev),
		 part ? "../" : "");
	file = fopen(path, "re");
	if (!file)
		return;
	if (part && sysblock_number(dev, "size", &end))
		end = start + end * 512;
	while (device->nr_bad < MAX_BAD && fscanf(file, "%llu %llu", &sector, &count) == 2) {
		__u64 from = sector * 512, to = from + count * 512;

		to = to < end ? to : end;
		if (to <= start || from >= end)
			continue;
		from = from > start ? from - start : 0;
		device->bad = grow(device->bad, device->nr_bad, sizeof(*device->bad));
		device->bad[device->nr_bad++] = (struct span){from, to - start - from};
		bytes += to - start - from;
	}
	fclose(file);
	if (!bytes)
		return;
	json_object_set_new(report_add(report, "badblocks", VERDICT_PROBLEM,
				       "%llu bytes of the device cannot be read; ranges with a "
				       "bad block get no 2 MiB page",
				       bytes),
			    "bad_bytes", json_integer((json_int_t)bytes));
	report_fix(report, "badblocks", 0, "a range with a bad block gets no 2 MiB page",
		   "restore the file from a copy: a write to the bad places clears them, where "
		   "the device can",
		   "ndctl list -uM", NULL);
}

static void check_device_dax(struct report *report, dev_t dev, struct device *device, bool part)
{
	__u64 dax;

	if (!sysblock_number(dev, part ? "../queue/dax" : "queue/dax", &dax))
		return;
	device->no_dax = !dax;
	report_add(report, "device_dax", dax ? VERDICT_OK : VERDICT_PROBLEM, "%s %s", device->name,
		   dax ? "can do DAX" : "cannot do DAX: it is not persistent memory");
}

void device_check(struct report *report, dev_t dev, struct device *device)
{
	char nd[64] = "", mode[SECTOR] = "unknown";
	__u64 start = 0, resource = 0, align = 0;
	bool part, known;

	*device = (struct device){0};
	if (!major(dev) || !link_name(dev, "", device->name, sizeof(device->name))) {
		report_add(report, "device", VERDICT_UNKNOWN,
			   "the filesystem has no block device here: where its pages lie cannot be "
			   "found out");
		return;
	}
	part = sysblock_number(dev, "start", &start);
	start *= 512;
	check_device_dax(report, dev, device, part);
	if (check_stacked(report, dev, device))
		return;
	if (part)
		check_partition(report, device, start);
	if (device->no_dax)
		return;
	link_name(dev, part ? "../device" : "device", nd, sizeof(nd));
	(void)sysblock_text(dev, part ? "../device/mode" : "device/mode", mode, sizeof(mode));
	(void)sysblock_number(dev, part ? "../device/align" : "device/align", &align);
	known = sysblock_number(dev, part ? "../device/resource" : "device/resource", &resource);
	if (*nd && (known || strcmp(mode, "unknown")))
		check_namespace_mode(report, nd, mode, align);
	if (!known && !strncmp(nd, "namespace", 9))
		known = iomem_start(nd, &resource);
	check_start(report, device, nd, known, resource,
		    !strncmp(nd, "pfn", 3) && align && align % RANGE_BYTES == 0, start);
	check_bad(report, dev, device, part, start);
}

void device_free(struct device *device)
{
	free(device->bad);
}

// SPDX-License-Identifier: GPL-2.0-only
/* dmtable.c - the pieces that make up a linear device-mapper device. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/dm-ioctl.h>
#include "doctor/dmtable.h"

#define SECTOR 512
#define ROOM   16384 /* bytes for the table */

static int parse_target(const struct dm_target_spec *spec, const char *text, struct dm_piece *piece)
{
	unsigned long long from;
	unsigned int maj, min;

	if (strcmp(spec->target_type, "linear") != 0 || sscanf(text, "%u:%u %llu", &maj, &min, &from) != 3)
		return -EOPNOTSUPP;
	*piece = (struct dm_piece){.start = spec->sector_start * SECTOR,
				   .length = spec->length * SECTOR,
				   .below = makedev(maj, min),
				   .from = from * SECTOR};
	return 0;
}

int dm_linear(dev_t dev, struct dm_piece piece[DM_MAX_PIECES])
{
	union {
		struct dm_ioctl head;
		char room[ROOM];
	} table = {.head = {.version = {DM_VERSION_MAJOR, 0, 0},
			    .data_size = ROOM,
			    .data_start = sizeof(struct dm_ioctl),
			    .flags = DM_STATUS_TABLE_FLAG,
			    .dev = dev}};
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC), err = 0;
	size_t at = 0, room = ROOM;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, DM_TABLE_STATUS, &table))
		err = -errno;
	close(fd);
	if (err)
		return err;
	if (table.head.flags & DM_BUFFER_FULL_FLAG || table.head.target_count > DM_MAX_PIECES)
		return -EOPNOTSUPP;
	at = table.head.data_start;
	room = table.head.data_size < ROOM ? table.head.data_size : ROOM;
	table.room[ROOM - 1] = '\0';
	for (__u32 i = 0; !err && i < table.head.target_count; i++) {
		struct dm_target_spec spec;

		if (at + sizeof(spec) >= room)
			return -EOPNOTSUPP;
		memcpy(&spec, table.room + at, sizeof(spec));
		err = parse_target(&spec, table.room + at + sizeof(spec), &piece[i]);
		/* `next` is relative to the start of the first target. */
		at = table.head.data_start + spec.next;
	}
	return err ? err : (int)table.head.target_count;
}

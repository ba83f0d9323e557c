// SPDX-License-Identifier: GPL-2.0-only
/* sysblock.c - read attributes of a block device in sysfs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include "util/sysblock.h"

bool sysblock_text(dev_t dev, const char *leaf, char *out, size_t size)
{
	char path[192];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(dev), minor(dev), leaf);
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(out, (int)size, file) != NULL;
	fclose(file);
	if (good)
		out[strcspn(out, "\n")] = '\0';
	return good;
}

bool sysblock_number(dev_t dev, const char *leaf, __u64 *value)
{
	char text[64], *end;
	__u64 number;

	if (!sysblock_text(dev, leaf, text, sizeof(text)))
		return false;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || end == text || *end)
		return false;
	*value = number;
	return true;
}

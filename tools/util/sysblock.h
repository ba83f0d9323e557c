/* SPDX-License-Identifier: GPL-2.0-only */
/* sysblock.h - read attributes of a block device in sysfs. */
#ifndef DAX_UTIL_SYSBLOCK_H
#define DAX_UTIL_SYSBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

/*
 * The first line of the attribute @leaf of the device in sysfs, without its newline. False when
 * there is none, or when it may not be read.
 */
bool sysblock_text(dev_t dev, const char *leaf, char *out, size_t size);

/* The same as a number, decimal or with 0x. */
bool sysblock_number(dev_t dev, const char *leaf, __u64 *value);

#endif

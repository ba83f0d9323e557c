/* SPDX-License-Identifier: GPL-2.0-only */
/* overlay.h - find the file below a file of an overlay; faults are on that file. */
#ifndef DAX_DOCTOR_OVERLAY_H
#define DAX_DOCTOR_OVERLAY_H

#include <limits.h>
#include <stdbool.h>
#include "doctor/mount.h"

/* Is the open file on an overlay? */
bool overlay_is(int fd);

/*
 * Open the file or folder below the one that is open at @fd and called @path, on the overlay
 * @mount: for a file the one in the layer that holds its data, for a folder the one that takes new
 * files. Returns a descriptor, with its path in @below, or -1 when the layers cannot be accessed
 * here.
 */
int overlay_open(const struct mount *mount, int fd, const char *path, char below[PATH_MAX]);

/*
 * The folder of layer @nr, counted from the top, in @options as mountinfo has them; "" and false
 * when there are fewer layers. Pure: no system calls.
 */
bool overlay_layer(const char *options, unsigned int nr, char out[PATH_MAX]);

#endif

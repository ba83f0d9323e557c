/* SPDX-License-Identifier: GPL-2.0-only */
/* overlay.h - the file below a file of an overlay, which is the one that faults are about. */
#ifndef DAX_DOCTOR_OVERLAY_H
#define DAX_DOCTOR_OVERLAY_H

#include <limits.h>
#include <stdbool.h>
#include "doctor/mount.h"

/* Is the open file one of an overlay? */
bool overlay_is(int fd);

/*
 * Open the file or folder below what is open at @fd and called @path on the overlay @mount: of a file the
 * one in the layer that has its data, of a folder the one that takes new files. Returns a
 * descriptor, with its path in @below, or -1 when its layers cannot be seen here.
 */
int overlay_open(const struct mount *mount, int fd, const char *path, char below[PATH_MAX]);

/*
 * The @nr-th folder, from the top, of the layers in @options as mountinfo writes them; "" and false
 * when there are not so many. Pure.
 */
bool overlay_layer(const char *options, unsigned int nr, char out[PATH_MAX]);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* prom.h - the counters as Prometheus reads them: text exposition format 0.0.4. */
#ifndef DAX_VIEW_PROM_H
#define DAX_VIEW_PROM_H

#include <stdio.h>
#include "fields.h"

#define PROM_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Series are bounded: mounts and cgroups beyond these have none, and their number is a figure. */
#define PROM_MOUNTS  64
#define PROM_CGROUPS 256
#define PROM_LABEL   256 /* bytes of a label's value, with its final NUL, before it is quoted */

/*
 * All metrics of @model; with @cgroups those of each cgroup too. What is not known is left out, and
 * never 0. Returns 0 or a negative errno; what was written may wait in the buffer.
 */
int view_prom(FILE *to, const struct dax_model *model, bool cgroups);

#endif

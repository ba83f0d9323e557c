/* SPDX-License-Identifier: GPL-2.0-only */
/* prom.h - the counters for Prometheus: text exposition format 0.0.4. */
#ifndef DAX_VIEW_PROM_H
#define DAX_VIEW_PROM_H

#include <stdio.h>
#include "fields.h"

#define PROM_TYPE "text/plain; version=0.0.4; charset=utf-8"

/*
 * The number of series is limited: mounts and cgroups above these limits have none, and a metric
 * shows how many.
 */
#define PROM_MOUNTS  64
#define PROM_CGROUPS 256
#define PROM_LABEL   256 /* bytes of a label value, with its final NUL, before it is escaped */

/*
 * Write all metrics of @model; with @cgroups also those of each cgroup. Unknown values are left
 * out, and never 0. Returns 0 or a negative errno; the output may still be in the buffer.
 */
int view_prom(FILE *to, const struct dax_model *model, bool cgroups);

#endif

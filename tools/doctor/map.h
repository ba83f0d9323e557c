/* SPDX-License-Identifier: GPL-2.0-only */
/* map.h - draw ranges as one character each. */
#ifndef DAX_DOCTOR_MAP_H
#define DAX_DOCTOR_MAP_H

#include <stdio.h>
#include "doctor/predict.h"

#define MAP_COLUMNS 64 /* ranges in a row: 128 MiB */

char fate_char(unsigned fate);

/* Draw @runs in at most @rows rows (0: all), repeated rows as one; then the legend. */
void map_print(FILE *to, const struct runs *runs, size_t rows);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* view.h - a report as text and as JSON. */
#ifndef DAX_DOCTOR_VIEW_H
#define DAX_DOCTOR_VIEW_H

#include <stdio.h>
#include "doctor/report.h"

#define DOCTOR_SCHEMA "daxdoctor/1"

/* What examining a file cannot show; printed in every report with ranges. */
extern const char doctor_not_seen[];

/* @rows limits the map and the lists; 0: no limit. */
void doctor_text(FILE *to, const struct report *report, size_t rows);
void doctor_json(FILE *to, const struct report *report);

#endif

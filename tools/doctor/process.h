/* SPDX-License-Identifier: GPL-2.0-only */
/* process.h - examine the mappings of a process. */
#ifndef DAX_DOCTOR_PROCESS_H
#define DAX_DOCTOR_PROCESS_H

#include "doctor/report.h"

/* All mappings of DAX files in process @report->pid. */
void examine_process(struct report *report);

#endif

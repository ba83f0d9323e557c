/* SPDX-License-Identifier: GPL-2.0-only */
/* resident.h - what of a mapping is in the page tables now. */
#ifndef DAX_DOCTOR_RESIDENT_H
#define DAX_DOCTOR_RESIDENT_H

#include "doctor/report.h"

/*
 * Fill the residency of @mapping from @pagemap, an open /proc/PID/pagemap. False when the kernel
 * cannot tell (PAGEMAP_SCAN came with Linux 6.7).
 */
bool resident_read(int pagemap, struct mapping *mapping);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* template.h - the page without its data, as built by tools/dash/web/assemble.mjs. */
#ifndef DASH_REPORT_TEMPLATE_H
#define DASH_REPORT_TEMPLATE_H

/* Ends with a NUL; "" when it was built without npm. */
extern const char page_template[];

#endif

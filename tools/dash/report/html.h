/* SPDX-License-Identifier: GPL-2.0-only */
/* html.h - the page: one file with a daxdash-page/1 document in it. */
#ifndef DASH_REPORT_HTML_H
#define DASH_REPORT_HTML_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "dash/report/report.h"

/* false: this daxdash was built without npm, and has no page. */
bool html_built(void);

/*
 * Write the page that shows @doc, which is changed on the way. Returns 0 or a negative errno: -EINVAL is
 * for what is no such document, -ENOTSUP for a program without a page.
 */
int html_write(FILE *to, json_t *doc);

/* The same of verdicts. */
int report_html(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);

/* The page's own Content-Security-Policy; NULL: there is no page. */
const char *html_security(void);

/* Of a document: columns of numbers and texts, deflated, in base64. See tools/dash/web/src/data.js. */
int html_pack(FILE *to, json_t *doc);

#endif

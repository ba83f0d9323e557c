/* SPDX-License-Identifier: GPL-2.0-only */
/* html.h - the page: one HTML file that contains a daxdash-page/1 document. */
#ifndef DASH_REPORT_HTML_H
#define DASH_REPORT_HTML_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "dash/report/report.h"

/* False: this daxdash was built without npm, and has no page. */
bool html_built(void);

/*
 * Write the page that shows @doc; this changes @doc. Returns 0 or a negative errno: -EINVAL when
 * @doc is not such a document, -ENOTSUP when the program has no page.
 */
int html_write(FILE *to, json_t *doc);

/* The same for verdicts. */
int report_html(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);

/* The Content-Security-Policy of the page; NULL: there is no page. */
const char *html_security(void);

/*
 * Write a document in packed form: columns of numbers and texts, deflated, in base64. See
 * tools/dash/web/src/data.js.
 */
int html_pack(FILE *to, json_t *doc);

#endif

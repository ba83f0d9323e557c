/* SPDX-License-Identifier: GPL-2.0-only */
/* doc.h - a JSON document whose errors name their line, also errors that are not of syntax. */
#ifndef DASH_FORMAT_DOC_H
#define DASH_FORMAT_DOC_H

#include <jansson.h>
#include "dash/format/build.h"

struct doc {
	const char *text;
	size_t len;
	json_t *root;
	struct format_error *error;
};

/* A place in the document: a key of an object, or (key NULL) an index of an array, below @up. */
struct at {
	const struct at *up;
	const char *key;
	size_t index;
};

/* Parse. Returns 0 or -EINVAL; call doc_free() in both cases. */
int doc_load(struct doc *doc, const char *text, size_t len, struct format_error *error);
void doc_free(struct doc *doc);

/* Report an error at @at (NULL: in the whole document). Returns -EINVAL. */
int doc_fail(const struct doc *doc, const struct at *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Read a member of @object, which is at @up. If it is missing (or null) *out is unchanged, or with
 * @need it is an error. Returns 0, -EINVAL when it has another type, or -ENOMEM.
 */
int doc_text(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool need,
	     char **out); /* cleaned; the old text is freed */
int doc_real(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool need,
	     double *out);
int doc_count(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	      bool need, __u64 *out);
int doc_signed(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	       __s64 *out);
int doc_bool(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool *out);
/* *out is NULL when there is none; else it has this @type. */
int doc_member(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	       json_type type, json_t **out);

#endif

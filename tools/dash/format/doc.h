/* SPDX-License-Identifier: GPL-2.0-only */
/* doc.h - a JSON document whose errors name their line, those of meaning too. */
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

/* Where in the document: a key of an object, or (key NULL) an index of an array, below @up. */
struct at {
	const struct at *up;
	const char *key;
	size_t index;
};

/* Parse. 0 or -EINVAL; doc_free() either way. */
int doc_load(struct doc *doc, const char *text, size_t len, struct format_error *error);
void doc_free(struct doc *doc);

/* Refuse what is at @at (NULL: the whole). Returns -EINVAL. */
int doc_fail(const struct doc *doc, const struct at *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Members of @object, which is at @up. When there is none (or it is null) *out stays as it is, or with
 * @need it is refused. 0, -EINVAL for one of another type, or -ENOMEM.
 */
int doc_text(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool need,
	     char **out); /* cleaned; what was there is freed */
int doc_real(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool need,
	     double *out);
int doc_count(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	      bool need, __u64 *out);
int doc_signed(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	       __s64 *out);
int doc_bool(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool *out);
/* *out is NULL when there is none; else of @type. */
int doc_member(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	       json_type type, json_t **out);

#endif

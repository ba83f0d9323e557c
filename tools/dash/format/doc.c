// SPDX-License-Identifier: GPL-2.0-only
/* doc.c - JSON documents: parsing, members of the right type, and the line of an error. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "dash/format/doc.h"

int doc_load(struct doc *doc, const char *text, size_t len, struct format_error *error)
{
	json_error_t bad;

	*doc = (struct doc){.text = text, .len = len, .error = error};
	doc->root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &bad);
	if (doc->root)
		return 0;
	return format_fail(error, bad.line > 0 ? (size_t)bad.line : 0, "not JSON: %s", bad.text);
}

void doc_free(struct doc *doc)
{
	json_decref(doc->root);
	doc->root = NULL;
}

/* The parser accepted the text, so every string and bracket is closed. */
static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

static const char *skip_value(const char *p, const char *end)
{
	size_t depth = 0;

	do {
		p = skip_space(p, end);
		if (p >= end)
			return end;
		if (*p == '"') {
			p = skip_string(p, end);
		} else {
			depth += *p == '{' || *p == '[';
			if ((*p == '}' || *p == ']') && depth)
				depth--;
			p++;
			if (!depth)
				while (p < end && !strchr(",]} \t\r\n", *p))
					p++;
		}
	} while (depth && p < end);
	return p;
}

/* Find the value of @at in the container that begins at @p; @p itself when it is not found. */
static const char *enter(const char *p, const char *end, const struct at *at)
{
	const char *start = p = skip_space(p, end);
	size_t i;

	if (p >= end || *p != (at->key ? '{' : '['))
		return start;
	p++;
	for (i = 0; p < end; i++) {
		const char *key = p = skip_space(p, end);

		if (p >= end || *p == '}' || *p == ']')
			return start;
		if (at->key) {
			bool same;

			p = skip_string(p, end);
			same = (size_t)(p - key) == strlen(at->key) + 2 &&
			       !memcmp(key + 1, at->key, strlen(at->key));
			p = skip_space(p, end);
			p = p < end ? p + 1 : end; /* skip the colon */
			if (same)
				return skip_space(p, end);
		} else if (i == at->index) {
			return p;
		}
		p = skip_space(skip_value(p, end), end);
		if (p < end && *p == ',')
			p++;
	}
	return start;
}

static const char *locate(const struct doc *doc, const struct at *at)
{
	const char *end = doc->text + doc->len;

	return at ? enter(locate(doc, at->up), end, at) : skip_space(doc->text, end);
}

int doc_fail(const struct doc *doc, const struct at *at, const char *fmt, ...)
{
	const char *p = locate(doc, at), *s;
	va_list args;

	va_start(args, fmt);
	vsnprintf(doc->error->text, sizeof(doc->error->text), fmt, args);
	va_end(args);
	doc->error->line = 1;
	for (s = doc->text; s < p; s++)
		doc->error->line += *s == '\n';
	return -EINVAL;
}

/* Returns 1 and *value when it is there, 0 when it is not. */
static int find(const struct doc *doc, const struct at *up, json_t *object, const char *key,
		bool need, json_t **value)
{
	*value = json_object_get(object, key);
	if (*value && !json_is_null(*value))
		return 1;
	return need ? doc_fail(doc, up, "'%s' is missing", key) : 0;
}

static const char *type_name(json_type type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",	[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",	[JSON_INTEGER] = "a whole number",
		[JSON_REAL] = "a number",	[JSON_TRUE] = "true or false",
		[JSON_FALSE] = "true or false", [JSON_NULL] = "null",
	};

	return names[type];
}

static int wrong(const struct doc *doc, const struct at *up, const char *key, const char *wanted,
		 json_t *value)
{
	struct at at = {.up = up, .key = key};

	if (json_is_string(value))
		return doc_fail(doc, &at, "'%s' is the string '%.60s', not %s", key,
				json_string_value(value), wanted);
	return doc_fail(doc, &at, "'%s' is %s, not %s", key, type_name(json_typeof(value)), wanted);
}

int doc_text(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool need,
	     char **out)
{
	json_t *value;
	int found = find(doc, up, object, key, need, &value);

	if (found <= 0)
		return found;
	if (!json_is_string(value))
		return wrong(doc, up, key, "a string", value);
	free(*out);
	*out = clean_text(json_string_value(value), json_string_length(value), FORMAT_MAX_NAME);
	return *out ? 0 : -ENOMEM;
}

int doc_real(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool need,
	     double *out)
{
	json_t *value;
	int found = find(doc, up, object, key, need, &value);

	if (found <= 0)
		return found;
	if (!json_is_number(value))
		return wrong(doc, up, key, "a number", value);
	*out = json_number_value(value);
	return 0;
}

int doc_signed(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	       __s64 *out)
{
	json_t *value;
	int found = find(doc, up, object, key, false, &value);

	if (found <= 0)
		return found;
	if (!json_is_integer(value))
		return wrong(doc, up, key, "a whole number", value);
	*out = json_integer_value(value);
	return 0;
}

int doc_count(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	      bool need, __u64 *out)
{
	struct at at = {.up = up, .key = key};
	json_t *value;
	int found = find(doc, up, object, key, need, &value);

	if (found <= 0)
		return found;
	if (!json_is_integer(value))
		return wrong(doc, up, key, "a whole number", value);
	if (json_integer_value(value) < 0)
		return doc_fail(doc, &at, "'%s' is below 0", key);
	*out = (__u64)json_integer_value(value);
	return 0;
}

int doc_bool(const struct doc *doc, const struct at *up, json_t *object, const char *key, bool *out)
{
	json_t *value;
	int found = find(doc, up, object, key, false, &value);

	if (found <= 0)
		return found;
	if (!json_is_boolean(value))
		return wrong(doc, up, key, "true or false", value);
	*out = json_is_true(value);
	return 0;
}

int doc_member(const struct doc *doc, const struct at *up, json_t *object, const char *key,
	       json_type type, json_t **out)
{
	int found = find(doc, up, object, key, false, out);

	if (found <= 0) {
		*out = NULL;
		return found;
	}
	return json_typeof(*out) == type ? 0 : wrong(doc, up, key, type_name(type), *out);
}

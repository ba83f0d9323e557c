/* SPDX-License-Identifier: GPL-2.0-only */
/* json-value.h - JSON values of what jansson alone cannot take: names of any bytes, and numbers of 64 bits. */
#ifndef DAX_UTIL_JSON_VALUE_H
#define DAX_UTIL_JSON_VALUE_H

#include <jansson.h>
#include <linux/types.h>

/*
 * Each returns a new value, or NULL when memory ran out; jansson's *_new() functions fail on NULL, so
 * that is seen where the value is put in. NULL as a text becomes null.
 */
json_t *text_to_json(const char *text);
json_t *texts_to_json(char *const texts[]); /* up to a NULL */
json_t *u64_to_json(__u64 value);	    /* above 63 bits as a string of digits */
json_t *kernel_to_json(const char *sysname, const char *release, const char *version, const char *machine);

#endif

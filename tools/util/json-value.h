/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json-value.h - JSON values that jansson does not support itself: names of any bytes, and 64-bit
 * numbers.
 */
#ifndef DAX_UTIL_JSON_VALUE_H
#define DAX_UTIL_JSON_VALUE_H

#include <jansson.h>
#include <linux/types.h>

/*
 * Each returns a new value, or NULL when out of memory. jansson's *_new() functions fail on NULL,
 * so the caller needs to check only those. A NULL text becomes null.
 */
json_t *text_to_json(const char *text);
json_t *texts_to_json(char *const texts[]); /* ends at a NULL */
json_t *u64_to_json(__u64 value);	    /* above 63 bits: a string of digits */
json_t *kernel_to_json(const char *sysname, const char *release, const char *version, const char *machine);

#endif

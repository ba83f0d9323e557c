// SPDX-License-Identifier: GPL-2.0-only
/*
 * json-value.c - JSON values that jansson does not support itself: names of any bytes, and 64-bit
 * numbers.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "util/escape.h"
#include "util/json-value.h"

json_t *text_to_json(const char *text)
{
	char *clean;
	json_t *string;
	size_t size;

	if (!text)
		return json_null();
	size = 4 * strlen(text) + 1;
	clean = malloc(size);
	if (!clean)
		return NULL;
	escape_text(clean, size, text, ESCAPE_JSON);
	string = json_string(clean);
	free(clean);
	return string;
}

json_t *texts_to_json(char *const texts[])
{
	json_t *list = texts ? json_array() : json_null();

	for (; texts && *texts && list; texts++)
		if (json_array_append_new(list, text_to_json(*texts))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

json_t *u64_to_json(__u64 value)
{
	char digits[24];

	if (value <= LLONG_MAX)
		return json_integer((json_int_t)value);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	return json_string(digits);
}

json_t *kernel_to_json(const char *sysname, const char *release, const char *version, const char *machine)
{
	return json_pack("{s:o,s:o,s:o,s:o}", "sysname", text_to_json(sysname), "release", text_to_json(release),
			 "version", text_to_json(version), "machine", text_to_json(machine));
}

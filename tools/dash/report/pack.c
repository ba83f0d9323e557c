// SPDX-License-Identifier: GPL-2.0-only
/*
 * pack.c - write a document of the page at a fifth of its size: columns of numbers as bytes, all
 * deflated. tools/dash/web/src/data.js is the reader.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "dash/report/html.h"

struct bytes {
	unsigned char *at;
	size_t nr, space;
	bool failed; /* out of memory */
};

static unsigned char *grow(struct bytes *bytes, size_t more)
{
	unsigned char *new;

	if (bytes->nr + more > bytes->space) {
		size_t space = 2 * (bytes->nr + more);

		new = realloc(bytes->at, space);
		if (!new) {
			bytes->failed = true;
			return NULL;
		}
		bytes->at = new;
		bytes->space = space;
	}
	new = bytes->at + bytes->nr;
	bytes->nr += more;
	return new;
}

/*
 * Store byte @plane of all values side by side, lowest first: neighbours are alike, and deflate
 * well.
 */
static json_t *put_planes(struct bytes *to, const char *type, const uint64_t *value, size_t nr,
			  unsigned int size)
{
	size_t offset = to->nr, i;
	unsigned char *out = grow(to, nr * size + 1);
	unsigned int plane;

	if (!out)
		return NULL;
	to->nr--; /* the extra 1 was for an empty column */
	for (plane = 0; plane < size; plane++)
		for (i = 0; i < nr; i++)
			out[plane * nr + i] = (unsigned char)(value[i] >> 8 * plane);
	return json_pack("{s:s,s:I,s:I}", "t", type, "o", (json_int_t)offset, "n", (json_int_t)nr);
}

static uint64_t bits_of(double value, bool wide)
{
	uint64_t bits = 0;
	float small = (float)value;

	memcpy(&bits, wide ? (void *)&value : (void *)&small, wide ? 8 : 4);
	return bits;
}

/* Counts keep all digits; noisy values keep seven. */
static json_t *put_reals(struct bytes *to, const json_t *list, bool exact)
{
	size_t nr = json_array_size(list), i;
	uint64_t *bits = calloc(nr + 1, sizeof(*bits));
	bool wide = false;
	json_t *column;

	for (i = 0; exact && i < nr; i++) {
		double value = json_number_value(json_array_get(list, i));

		wide = wide || (double)(float)value != value;
	}
	for (i = 0; bits && i < nr; i++) {
		const json_t *one = json_array_get(list, i);

		bits[i] = bits_of(json_is_number(one) ? json_number_value(one) : NAN, wide);
	}
	column = bits ? put_planes(to, wide ? "f64" : "f32", bits, nr, wide ? 8 : 4) : NULL;
	free(bits);
	return column;
}

static json_t *put_ints(struct bytes *to, const json_t *list)
{
	size_t nr = json_array_size(list), i;
	uint64_t *steps = calloc(nr + 1, sizeof(*steps));
	int32_t before = 0;
	json_t *column;

	for (i = 0; steps && i < nr; i++) {
		json_int_t value = json_integer_value(json_array_get(list, i));

		if (value < INT32_MIN || value > INT32_MAX) {
			free(steps);
			return NULL;
		}
		steps[i] = (uint32_t)value - (uint32_t)before;
		before = (int32_t)value;
	}
	column = steps ? put_planes(to, "i32", steps, nr, 4) : NULL;
	free(steps);
	return column;
}

static int put_points(struct bytes *to, json_t *points, bool exact)
{
	static const char *const ints[] = {"commit", "env", "n", "flags", "run"};
	static const char *const reals[] = {"lo", "hi", "value"}; /* value last: the others are compared with it */
	json_t *value = json_object_get(points, "value"), *list;
	size_t i;
	int failed = 0;

	for (i = 0; i < sizeof(ints) / sizeof(ints[0]); i++) {
		list = json_object_get(points, ints[i]);
		if (!json_is_array(list) || json_array_size(list) != json_array_size(value))
			return -EINVAL;
		failed |= json_object_set_new(points, ints[i], put_ints(to, list));
	}
	for (i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		list = json_object_get(points, reals[i]);
		if (!json_is_array(list) || json_array_size(list) != json_array_size(value))
			return -EINVAL;
		if (list != value && json_equal(list, value))
			failed |= json_object_set_new(points, reals[i], json_string("same"));
		else
			failed |= json_object_set_new(points, reals[i], put_reals(to, list, exact));
	}
	return failed ? -EINVAL : 0;
}

/* Store the [upper, count] pairs of all points, one list after the other. */
static int put_hist(struct bytes *to, json_t *hist)
{
	json_t *sizes = json_array(), *uppers = json_array(), *counts = json_array();
	json_t *buckets = json_object_get(hist, "buckets"), *one, *pair;
	size_t i, k;
	int failed = !json_is_array(buckets);

	json_array_foreach(buckets, i, one) {
		failed |= json_array_append_new(sizes, json_integer((json_int_t)json_array_size(one)));
		json_array_foreach(one, k, pair) {
			failed |= json_array_append(uppers, json_array_get(pair, 0));
			failed |= json_array_append(counts, json_array_get(pair, 1));
		}
	}
	failed |= json_object_set_new(hist, "point", put_ints(to, json_object_get(hist, "point")));
	failed |= json_object_set_new(hist, "sum", put_reals(to, json_object_get(hist, "sum"), false));
	failed |= json_object_set_new(hist, "sizes", put_ints(to, sizes));
	failed |= json_object_set_new(hist, "uppers", put_reals(to, uppers, true));
	failed |= json_object_set_new(hist, "counts", put_reals(to, counts, true));
	json_object_del(hist, "buckets");
	json_decref(sizes);
	json_decref(uppers);
	json_decref(counts);
	return failed ? -EINVAL : 0;
}

static int put_base64(FILE *to, const unsigned char *at, size_t nr)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i < nr; i += 3) {
		uint32_t three = (uint32_t)at[i] << 16 | (i + 1 < nr ? at[i + 1] << 8 : 0) | (i + 2 < nr ? at[i + 2] : 0);
		char four[4] = {digit[three >> 18], digit[three >> 12 & 63],
				i + 1 < nr ? digit[three >> 6 & 63] : '=', i + 2 < nr ? digit[three & 63] : '='};

		fwrite(four, 1, 4, to);
	}
	return ferror(to) ? -EIO : 0;
}

static int put_deflated(FILE *to, const struct bytes *raw)
{
	z_stream stream = {.next_in = raw->at, .avail_in = (uInt)raw->nr};
	unsigned char *out;
	size_t space;
	int ret;

	if (raw->nr > INT32_MAX || deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	space = deflateBound(&stream, raw->nr);
	out = malloc(space);
	stream.next_out = out;
	stream.avail_out = (uInt)space;
	ret = out && deflate(&stream, Z_FINISH) == Z_STREAM_END ? put_base64(to, out, stream.total_out) : -ENOMEM;
	deflateEnd(&stream);
	free(out);
	return ret;
}

/* Write the text of @doc, with its length before it and @numbers after it. */
static int put_all(FILE *to, const json_t *doc, const struct bytes *numbers)
{
	char *text = json_dumps(doc, JSON_COMPACT);
	size_t len = text ? strlen(text) : 0, i;
	struct bytes raw = {0};
	unsigned char *out = text ? grow(&raw, 4 + len + numbers->nr) : NULL;
	int ret = -ENOMEM;

	if (out) {
		for (i = 0; i < 4; i++)
			out[i] = (unsigned char)(len >> 8 * i);
		memcpy(out + 4, text, len);
		if (numbers->nr)
			memcpy(out + 4 + len, numbers->at, numbers->nr);
		ret = put_deflated(to, &raw);
	}
	free(raw.at);
	free(text);
	return ret;
}

int html_pack(FILE *to, json_t *doc)
{
	struct bytes numbers = {0};
	json_t *series;
	size_t i;
	int ret = 0;

	json_array_foreach(json_object_get(doc, "series"), i, series) {
		const char *class = json_string_value(json_object_get(series, "class"));
		json_t *hist = json_object_get(series, "hist");

		if (ret)
			break;
		ret = put_points(&numbers, json_object_get(series, "points"),
				 class && (!strcmp(class, "exact") || !strcmp(class, "icount")));
		if (!ret && json_is_object(hist))
			ret = put_hist(&numbers, hist);
	}
	if (numbers.failed)
		ret = -ENOMEM;
	if (!ret)
		ret = put_all(to, doc, &numbers);
	free(numbers.at);
	return ret;
}

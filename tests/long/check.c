// SPDX-License-Identifier: GPL-2.0-only
/* check.c - counted against caused, word by word, and as the views show it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "model/model.h"
#include "util/counts.h"
#include "util/lat.h"
#include "view/view.h"

static bool same(const char *what, int i, int j, __u64 caused, __u64 counted)
{
	if (caused == counted)
		return true;
	printf("# %s %d %d: caused %llu, counted %llu\n", what, i, j, (unsigned long long)caused,
	       (unsigned long long)counted);
	return false;
}

/* All that was counted, word by word; of latencies how many there are, as how long is not known. */
static bool same_cell(const struct dax_cell *caused, const struct dax_cell *now,
		      const struct dax_cell *before, const __u64 timed[DAX_NR_CLASSES])
{
	bool good = true;
	__u64 nr;
	int i, j;

	for (i = 0; i < DAX_NR_OUTCOMES; i++)
		for (j = 0; j < 2; j++)
			good &= same("fault", i, j, caused->fault[i][j],
				     now->fault[i][j] - before->fault[i][j]);
	for (i = 0; i < DAX_NR_REASONS; i++)
		good &= same("reason", i, 0, caused->reason[i], now->reason[i] - before->reason[i]);
	for (i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		good &= same("range", i, 0, caused->range[i], now->range[i] - before->range[i]);
	for (i = 0; i < DAX_NR_ENTRY_COUNTS; i++)
		good &= same("entry", i, 0, caused->entry[i], now->entry[i] - before->entry[i]);
	for (i = 0; i < DAX_NR_WAITS; i++)
		good &= same("wait", i, 0, caused->wait[i], now->wait[i] - before->wait[i]);
	good &= same("untimed", 0, 0, caused->untimed, now->untimed - before->untimed);
	for (i = 0; i < DAX_NR_CLASSES; i++) {
		for (nr = 0, j = 0; j < DAX_LAT_BUCKETS; j++)
			nr += now->lat[i][j] - before->lat[i][j];
		good &= same("timed", i, 0, timed[i], nr);
	}
	/* The player says how long a wait took: here every number is known. */
	i = DAX_LAT_WAIT;
	for (j = 0; j < DAX_LAT_BUCKETS; j++)
		good &= same("wait bucket", j, 0, caused->lat[i][j],
			     now->lat[i][j] - before->lat[i][j]);
	good &= same("wait sum", 0, 0, caused->lat_sum[i], now->lat_sum[i] - before->lat_sum[i]);
	good &= same("wait max", 0, 0, caused->lat_max[i], now->lat_max[i]);
	return good;
}

/* The sum of the latencies lies between those of the buckets' bounds. */
static bool sums_fit(const struct dax_cell *now)
{
	bool good = true;
	int cls, i;

	for (cls = 0; cls < DAX_NR_CLASSES; cls++) {
		double low = 0, high = 0, sum = (double)now->lat_sum[cls];

		for (i = 0; i < DAX_LAT_BUCKETS; i++) {
			double nr = (double)now->lat[cls][i];

			low += nr * (i ? (double)dax_lat_upper(i - 1) : 0);
			high += nr * (i < DAX_LAT_BUCKETS - 1 ? (double)dax_lat_upper(i)
							      : (double)now->lat_max[cls]);
		}
		if (sum < low * 0.999999 || sum > high * 1.000001) {
			printf("# the sum of class %d is %.0f, its buckets say %.0f to %.0f\n", cls,
			       sum, low, high);
			good = false;
		}
	}
	return good;
}

bool counted_as(struct stand *stand, const struct script *script, const struct dax_cell *before,
		const struct dax_cell *other)
{
	static const struct dax_cell nothing;
	struct dax_cell caused = {}, outside = {}, now, now_other;
	__u64 timed[DAX_NR_CLASSES], not_timed[DAX_NR_CLASSES] = {};
	bool good;

	script_caused(script, stand->plays[0], LOOP_CPUS, !before, &caused, &outside, timed);
	for (int i = 0; i < DAX_NR_WAITS; i++)
		not_timed[DAX_LAT_WAIT] += outside.wait[i];
	stand_row(stand, 1, &now);
	stand_row(stand, 0, &now_other);
	for (int i = 0; stand->recorded && i < DAX_LAT_WAIT; i++) {
		memcpy(now.lat[i], stand->recorded->lat[i], sizeof(now.lat[i]));
		now.lat_sum[i] = stand->recorded->lat_sum[i];
		now.lat_max[i] = stand->recorded->lat_max[i];
	}
	good = same_cell(&caused, &now, before ? before : &nothing, timed);
	good &= same_cell(&outside, &now_other, other ? other : &nothing, not_timed);
	if (!before)
		good &= sums_fit(&now) && sums_fit(&now_other);
	return good;
}

/* Integers beyond what JSON readers keep are strings of digits. */
static __u64 number(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (json_is_string(value))
		return strtoull(json_string_value(value), NULL, 10);
	return json_is_integer(value) ? (__u64)json_integer_value(value) : ~0ULL;
}

static bool json_same(json_t *root, const struct dax_cell *sum)
{
	json_t *counts = json_object_get(root, "counts"),
	       *faults = json_object_get(counts, "faults");
	json_t *latency = json_object_get(root, "latency");
	bool good = true;
	int i, j;

	for (i = 0; i < DAX_NR_OUTCOMES; i++) {
		json_t *one = json_object_get(faults, dax_outcome_name((enum dax_outcome)i));

		good &= same("JSON fault", i, 0, sum->fault[i][0], number(one, "read"));
		good &= same("JSON fault", i, 1, sum->fault[i][1], number(one, "write"));
	}
	for (i = DAX_WHY_NONE + 1; i < DAX_NR_REASONS; i++)
		good &= same("JSON reason", i, 0, sum->reason[i],
			     number(json_object_get(counts, "fallbacks"),
				    dax_reason_name((enum dax_reason)i)));
	for (i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		good &= same("JSON range", i, 0, sum->range[i],
			     number(json_object_get(counts, "ranges"),
				    dax_range_name((enum dax_range_count)i)));
	for (i = 0; i < DAX_LAT_WAIT; i++) { /* of waits the tier knows nothing */
		json_t *one = json_object_get(latency, dax_class_name((enum dax_class)i));
		json_t *buckets = json_object_get(one, "buckets");
		size_t at = 0;

		good &= same("JSON lat_sum", i, 0, sum->lat_sum[i], number(one, "sum_ns"));
		for (j = 0; j < DAX_LAT_BUCKETS; j++) {
			json_t *pair = json_array_get(buckets, at), *copy;

			if (!sum->lat[i][j])
				continue;
			copy = json_pack("{s:O}", "nr", json_array_get(pair, 1));
			good &= same("JSON bucket", i, j, sum->lat[i][j], number(copy, "nr"));
			json_decref(copy);
			at++;
		}
		good &= at == json_array_size(buckets);
	}
	return good;
}

bool json_holds(struct stand *stand)
{
	struct view_opts opts = {.sort = dax_field_find("pte_faults")};
	struct dax_cell sum = {}, row;
	struct dax_sample sample;
	struct dax_model *model;
	char *text = NULL;
	size_t size, i, j;
	json_t *root;
	FILE *to = open_memstream(&text, &size);
	bool good;

	stand_sample(stand, &sample);
	for (i = 0; i < sample.nr_rows; i++) {
		counts_flat(&sample.rows[i].count, &row);
		for (j = 0; j < sizeof(sum) / sizeof(__u64); j++)
			((__u64 *)&sum)[j] += ((const __u64 *)&row)[j];
	}
	model = dax_model_build(&sample, NULL, 0);
	good = model && to && !view_json(to, model, &opts);
	fclose(to);
	root = json_loads(text, 0, NULL);
	good = good && root && json_same(root, &sum);
	json_decref(root);
	dax_model_free(model);
	free(text);
	return good;
}

// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-assert.c - libFuzzer target: no expression may crash the parser, the judge or the verdict.
 */
#include <stdlib.h>
#include "sample-make.h"
#include "trace/assert.h"
#include "util/err.h"

/* Two files and somebody else, of which much is known and some is not. */
static struct made *some_faults(void)
{
	static struct made made;
	struct dax_counts *cell;

	made_init(&made);
	cell = made_row(&made, 1, 1, 100, "/mnt/dax/good.db", "postgres");
	cell->fault[DAX_PMD_MAPPED][0] = 10;
	cell->range[DAX_RANGE_TOUCHED] = cell->range[DAX_RANGE_PMD] = 10;
	cell->lat[DAX_LAT_PMD][20] = 10;
	cell->lat_max[DAX_LAT_PMD] = 20480;
	cell->untimed = 1;
	cell = made_row(&made, 1, 2, 200, "/mnt/dax/\x1b\xff\n", "w\xffriter");
	cell->fault[DAX_PMD_FALLBACK][1] = 3;
	cell->fault[DAX_PTE_MAPPED][1] = ~0ULL - 1;
	cell->reason[DAX_WHY_EXTENT_SHORT] = 3;
	cell->range[DAX_RANGE_TOUCHED] = 4;
	cell->range[DAX_RANGE_UNTRACKED] = 2;
	made_row(&made, 1, 3, 200, NULL, "")->fault[DAX_PTE_ERROR][0] = 1;
	return &made;
}

static void judge(const struct assertion *of, const struct made *made,
		  const struct dax_model *model)
{
	struct assert_run run = {.model = model, .now = &made->sample};
	struct lines lines = {.columns = 80};
	struct assert_result result;
	json_t *json;

	if (assert_judge(&result, of, &run) || result.verdict >= ASSERT_NR_VERDICTS)
		__builtin_trap();
	assert_show(&lines, &result, 1);
	json = assert_json(&result, 1);
	if (lines.failed || !lines.nr || !json)
		__builtin_trap();
	json_decref(json);
	lines_free(&lines);
	assert_result_free(&result);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	static struct made *made;
	static struct dax_model *model;
	static FILE *null;
	char *expr = strndup((const char *)data, size);
	struct assert_error err;
	struct assertion of;

	if (!model) {
		made = some_faults();
		model = dax_model_build(&made->sample, NULL, 0);
		null = fopen("/dev/null", "w");
	}
	if (!expr)
		return 0;
	if (!assert_parse(&of, expr, &err)) {
		judge(&of, made, model);
	} else {
		if (err.at > strlen(expr))
			__builtin_trap();
		assert_show_error(null, expr, &err);
	}
	assert_free(&of);
	free(expr);
	return 0;
}

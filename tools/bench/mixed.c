// SPDX-License-Identifier: GPL-2.0-only
/* mixed.c - the workload of the demo. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include "bench/caused.h"
#include "bench/mixed.h"
#include "util/err.h"
#include "util/escape.h"

#define FAULTS_PER_SECOND 100 /* if no count is given, and if there is enough space */

/* Percent of all faults. Data at 2 MiB needs most space, so its part is small. */
static const struct {
	const char *suffix, *kind, *worker;
	unsigned int percent, follow;
} parts[] = {
	{"good", "pmd-read", "app-good", 3, 0},
	{"short", "fb-extent-short", "app-short", 20, 3},
	{"sticky", "fb-pte-entry", "app-sticky", 12, 40},
	{"hole", "pmd-zero", "app-hole", 20, 0},
	{"private", "fb-private-write", "app-private", 15, 0},
	{"small", "pte-read", "app-small", 30, 0},
};

#define NR_PARTS (sizeof(parts) / sizeof(parts[0]))

/* At most half of the free space is used for the part that needs 2 MiB for each fault. */
static __u64 default_count(const struct mixed *mixed)
{
	__u64 count = (__u64)FAULTS_PER_SECOND * mixed->seconds, most;
	char *copy = strdup(mixed->file);
	struct statvfs st;

	if (!copy)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	if (!statvfs(dirname(copy), &st)) {
		most = (__u64)st.f_bavail * st.f_frsize / 2 / RANGE_BYTES * 100 / parts[0].percent;
		if (count > most)
			count = most;
	}
	free(copy);
	return count < NR_PARTS ? NR_PARTS : count;
}

static void plan_part(struct plan *plan, const struct mixed *mixed, size_t part, __u64 count)
{
	char *path;

	if (asprintf(&path, "%s.%s", mixed->file, parts[part].suffix) < 0)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	*plan = (struct plan){.kind = find_kind(parts[part].kind),
			      .count = count,
			      .seed = mixed->seed,
			      .follow = parts[part].follow,
			      .threads = 1,
			      .procs = 1,
			      .spread_ns = mixed->seconds * 1000000000ULL,
			      .worker = parts[part].worker};
	target_create(&plan->target, path, mixed->force);
	layout_prepare(plan);
}

/* Divide exactly @total faults among the parts. Returns the number of parts that get any. */
static size_t make_plans(struct plan *plans, const struct mixed *mixed, __u64 total)
{
	__u64 percent = 0, given = 0;
	size_t nr = 0;

	for (size_t i = 0; i < NR_PARTS; i++) {
		__u64 upto;

		percent += parts[i].percent;
		upto = total * percent / 100;
		if (upto > given)
			plan_part(&plans[nr++], mixed, i, upto - given);
		given = upto;
	}
	return nr;
}

json_t *mixed_run(const struct mixed *mixed)
{
	__u64 total = mixed->count ? mixed->count : default_count(mixed);
	struct run_result result[NR_PARTS];
	json_t *root, *list = json_array();
	struct plan plans[NR_PARTS];
	struct caused sum = {};
	size_t nr, size = 4 * strlen(mixed->file) + 1;
	char *file = malloc(size);

	if (!file || !list)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	nr = make_plans(plans, mixed, total);
	run_plans(plans, nr, result);
	for (size_t i = 0; i < nr; i++) {
		struct caused caused = plan_caused(&plans[i]);

		caused_add(&sum, &caused);
		json_array_append_new(list, plan_json(&plans[i], &result[i], false));
		target_keep(&plans[i].target);
		free((char *)plans[i].target.path);
		free(plans[i].range);
	}
	escape_text(file, size, mixed->file, ESCAPE_JSON);
	root = json_pack("{s:s, s:I, s:s, s:s, s:o, s:o}", "kind", "mixed", "count",
			 (json_int_t)total, "file", file, "fs", plans[0].target.fs, "caused",
			 caused_json(&sum), "parts", list);
	free(file);
	return root;
}

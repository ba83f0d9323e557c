// SPDX-License-Identifier: GPL-2.0-only
/* report.c - collects findings and fixes for the views. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "doctor/report.h"
#include "fields.h"
#include "util/err.h"
#include "view/format.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[NR_VERDICTS] = {
		[VERDICT_OK] = "ok", [VERDICT_PROBLEM] = "problem", [VERDICT_UNKNOWN] = "unknown"};

	return names[verdict];
}

void *grow(void *array, size_t nr, size_t size)
{
	/* Double the array at each power of two. */
	if (nr & (nr - 1))
		return array;
	array = reallocarray(array, nr ? 2 * nr : 1, size);
	if (!array)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	return array;
}

char *copy_text(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	return copy;
}

json_t *report_add(struct report *report, const char *check, enum verdict verdict, const char *fmt,
		   ...)
{
	struct finding *finding;
	va_list args;
	int len;

	report->finding = grow(report->finding, report->nr_findings, sizeof(*finding));
	finding = &report->finding[report->nr_findings++];
	*finding = (struct finding){.check = check, .verdict = verdict, .facts = json_object()};
	va_start(args, fmt);
	len = vasprintf(&finding->text, fmt, args);
	va_end(args);
	if (len < 0 || !finding->facts)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	return finding->facts;
}

void report_fix(struct report *report, const char *cause, __u64 ranges, const char *means,
		const char *fix, const char *run, const char *path)
{
	struct dax_item item = {.kind = DAX_FILE,
				.path = path,
				.most_path = path,
				.fs_type = *report->fs_type ? report->fs_type : NULL,
				.most_pid = (__u32)report->pid};
	char command[FORMAT_LINE_MAX];

	if (run)
		format_run(command, run, &item, false);
	for (size_t i = 0; i < report->nr_fixes; i++) {
		struct fix *one = &report->fix[i];

		if (!strcmp(one->cause, cause) && !strcmp(one->fix, fix) && !!one->run == !!run &&
		    (!run || !strcmp(one->run, command))) {
			one->ranges += ranges;
			return;
		}
	}
	report->fix = grow(report->fix, report->nr_fixes, sizeof(*report->fix));
	report->fix[report->nr_fixes++] =
		(struct fix){cause, ranges, copy_text(means), copy_text(fix), run ? copy_text(command) : NULL};
}

/* Count the worse fate of read and write. */
void report_fix_fates(struct report *report, const struct runs *runs, const char *path)
{
	__u64 count[NR_FATES] = {0};

	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];

		count[run->read] += run->count;
		if (run->write != run->read)
			count[run->write] += run->count;
	}
	for (unsigned fate = DAX_WHY_NONE + 1; fate < DAX_NR_REASONS; fate++) {
		enum dax_reason reason = (enum dax_reason)fate;

		if (count[fate] && reason != DAX_WHY_UNKNOWN)
			report_fix(report, fate_name(fate), count[fate], dax_reason_means(reason),
				   dax_reason_fix(reason, report->fs_type),
				   dax_reason_run(reason, report->fs_type), path);
	}
}

static bool any_fate(const struct runs *runs, bool unknown)
{
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];
		bool reads = fate_is_huge(run->read), writes = fate_is_huge(run->write);

		if (unknown && (run->read == DAX_WHY_UNKNOWN || run->write == DAX_WHY_UNKNOWN))
			return true;
		if (!unknown && ((!reads && run->read != DAX_WHY_UNKNOWN) ||
				 (!writes && run->write != DAX_WHY_UNKNOWN)))
			return true;
	}
	return false;
}

int report_status(const struct report *report)
{
	bool found = report->has_ranges && any_fate(&report->runs, false);
	bool unknown = report->has_ranges && any_fate(&report->runs, true);

	if (report->not_usable)
		return DAX_EXIT_UNSUPPORTED;
	for (size_t i = 0; i < report->nr_mappings; i++) {
		found |= any_fate(&report->mapping[i].runs, false);
		unknown |= any_fate(&report->mapping[i].runs, true);
	}
	/* The ranges show the effect of a problem; without ranges the problem itself decides. */
	if (!report->has_ranges && !report->nr_mappings) {
		for (size_t i = 0; i < report->nr_findings; i++) {
			found |= report->finding[i].verdict == VERDICT_PROBLEM;
			unknown |= report->finding[i].verdict == VERDICT_UNKNOWN;
		}
	}
	if (found)
		return DAX_EXIT_FOUND;
	return unknown || report->flags_unknown ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_OK;
}

void report_free(struct report *report)
{
	for (size_t i = 0; i < report->nr_findings; i++) {
		free(report->finding[i].text);
		json_decref(report->finding[i].facts);
	}
	for (size_t i = 0; i < report->nr_fixes; i++) {
		free(report->fix[i].means);
		free(report->fix[i].fix);
		free(report->fix[i].run);
	}
	for (size_t i = 0; i < report->nr_mappings; i++) {
		free(report->mapping[i].path);
		runs_free(&report->mapping[i].runs);
	}
	free(report->finding);
	free(report->fix);
	free(report->mapping);
	runs_free(&report->runs);
}

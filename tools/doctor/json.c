// SPDX-License-Identifier: GPL-2.0-only
/* json.c - a report for programs: raw numbers, the unit in the key. */
#include <stdlib.h>
#include <string.h>
#include "doctor/view.h"
#include "util/err.h"
#include "util/escape.h"

#ifndef DAXSCOPE_VERSION
#define DAXSCOPE_VERSION "dev"
#endif

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
}

static json_t *integer(__u64 value)
{
	return json_integer((json_int_t)value);
}

/* Text of any bytes. */
static json_t *text(const char *raw)
{
	size_t size = 4 * strlen(raw) + 1;
	char *clean = malloc(size);
	json_t *value;

	if (!clean)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	escape_text(clean, size, raw, ESCAPE_JSON);
	value = json_string(clean);
	free(clean);
	return value;
}

static json_t *findings(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nr_findings; i++) {
		const struct finding *finding = &report->finding[i];
		json_t *one = json_object();

		put(one, "check", json_string(finding->check));
		put(one, "verdict", json_string(verdict_name(finding->verdict)));
		put(one, "text", text(finding->text));
		put(one, "facts", json_incref(finding->facts));
		append(list, one);
	}
	return list;
}

static json_t *counts(const __u64 count[NR_FATES])
{
	json_t *object = json_object();

	for (unsigned fate = 0; fate < NR_FATES; fate++)
		if (count[fate])
			put(object, fate_name(fate), integer(count[fate]));
	return object;
}

static json_t *extent(const struct extent *extent)
{
	json_t *object = json_object();

	put(object, "offset_bytes", integer(extent->logical));
	put(object, "length_bytes", integer(extent->length));
	put(object, "device_bytes", extent->flags & EXTENT_UNUSABLE ? json_null()
								    : integer(extent->physical));
	put(object, "unwritten", json_boolean(extent->flags & EXTENT_UNWRITTEN));
	put(object, "shared", json_boolean(extent->flags & EXTENT_SHARED));
	return object;
}

static void put_runs(json_t *object, const struct runs *runs)
{
	__u64 read[NR_FATES], write[NR_FATES];
	json_t *ranges = json_object(), *list = json_array();

	runs_count(runs, read, write);
	put(ranges, "count", integer(runs->ranges));
	put(ranges, "read", counts(read));
	put(ranges, "write", counts(write));
	put(object, "ranges", ranges);
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];
		json_t *one = json_object();

		put(one, "first", integer(run->first));
		put(one, "count", integer(run->count));
		put(one, "read", json_string(fate_name(run->read)));
		put(one, "write", json_string(fate_name(run->write)));
		if (run->seam)
			put(one, "extents_meet", json_true());
		put(one, "extent", run->has_extent ? extent(&run->extent) : json_null());
		append(list, one);
	}
	put(object, "runs", list);
}

static json_t *mappings(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nr_mappings; i++) {
		const struct mapping *mapping = &report->mapping[i];
		const struct resident *now = &mapping->resident;
		bool has = mapping->has_residency;
		json_t *one = json_object();

		put(one, "path", text(mapping->path));
		put(one, "start_address", integer(mapping->vma.start));
		put(one, "end_address", integer(mapping->vma.end));
		put(one, "offset_bytes", integer(mapping->vma.offset));
		put(one, "private", json_boolean(mapping->vma.private_map));
		put(one, "no_huge", json_boolean(mapping->vma.no_huge));
		put(one, "mapped_2m_bytes", has ? integer(now->pmd) : json_null());
		put(one, "mapped_4k_bytes", has ? integer(now->pte) : json_null());
		put(one, "mapped_2m_zero_bytes",
		    mapping->has_huge_zero ? integer(now->pmd_zero) : json_null());
		put(one, "mapped_4k_zero_bytes", has ? integer(now->pte_zero) : json_null());
		put_runs(one, &mapping->runs);
		append(list, one);
	}
	return list;
}

static json_t *fixes(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nr_fixes; i++) {
		const struct fix *fix = &report->fix[i];
		json_t *one = json_object();

		put(one, "cause", json_string(fix->cause));
		put(one, "ranges", fix->ranges ? integer(fix->ranges) : json_null());
		put(one, "means", json_string(fix->means));
		put(one, "fix", json_string(fix->fix));
		put(one, "run", fix->run ? text(fix->run) : json_null());
		append(list, one);
	}
	return list;
}

void doctor_json(FILE *to, const struct report *report)
{
	json_t *root = json_object();

	put(root, "schema", json_string(DOCTOR_SCHEMA));
	put(root, "version", json_string(DAXSCOPE_VERSION));
	put(root, "subject", report->subject ? text(report->subject) : json_null());
	put(root, "pid", report->pid ? json_integer(report->pid) : json_null());
	put(root, "status", json_integer(report_status(report)));
	put(root, "checks", findings(report));
	if (report->has_ranges) {
		put(root, "size_bytes", integer(report->size));
		put_runs(root, &report->runs);
	}
	put(root, "mappings", mappings(report));
	put(root, "fixes", fixes(report));
	put(root, "not_seen", json_string(doctor_not_seen));
	if (json_dumpf(root, to, JSON_COMPACT))
		warn_msg("JSON cannot be written");
	fputc('\n', to);
	json_decref(root);
}

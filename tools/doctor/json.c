// SPDX-License-Identifier: GPL-2.0-only
/* json.c - a report as JSON: raw numbers, with the unit in the key. */
#include "doctor/view.h"
#include "util/err.h"
#include "util/json-value.h"
#include "util/version.h"

static void set_new(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
}

static void append_new(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
}

static json_t *findings(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nr_findings; i++) {
		const struct finding *finding = &report->finding[i];
		json_t *one = json_object();

		set_new(one, "check", json_string(finding->check));
		set_new(one, "verdict", json_string(verdict_name(finding->verdict)));
		set_new(one, "text", text_to_json(finding->text));
		set_new(one, "facts", json_incref(finding->facts));
		append_new(list, one);
	}
	return list;
}

static json_t *counts(const __u64 count[NR_FATES])
{
	json_t *object = json_object();

	for (unsigned fate = 0; fate < NR_FATES; fate++)
		if (count[fate])
			set_new(object, fate_name(fate), u64_to_json(count[fate]));
	return object;
}

static json_t *extent(const struct extent *extent)
{
	json_t *object = json_object();

	set_new(object, "offset_bytes", u64_to_json(extent->logical));
	set_new(object, "length_bytes", u64_to_json(extent->length));
	set_new(object, "device_bytes", extent->flags & EXTENT_UNUSABLE ? json_null()
								    : u64_to_json(extent->physical));
	set_new(object, "unwritten", json_boolean(extent->flags & EXTENT_UNWRITTEN));
	set_new(object, "shared", json_boolean(extent->flags & EXTENT_SHARED));
	return object;
}

static void put_runs(json_t *object, const struct runs *runs)
{
	__u64 read[NR_FATES], write[NR_FATES];
	json_t *ranges = json_object(), *list = json_array();

	runs_count(runs, read, write);
	set_new(ranges, "count", u64_to_json(runs->ranges));
	set_new(ranges, "read", counts(read));
	set_new(ranges, "write", counts(write));
	set_new(object, "ranges", ranges);
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];
		json_t *one = json_object();

		set_new(one, "first", u64_to_json(run->first));
		set_new(one, "count", u64_to_json(run->count));
		set_new(one, "read", json_string(fate_name(run->read)));
		set_new(one, "write", json_string(fate_name(run->write)));
		if (run->seam)
			set_new(one, "extents_meet", json_true());
		set_new(one, "extent", run->has_extent ? extent(&run->extent) : json_null());
		append_new(list, one);
	}
	set_new(object, "runs", list);
}

static json_t *mappings(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nr_mappings; i++) {
		const struct mapping *mapping = &report->mapping[i];
		const struct resident *now = &mapping->resident;
		bool has = mapping->has_residency;
		json_t *one = json_object();

		set_new(one, "path", text_to_json(mapping->path));
		set_new(one, "start_address", u64_to_json(mapping->vma.start));
		set_new(one, "end_address", u64_to_json(mapping->vma.end));
		set_new(one, "offset_bytes", u64_to_json(mapping->vma.offset));
		set_new(one, "private", json_boolean(mapping->vma.private_map));
		set_new(one, "no_huge", report->flags_unknown ? json_null() : json_boolean(mapping->vma.no_huge));
		set_new(one, "mapped_2m_bytes", has ? u64_to_json(now->pmd) : json_null());
		set_new(one, "mapped_4k_bytes", has ? u64_to_json(now->pte) : json_null());
		set_new(one, "mapped_2m_zero_bytes",
		    mapping->has_huge_zero ? u64_to_json(now->pmd_zero) : json_null());
		set_new(one, "mapped_4k_zero_bytes", has ? u64_to_json(now->pte_zero) : json_null());
		put_runs(one, &mapping->runs);
		append_new(list, one);
	}
	return list;
}

static json_t *fixes(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->nr_fixes; i++) {
		const struct fix *fix = &report->fix[i];
		json_t *one = json_object();

		set_new(one, "cause", json_string(fix->cause));
		set_new(one, "ranges", fix->ranges ? u64_to_json(fix->ranges) : json_null());
		set_new(one, "means", text_to_json(fix->means));
		set_new(one, "fix", text_to_json(fix->fix));
		set_new(one, "run", text_to_json(fix->run));
		append_new(list, one);
	}
	return list;
}

void doctor_json(FILE *to, const struct report *report)
{
	json_t *root = json_object();

	set_new(root, "schema", json_string(DOCTOR_SCHEMA));
	set_new(root, "version", json_string(daxscope_version));
	set_new(root, "subject", text_to_json(report->subject));
	set_new(root, "pid", report->pid ? json_integer(report->pid) : json_null());
	set_new(root, "status", json_integer(report_status(report)));
	set_new(root, "checks", findings(report));
	if (report->has_ranges) {
		set_new(root, "size_bytes", u64_to_json(report->size));
		put_runs(root, &report->runs);
	}
	set_new(root, "mappings", mappings(report));
	set_new(root, "fixes", fixes(report));
	set_new(root, "not_seen", json_string(doctor_not_seen));
	if (json_dumpf(root, to, JSON_COMPACT))
		warn_msg("JSON cannot be written");
	fputc('\n', to);
	json_decref(root);
}

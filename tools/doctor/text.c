// SPDX-License-Identifier: GPL-2.0-only
/* text.c - a report as text. */
#include <stdlib.h>
#include <string.h>
#include "doctor/map.h"
#include "doctor/view.h"
#include "util/err.h"
#include "util/escape.h"

const char doctor_not_seen[] =
	"entries that earlier 4 KiB faults left in the page cache cannot be seen: ranges with one stay "
	"at 4 KiB until the file is copied, or unmounted, or leaves the cache";

static void put_escaped(FILE *to, const char *text)
{
	size_t size = 4 * strlen(text) + 1;
	char *clean = malloc(size);

	if (!clean)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	escape_text(clean, size, text, ESCAPE_TERMINAL);
	fputs(clean, to);
	free(clean);
}

/*
 * Print the words of @text in lines of at most 96 bytes. Each line is indented by @indent spaces;
 * those of the first are already printed.
 */
static void put_wrapped(FILE *to, const char *text, int indent)
{
	size_t room = 96 - (size_t)indent, used = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (used && used + 1 + word > room) {
			fprintf(to, "\n%*s", indent, "");
			used = 0;
		}
		if (used)
			used += (size_t)fprintf(to, " ");
		used += (size_t)fprintf(to, "%.*s", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

/* Texts may contain names that others chose. */
static void put_clean(FILE *to, const char *text, int indent)
{
	size_t size = 4 * strlen(text) + 1;
	char *clean = malloc(size);

	if (!clean)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	escape_text(clean, size, text, ESCAPE_TERMINAL);
	put_wrapped(to, clean, indent);
	free(clean);
}

static void print_findings(FILE *to, const struct report *report)
{
	for (size_t i = 0; i < report->nr_findings; i++) {
		const struct finding *finding = &report->finding[i];
		fprintf(to, "  %-8s %-16s ", verdict_name(finding->verdict), finding->check);
		put_clean(to, finding->text, 28);
	}
}

static void print_counts(FILE *to, const struct runs *runs)
{
	__u64 read[NR_FATES], write[NR_FATES];

	runs_count(runs, read, write);
	fprintf(to, "  %-18s %12s %12s\n", "a first", "read", "write");
	for (unsigned fate = NR_FATES; fate-- > 0;) {
		if (!read[fate] && !write[fate])
			continue;
		fprintf(to, "  %-18s %12llu %12llu\n", fate_name(fate), read[fate], write[fate]);
	}
}

/* Print the runs that are not 2 MiB both ways, with the extent that causes it. */
static void print_blame(FILE *to, const struct runs *runs, size_t rows)
{
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];

		if (fate_is_huge(run->read) && fate_is_huge(run->write))
			continue;
		if (rows && shown == rows) {
			left++;
			continue;
		}
		if (!shown++)
			fprintf(to, "\nNot 2 MiB:\n");
		fprintf(to, "  %10llu MiB  %llu range%s: read %s, write %s", run->first * 2, run->count,
			run->count == 1 ? "" : "s", fate_name(run->read), fate_name(run->write));
		if (run->has_extent && run->read != DAX_WHY_PAST_EOF)
			fprintf(to, "; extent at file byte %llu, %llu bytes, device byte %llu%s",
				run->extent.logical, run->extent.length, run->extent.physical,
				run->extent.flags & EXTENT_UNWRITTEN ? ", unwritten" : "");
		fputc('\n', to);
	}
	if (left)
		fprintf(to, "  %zu more; --rows 0 shows all\n", left);
}

static void print_resident(FILE *to, const struct mapping *mapping)
{
	const struct resident *now = &mapping->resident;

	if (!mapping->has_residency)
		return;
	fprintf(to, "  mapped now: %llu MiB at 2 MiB", now->pmd >> 20);
	if (mapping->has_huge_zero)
		fprintf(to, " (%llu MiB zero pages)", now->pmd_zero >> 20);
	fprintf(to, ", %llu KiB at 4 KiB (%llu KiB zero pages)\n", now->pte >> 10, now->pte_zero >> 10);
}

static void print_mappings(FILE *to, const struct report *report, size_t rows)
{
	for (size_t i = 0; i < report->nr_mappings; i++) {
		const struct mapping *mapping = &report->mapping[i];
		const struct vma *vma = &mapping->vma;

		if (rows && i == rows) {
			fprintf(to, "\n%zu mappings more; --rows 0 shows all\n",
				report->nr_mappings - i);
			break;
		}
		fprintf(to, "\n%llx-%llx %s%s, file offset %llu: ", vma->start, vma->end,
			vma->private_map ? "private" : "shared", vma->no_huge ? ", no huge pages" : "",
			vma->offset);
		put_escaped(to, mapping->path);
		fputc('\n', to);
		map_print(to, &mapping->runs, rows);
		print_counts(to, &mapping->runs);
		print_resident(to, mapping);
	}
}

static void print_fixes(FILE *to, const struct report *report, size_t rows)
{
	for (size_t i = 0; i < report->nr_fixes; i++) {
		const struct fix *fix = &report->fix[i];

		if (rows && i == rows) {
			fprintf(to, "  %zu more; --rows 0 shows all\n", report->nr_fixes - i);
			break;
		}
		if (!i)
			fprintf(to, "\nWhat to do:\n");
		fprintf(to, "  %s", fix->cause);
		if (fix->ranges)
			fprintf(to, " (%llu range%s)", fix->ranges, fix->ranges == 1 ? "" : "s");
		fprintf(to, "\n    ");
		put_clean(to, fix->means, 4);
		fprintf(to, "    ");
		put_clean(to, fix->fix, 4);
		if (fix->run)
			fprintf(to, "      %s\n", fix->run);
	}
}

void doctor_text(FILE *to, const struct report *report, size_t rows)
{
	if (report->pid)
		fprintf(to, "process %d\n", report->pid);
	else
		put_escaped(to, report->subject);
	if (report->has_ranges)
		fprintf(to, ": %llu bytes, %llu range%s of 2 MiB", report->size, report->runs.ranges,
			report->runs.ranges == 1 ? "" : "s");
	if (!report->pid)
		fputc('\n', to);
	print_findings(to, report);
	if (report->has_ranges && report->runs.nr) {
		fprintf(to, "\nOne character for each 2 MiB range; r: a first read, w: a first write\n");
		map_print(to, &report->runs, rows);
		fputc('\n', to);
		print_counts(to, &report->runs);
		print_blame(to, &report->runs, rows);
	}
	print_mappings(to, report, rows);
	print_fixes(to, report, rows);
	if (report->runs.nr || report->nr_mappings) {
		fprintf(to, "\nNote: ");
		put_wrapped(to, doctor_not_seen, 6);
	}
}

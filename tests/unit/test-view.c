// SPDX-License-Identifier: GPL-2.0-only
/* test-view.c - numbers, names and frames as people and programs read them. */
#include <jansson.h>
#include <locale.h>
#include <stdlib.h>
#include "sample-make.h"
#include "unit.h"
#include "util/lat.h"
#include "view/columns.h"
#include "view/lines.h"
#include "view/view.h"

/* A title for the terminal, a newline, an escape of 8 bits, invalid UTF-8, a backslash. */
#define HOSTILE                           \
	"/mnt/\033]0;owned\007\n\xc2\x9b" \
	"31m\xff\xe2\x80\xae\\x"

static const char *count(__u64 value, enum dax_unit unit)
{
	static char out[FORMAT_NUM_MAX];
	struct dax_num num = {.kind = DAX_NUM_COUNT, .count = value};

	format_num(out, num, unit);
	return out;
}

static const char *real(double value, enum dax_unit unit)
{
	static char out[FORMAT_NUM_MAX];
	struct dax_num num = {.kind = DAX_NUM_REAL, .real = value};

	format_num(out, num, unit);
	return out;
}

static void test_counts(void)
{
	static const struct {
		__u64 value;
		const char *count, *ns, *bytes;
	} table[] = {
		{0, "0", "0ns", "0B"},
		{7, "7", "7ns", "7B"},
		{999, "999", "999ns", "999B"},
		{1000, "1.00k", "1.00us", "1000B"},
		{1024, "1.02k", "1.02us", "1.00KiB"},
		{9994, "9.99k", "9.99us", "9.76KiB"},
		{9995, "10.0k", "10.0us", "9.76KiB"},
		{99949, "99.9k", "99.9us", "97.6KiB"},
		{99950, "100k", "100us", "97.6KiB"},
		{999499, "999k", "999us", "976KiB"},
		{999500, "1.00M", "1.00ms", "976KiB"},
		{1048576, "1.05M", "1.05ms", "1.00MiB"},
		{1000000000, "1.00G", "1.00s", "954MiB"},
		{1234567890123, "1.23T", "1.23ks", "1.12TiB"},
		{~0ULL - 1, "18.4E", "18.4Gs", "16.0EiB"},
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CHECK(!strcmp(count(table[i].value, DAX_UNIT_COUNT), table[i].count) &&
			      !strcmp(count(table[i].value, DAX_UNIT_NS), table[i].ns) &&
			      !strcmp(count(table[i].value, DAX_UNIT_BYTES), table[i].bytes),
		      "%llu is %s, %s, %s", (unsigned long long)table[i].value, table[i].count,
		      table[i].ns, table[i].bytes);
	}
	CHECK(!strcmp(count(4194304, DAX_UNIT_ID), "4194304"), "an id is shown in full");
}

static void test_reals(void)
{
	struct dax_num num = {0};
	char out[FORMAT_NUM_MAX];

	CHECK(!strcmp(real(0, DAX_UNIT_RATIO), "0%") && !strcmp(real(1, DAX_UNIT_RATIO), "100%"),
	      "nothing is 0%%, all is 100%%");
	CHECK(!strcmp(real(0.0001, DAX_UNIT_RATIO), "<0.1%") &&
		      !strcmp(real(0.9999, DAX_UNIT_RATIO), ">99.9%"),
	      "almost nothing is not 0%%, almost all is not 100%%");
	CHECK(!strcmp(real(0.12345, DAX_UNIT_RATIO), "12.3%"), "a ratio has three digits");
	CHECK(!strcmp(real(2.5, DAX_UNIT_RATIO), "250%"), "several threads are above 100%%");
	CHECK(!strcmp(real(0, DAX_UNIT_PER_S), "0") &&
		      !strcmp(real(0.25, DAX_UNIT_PER_S), "0.25") &&
		      !strcmp(real(1e9, DAX_UNIT_PER_S), "1.00G"),
	      "rates");
	format_num(out, num, DAX_UNIT_COUNT);
	CHECK(!strcmp(out, "-"), "unknown is '-'");
	num = (struct dax_num){.kind = DAX_NUM_COUNT, .count = 12, .partial = true};
	format_num(out, num, DAX_UNIT_COUNT);
	CHECK(!strcmp(out, ">12"), "a partial count is at least that");
	num = (struct dax_num){.kind = DAX_NUM_REAL, .real = 0.5, .partial = true};
	format_num(out, num, DAX_UNIT_RATIO);
	CHECK(!strcmp(out, "~50.0%"), "a partial ratio is about that");
}

static void test_fit(void)
{
	char out[FORMAT_LINE_MAX];

	format_fit(out, "abc", 5, false, false);
	CHECK(!strcmp(out, "abc  "), "padded on the right");
	format_fit(out, "abc", 5, false, true);
	CHECK(!strcmp(out, "  abc"), "padded on the left");
	format_fit(out, "abcdefghij", 8, false, false);
	CHECK(!strcmp(out, "abcde..."), "cut at the end");
	format_fit(out, "abcdefghij", 8, true, false);
	CHECK(!strcmp(out, "...fghij"), "cut at the beginning");
	format_fit(out, "abcdefghij", 0, true, false);
	CHECK(!strcmp(out, ""), "nothing fits nothing");
	/* Each of these is two columns wide; a half of one cannot be shown. */
	format_fit(out, "日本語日本語", 8, false, false);
	CHECK(!strcmp(out, "日本... ") && format_width(out) == 8, "wide characters are not halved");
	format_fit(out, "日本語日本語", 8, true, false);
	CHECK(!strcmp(out, "...本語 ") && format_width(out) == 8, "nor at the other end");
	format_fit(out, "e\xcc\x81t\xc3\xa9", 3, false, false);
	CHECK(!strcmp(out, "e\xcc\x81t\xc3\xa9"), "combining characters take no column");
	CHECK(format_width("日本") == 4, "the width of wide characters is known");
}

static bool harmless(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	for (; *c; c++)
		if ((*c < 0x20 && *c != '\n') || *c == 0x7f || *c == 0xff)
			return false;
	return !strstr(text, "\xc2\x9b") && !strstr(text, "\xe2\x80\xae");
}

static void test_names(void)
{
	char out[FORMAT_NAME_MAX], run[FORMAT_LINE_MAX], longest[8192];
	struct dax_item item = {.kind = DAX_FILE, .path = HOSTILE, .key.dev = 259 << 20 | 1};

	format_name(out, &item, false);
	CHECK(harmless(out) && strstr(out, "\\x1b]0;owned\\x07\\x0a"), "a hostile path is escaped");
	format_run(run, "cat {file}", &item, false);
	CHECK(!strcmp(run,
		      "cat $'/mnt/\\x1b]0;owned\\x07\\x0a\\xc2\\x9b31m\\xff\\xe2\\x80\\xae\\x5cx'"),
	      "and can still be typed");
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	item.path = longest;
	format_name(out, &item, false);
	CHECK(strlen(out) < 1100 && !strncmp(out, "...aaa", 6),
	      "of a very long path the end is kept");
	format_run(run, "cat {file}", &item, false);
	CHECK(!strcmp(run, "cat FILE"), "one that cannot be shown is not put into a command");
	memset(longest, '\033', 2000);
	format_name(out, &item, true);
	CHECK(strlen(out) < FORMAT_NAME_MAX && harmless(out), "even when each byte needs four");
	item.path = "/mnt/a b'c";
	format_run(run, "truncate -s %2M {file}; ls {dir}; cat {file}.new", &item, false);
	CHECK(!strcmp(run, "truncate -s %2M '/mnt/a b'\\''c'; ls /mnt; cat '/mnt/a b'\\''c'.new"),
	      "spaces and quotes are quoted");
	item.path = "/file";
	format_run(run, "ls {dir} {pid}", &item, false);
	CHECK(!strcmp(run, "ls / PID"), "the root's own files are in /");
	item.path = ".../b/c";
	format_run(run, "ls {file}", &item, false);
	CHECK(!strcmp(run, "ls FILE"), "a part of a path is no path");
	item.path = "/mnt/日本";
	format_name(out, &item, true);
	CHECK(!strcmp(out, "/mnt/\\xe6\\x97\\xa5\\xe6\\x9c\\xac"), "ASCII only when asked for");
	item.path = "/mnt/gone";
	item.path_deleted = true;
	format_name(out, &item, false);
	CHECK(!strcmp(out, "/mnt/gone (deleted)"), "a deleted file is said to be one");
	item.path_deleted = false;
	item.path_was = "/mnt/before";
	format_name(out, &item, false);
	CHECK(!strcmp(out, "/mnt/gone (renamed)"), "so is a renamed one");
	item.path_gone = true;
	format_name(out, &item, false);
	CHECK(!strcmp(out, "/mnt/gone (gone)"), "and one that is not there, wherever it is");
	format_run(run, "cat {file}", &item, false);
	CHECK(!strcmp(run, "cat FILE"), "which no command is told to look at");
	item.path = NULL;
	item.key.ino = 18446744073709551615ULL;
	format_name(out, &item, false);
	CHECK(!strcmp(out, "259:1 inode 18446744073709551615"), "without a path its numbers stand");
}

static void test_kinds(void)
{
	struct dax_item thread = {.kind = DAX_THREAD, .key = {.tgid = 7, .tid = 7}, .comm = "job\033"};
	struct dax_item cgroup = {.kind = DAX_CGROUP, .cgroup = 1ULL << 40};
	struct dax_item mount = {.kind = DAX_MOUNT, .key.dev = 259 << 20 | 1};
	char out[FORMAT_NAME_MAX];

	format_name(out, &thread, false);
	CHECK(!strcmp(out, "job\\x1b"), "a main thread without a name has its process's");
	thread.key.tid = 8;
	format_name(out, &thread, false);
	CHECK(!strcmp(out, "-"), "another thread has none then");
	memcpy(thread.thread, "\033[2J\xff\n", 7);
	format_name(out, &thread, false);
	CHECK(!strcmp(out, "\\x1b[2J\\xff\\x0a"), "a hostile name of a thread is escaped");
	format_name(out, &cgroup, false);
	CHECK(!strcmp(out, "cgroup 1099511627776"), "a cgroup without a path has its number");
	cgroup.cgroup_path = HOSTILE;
	format_name(out, &cgroup, false);
	CHECK(harmless(out) && strstr(out, "\\x1b]0;owned"), "a hostile path of a cgroup is escaped");
	format_name(out, &mount, false);
	CHECK(!strcmp(out, "259:1"), "a device that is not mounted here has its number");
	mount.mount = "/mnt/\n";
	format_name(out, &mount, false);
	CHECK(!strcmp(out, "/mnt/\\x0a"), "one that is, its mount point");
}

static void test_columns(void)
{
	static const struct dax_item item = {.kind = DAX_FILE, .path = "/mnt/日本語/file"};
	char out[FORMAT_LINE_MAX];
	struct columns columns;
	int width, at, span;
	size_t i;

	for (width = 20; width <= 300; width++) {
		columns_choose(&columns, DAX_FILE, width, NULL);
		columns_head(out, &columns);
		EXPECT(format_width(out) <= width);
		columns_row(out, &columns, &item, DAX_TOTAL, false);
		EXPECT(format_width(out) <= width);
		columns_choose(&columns, DAX_PROCESS, width, dax_field_find("errors"));
		columns_head(out, &columns);
		EXPECT(format_width(out) <= width);
		EXPECT(strstr(out, "ERRORS"));
	}
	CHECK(unit_quiet(), "lines of 20 to 300 columns fit, and show the column sorted by");
	columns_choose(&columns, DAX_FILE, 80, NULL);
	for (i = 0; i < columns.nr; i++) {
		at = columns_at(&columns, i, &span);
		columns_head(out, &columns);
		EXPECT(strstr(out + at, columns.field[i]->title) &&
		       strstr(out + at, columns.field[i]->title) < out + at + span);
	}
	CHECK(unit_quiet(), "columns are where they are said to be");
	columns_head(out, &columns);
	CHECK(strstr(out, "COVER") && strstr(out, "FALLB") && strstr(out, "WHY") &&
		      strstr(out, "STICKY") && strstr(out, "NEVER"),
	      "80 columns show coverage, fallbacks, why, sticky and never tried");
	columns_choose(&columns, DAX_FILE, 40, NULL);
	columns_head(out, &columns);
	CHECK(strstr(out, "COVER") && strstr(out, "FALLB"),
	      "40 columns show coverage and fallbacks");
}

static void fill(struct made *made)
{
	struct dax_counts *cell;
	int i;

	made_init(made);
	cell = made_row(made, 259 << 20, 1ULL << 63, 4194304, HOSTILE, "\033[2J\xff");
	for (i = 0; i < DAX_NR_OUTCOMES; i++) {
		cell->fault[i][0] = 1000000000ULL + (__u64)i;
		cell->fault[i][1] = 2000000000ULL + (__u64)i;
	}
	for (i = 1; i < DAX_NR_REASONS; i++)
		cell->reason[i] = 1000000000ULL * (__u64)i;
	for (i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		cell->range[i] = 3000000000ULL;
	for (i = 0; i < DAX_NR_CLASSES; i++) {
		cell->lat_sum[i] = 1000000000000ULL;
		cell->lat_max[i] = 20000000000ULL;
		cell->lat[i][dax_lat_bucket(1000)] = 1000000000;
		cell->lat[i][DAX_LAT_BUCKETS - 1] = 3;
	}
	made->row[0].cgroup = 42;
	made->row[0].cgroup_path = "/\033[31m\n";
	made->row[0].mount = "/mnt/\xff";
	made->row[0].fs_type = "xfs";
	made_row(made, 259 << 20, 5, 7, "/mnt/quiet", "quiet");
	made_row(made, 0, 0, 0, NULL, "")[0].fault[DAX_PTE_MAPPED][0] = 1;
	made->row[2].other = true;
	made->sample.lost.events = 12;
	made->sample.lost.slots = 3;
}

/* What a view prints, in memory of the caller's. */
static char *printed(int (*view)(FILE *, const struct dax_model *, const struct view_opts *),
		     const struct dax_model *model, const struct view_opts *opts)
{
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	CHECK(!view(to, model, opts), "it is printed");
	fclose(to);
	return text;
}

static void test_text(void)
{
	struct view_opts opts = {.sort = dax_field_find("pte_faults"), .rows = 10, .columns = 79};
	struct dax_model *model;
	struct made made;
	char *text, *line, *next;

	fill(&made);
	model = dax_model_build(&made.sample, NULL, 0);
	text = printed(view_text, model, &opts);
	CHECK(harmless(text), "names cannot write to the terminal from a frame of text");
	CHECK(strstr(text, "lost 12") && strstr(text, "(all others)"), "losses are shown");
	CHECK(strstr(text, "range table full: 3000000000 faults in at least 3000000000 ranges") && !strstr(text, "missing") &&
		      !strstr(text, "\nwaits "),
	      "... and how many faults found no room for their range, and what no tier counts is not");
	CHECK(strstr(text, "1.00G") || strstr(text, "3.00G"), "large counts are readable");
	for (line = text; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		EXPECT(format_width(line) < 80 || !strncmp(line, "run: ", 5));
		EXPECT(!*line || line[strlen(line) - 1] != ' ');
	}
	CHECK(unit_quiet(), "lines are below 80 columns, but for commands, and have no loose ends");
	free(text);
	opts.rows = 1;
	text = printed(view_text, model, &opts);
	CHECK(strstr(text, "... and 2 more") && !strstr(text, "/mnt/quiet"),
	      "--rows limits tables");
	free(text);
	dax_model_free(model);

	made.sample.tier = DAX_T2;
	made.sample.known |= DAX_KNOWN_WAITS | DAX_KNOWN_DOWNGRADES | DAX_KNOWN_ZERO_REPLACED;
	made.sample.lost.waits = 4;
	made.sample.lost.entries = 5;
	made.row[0].count.wait[DAX_WAIT_IN_PMD_FAULT] = 70;
	made.row[0].count.wait[DAX_WAIT_IN_LAYOUT] = 1;
	model = dax_model_build(&made.sample, NULL, 0);
	text = printed(view_text, model, &opts);
	CHECK(strstr(text, "\nwaits   pmd_fault 70  layout 1\n"), "waits are shown by what was waited in");
	CHECK(strstr(text, "up to 4 waits for entry locks are missing") &&
		      strstr(text, "up to 5 downgrades and replaced zero pages are missing"),
	      "and what may be missing of T2's counts");
	free(text);
	opts.sort = dax_field_find("entry_waits");
	text = printed(view_text, model, &opts);
	CHECK(strstr(text, ">1.00G"), "then a count is at least that");
	free(text);
	text = printed(view_json, model, &opts);
	CHECK(strstr(text, "\"waits\":4") && strstr(text, "\"entries\":5"), "JSON has them too");
	free(text);
	dax_model_free(model);
}

static json_int_t at(json_t *object, const char *a, const char *b, const char *c, const char *d)
{
	const char *keys[] = {a, b, c, d};
	size_t i;

	for (i = 0; i < 4 && keys[i]; i++)
		object = json_object_get(object, keys[i]);
	return json_is_integer(object) ? json_integer_value(object) : -1;
}

static void test_json(void)
{
	struct view_opts opts = {0};
	struct dax_model *model;
	struct made made;
	json_t *root, *file, *buckets;
	json_error_t error;
	char *text;
	int i;

	fill(&made);
	model = dax_model_build(&made.sample, NULL, 0);
	text = printed(view_json, model, &opts);
	CHECK(harmless(text) && strchr(text, '\n') == text + strlen(text) - 1,
	      "one line, with nothing in it for a terminal");
	root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	CHECK(root, "it can be parsed, and no key is there twice");
	CHECK(!strcmp(json_string_value(json_object_get(root, "schema")), VIEW_SCHEMA), "schema");
	for (i = 0; i < DAX_NR_OUTCOMES; i++) {
		const char *name = dax_outcome_name((enum dax_outcome)i);

		EXPECT(at(root, "counts", "faults", name, "read") ==
		       (json_int_t)made.row[0].count.fault[i][0] + (i == DAX_PTE_MAPPED));
		EXPECT(at(root, "counts", "faults", name, "write") ==
		       (json_int_t)made.row[0].count.fault[i][1]);
	}
	for (i = 1; i < DAX_NR_REASONS; i++)
		EXPECT(at(root, "counts", "fallbacks", dax_reason_name((enum dax_reason)i), NULL) ==
		       (json_int_t)made.row[0].count.reason[i]);
	for (i = 0; i < DAX_NR_RANGE_COUNTS; i++)
		EXPECT(at(root, "counts", "ranges", dax_range_name((enum dax_range_count)i),
			  NULL) == (json_int_t)made.row[0].count.range[i]);
	CHECK(unit_quiet(), "every counter is there, exactly");
	CHECK(at(root, "lost", "events", NULL, NULL) == 12, "losses");
	CHECK(json_is_null(json_object_get(root, "interval_ns")) &&
		      json_is_null(json_object_get(json_object_get(root, "interval"), "faults")),
	      "what is unknown is null");
	buckets = json_object_get(json_object_get(json_object_get(root, "latency"), "pmd"),
				  "buckets");
	CHECK(json_array_size(buckets) == 2 &&
		      json_integer_value(json_array_get(json_array_get(buckets, 0), 0)) == 1024 &&
		      json_integer_value(json_array_get(json_array_get(buckets, 0), 1)) ==
			      1000000000 &&
		      json_is_null(json_array_get(json_array_get(buckets, 1), 0)),
	      "buckets are [upper bound, count], the last one without a bound");
	CHECK(json_array_size(json_object_get(root, "files")) == 3 &&
		      at(root, "nr_files", NULL, NULL, NULL) == 3,
	      "all files, without --rows");
	file = json_array_get(json_object_get(root, "files"), 0);
	CHECK(!strcmp(json_string_value(json_object_get(file, "ino")), "9223372036854775808"),
	      "a number of more than 63 bits is a string of its digits");
	CHECK(!strncmp(json_string_value(json_object_get(file, "path")), "/mnt/\033]0;owned\007\n",
		       16),
	      "a path is itself again after parsing");
	CHECK(at(file, "counts", "faults", "pmd_mapped", "write") == 2000000006,
	      "files have counts of their own");
	CHECK(json_is_null(
		      json_object_get(json_array_get(json_object_get(root, "files"), 2), "ino")),
	      "all others have no inode number");
	CHECK(json_is_null(json_object_get(root, "threads")) &&
		      json_is_null(json_object_get(root, "nr_threads")),
	      "threads that were not counted apart are null");
	file = json_array_get(json_object_get(root, "mounts"), 0);
	CHECK(at(root, "nr_mounts", NULL, NULL, NULL) == 2 &&
		      !strcmp(json_string_value(json_object_get(file, "dev")), "259:0") &&
		      !strcmp(json_string_value(json_object_get(file, "mount")), "/mnt/\\xff") &&
		      !strcmp(json_string_value(json_object_get(file, "fs_type")), "xfs"),
	      "a mount has its device, place and type");
	file = json_array_get(json_object_get(root, "cgroups"), 0);
	CHECK(at(file, "cgroup_id", NULL, NULL, NULL) == 42 &&
		      !strcmp(json_string_value(json_object_get(file, "cgroup")), "/\033[31m\n") &&
		      at(file, "counts", "faults", "pmd_mapped", "write") == 2000000006,
	      "a cgroup has its number, path and counts");
	json_decref(root);
	free(text);
	opts.rows = 2;
	text = printed(view_json, model, &opts);
	root = json_loads(text, 0, &error);
	CHECK(json_array_size(json_object_get(root, "files")) == 2 &&
		      at(root, "nr_files", NULL, NULL, NULL) == 3,
	      "--rows limits the files, and how many there are is still said");
	json_decref(root);
	free(text);
	dax_model_free(model);
}

static void test_details(void)
{
	int below = 0, before_last = 0, from = 0;
	struct lines lines = {.columns = 40};
	struct dax_model *model;
	struct made made;
	size_t i;
	int kind;

	fill(&made);
	made.sample.known |= DAX_KNOWN_THREADS;
	made.row[0].key.tid = 9;
	made.row[0].path_was = HOSTILE;
	memcpy(made.row[0].thread, "\033c\xff", 4);
	model = dax_model_build(&made.sample, NULL, 0);
	for (kind = DAX_MOUNT; kind < DAX_NR_ITEM_KINDS; kind++) {
		lines_details(&lines, &model->list[kind].item[0]);
		for (i = 0; i < lines.nr; i++)
			EXPECT(format_width(lines.line[i].text) <= 40 &&
			       harmless(lines.line[i].text));
		EXPECT(lines.nr > 50);
		lines_free(&lines);
	}
	CHECK(unit_quiet(), "details of all kinds fit 40 columns, and do nothing to a terminal");

	/* Of each class: 10^9 from 896 to 1024 ns, 3 from 2^34 ns on. */
	lines_details(&lines, &model->host);
	for (i = 0; i < lines.nr; i++) {
		below += !strncmp(lines.line[i].text, "below    1.02us   1.00G", 23);
		before_last += !strncmp(lines.line[i].text, "below     17.2s       0", 23);
		from += !strncmp(lines.line[i].text, " from     17.2s       3", 23);
	}
	CHECK(below == DAX_NR_CLASSES && before_last == below && from == below,
	      "rows of a histogram are named by their bounds, the last by where it begins: %d %d %d", below, before_last, from);
	lines_free(&lines);
	dax_model_free(model);
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	test_counts();
	test_reals();
	test_fit();
	test_names();
	test_kinds();
	test_columns();
	test_text();
	test_json();
	test_details();
	return UNIT_STATUS;
}

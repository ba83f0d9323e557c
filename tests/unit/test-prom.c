// SPDX-License-Identifier: GPL-2.0-only
/* test-prom.c - figures as Prometheus reads them: names of any bytes, bounds, and what is unknown. */
#include <locale.h>
#include <stdlib.h>
#include "sample-make.h"
#include "unit.h"
#include "util/lat.h"
#include "view/prom.h"

/* Ends a label and a line, opens a series of its own; a title for the terminal, invalid UTF-8. */
#define HOSTILE                                     \
	"/mnt/a\"} 1\ndax_tier 9\n#\\n\\\033]0;owned\007" \
	"\xff\xe2\x80\xae\xc3\xa9"
#define HOSTILE_IS                                                                             \
	"/mnt/a\\\"} 1\\\\x0adax_tier 9\\\\x0a#\\\\x5cn\\\\x5c\\\\x1b]0;owned\\\\x07\\\\xff\\\\xe2\\\\x80\\\\xae\xc3\xa9"

static char *text;
static size_t len;

/* In memory until the next call. */
static const char *figures(const struct dax_sample *sample, bool cgroups)
{
	struct dax_model *model = dax_model_build(sample, NULL, 0);
	FILE *to;
	int err;

	free(text);
	text = NULL;
	to = open_memstream(&text, &len);
	err = view_prom(to, model, cgroups);
	fclose(to);
	dax_model_free(model);
	CHECK(!err, "figures are written");
	return text;
}

static size_t count(const char *in, const char *what)
{
	const char *end = in + strlen(in);
	size_t nr = 0;

	/* Not strstr(), of which the sanitizer measures the whole text each time. */
	for (; (in = memmem(in, (size_t)(end - in), what, strlen(what))); in++)
		nr++;
	return nr;
}

struct key {
	const char *at;
	size_t len;
};

static int by_text(const void *a, const void *b)
{
	const struct key *one = a, *two = b;
	int order = memcmp(one->at, two->at, one->len < two->len ? one->len : two->len);

	return order ? order : (one->len > two->len) - (one->len < two->len);
}

/* Every line is a comment or one series and its value, and no series comes twice. */
static void check_lines(const char *name)
{
	struct key *keys = malloc((count(text, "\n") + 1) * sizeof(*keys));
	size_t nr = 0, i;
	const char *line;

	for (line = text; *line; line = strchr(line, '\n') + 1) {
		const char *value = line, *end = strchr(line, '\n'), *digit;

		EXPECT(*line == '#' || !strncmp(line, "dax_", 4));
		if (*line == '#')
			continue;
		while (value < end && *value != '{' && *value != ' ')
			value++;
		if (*value == '{') {
			bool quoted = false;

			for (; value < end && (quoted || *value != '}'); value++) {
				EXPECT((unsigned char)*value >= ' ' && *value != 0x7f);
				if (quoted && *value == '\\')
					value++;
				else if (*value == '"')
					quoted = !quoted;
			}
			EXPECT(value < end && value[1] == ' ');
			value++;
		}
		for (digit = value + 1; digit < end; digit++)
			EXPECT((*digit >= '0' && *digit <= '9') || *digit == '.');
		EXPECT(end > value + 1);
		keys[nr++] = (struct key){line, (size_t)(value - line)};
	}
	qsort(keys, nr, sizeof(*keys), by_text);
	for (i = 1; i < nr; i++)
		EXPECT(by_text(&keys[i - 1], &keys[i]));
	free(keys);
	CHECK(unit_quiet(), "%s: lines are well formed, and no series comes twice", name);
}

static void test_names(void)
{
	struct made made;

	made_init(&made);
	made_row(&made, 259 << 20, 1, 1, "/f", "a")->fault[DAX_PTE_MAPPED][0] = 3;
	made.row[0].mount = HOSTILE;
	made.row[0].cgroup = 5;
	made.row[0].cgroup_path = HOSTILE;
	figures(&made.sample, true);
	check_lines("hostile names");
	CHECK(strstr(text, "\ndax_faults_total{mount=\"" HOSTILE_IS "\",device=\"259:0\",size=\"4KiB\","
			   "outcome=\"mapped\",access=\"read\"} 3\n"),
	      "a mount's name of any bytes is one label");
	CHECK(strstr(text, "\ndax_cgroup_faults_total{cgroup=\"" HOSTILE_IS "\",size=\"4KiB\","
			   "outcome=\"mapped\",access=\"read\"} 3\n"),
	      "so is a cgroup's");
	CHECK(!strstr(text, "\ndax_tier 9") && count(text, "\ndax_tier ") == 1, "and adds no series");
}

static void test_unknown(void)
{
	struct made made;
	const char *absent[] = {"\ndax_downgrades_total{", "\ndax_upgrades_total{", "\ndax_entry_waits_total{",
				"\ndax_entry_wait_duration_seconds_", "\ndax_zero_pages_replaced_total{",
				"\ndax_mapped_bytes{", "\ndax_cgroup_", "\ndax_lost_total{what=\"waits\"",
				"\ndax_fallbacks_total{mount=\"\",device=\"259:0\",reason=\"extent_short\""};
	size_t i;

	made_init(&made);
	made.sample.tier = DAX_T0;
	made.sample.known &= ~DAX_KNOWN_EXTENTS;
	made_row(&made, 259 << 20, 1, 1, "/f", "a")->fault[DAX_PMD_FALLBACK][0] = 1;
	made.row[0].count.reason[DAX_WHY_UNKNOWN] = 1;
	figures(&made.sample, false);
	check_lines("T0");
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		CHECK(!strstr(text, absent[i]), "unknown, so absent: %s", absent[i] + 1);
	CHECK(strstr(text, "\ndax_fallbacks_total{mount=\"\",device=\"259:0\",reason=\"unknown\"} 1\n"),
	      "what is known is there");
	CHECK(strstr(text, "\ndax_faults_total{mount=\"other\",device=\"\",size=\"2MiB\",outcome=\"fallback\","
			   "access=\"read\"} 0\n"),
	      "and 0 where nothing was seen");
	CHECK(strstr(text, "\ndax_tier 0\n") && strstr(text, "\ndax_known{what=\"extent_reasons\"} 0\n"),
	      "and why");
	made.sample.tier = DAX_T3;
	made.sample.known |= DAX_KNOWN_EXTENTS | DAX_KNOWN_DOWNGRADES | DAX_KNOWN_UPGRADES | DAX_KNOWN_WAITS |
			     DAX_KNOWN_ZERO_REPLACED;
	made.row[0].count.wait[DAX_WAIT_IN_LAYOUT] = 4;
	made.row[0].count.entry[DAX_UPGRADED] = 6;
	figures(&made.sample, false);
	check_lines("T3");
	CHECK(strstr(text, "\ndax_entry_waits_total{mount=\"\",device=\"259:0\",operation=\"layout\"} 4\n") &&
		      strstr(text, "\ndax_upgrades_total{mount=\"\",device=\"259:0\"} 6\n"),
	      "a tier that counts them has them");
}

static void test_histogram(void)
{
	struct made made;
	struct dax_counts *cell;

	made_init(&made);
	cell = made_row(&made, 259 << 20, 1, 1, "/f", "a");
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(127)] += 1;
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(128)] += 1;
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(1048575)] += 1;
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(1048576)] += 1;
	cell->lat[DAX_LAT_PTE][dax_lat_bucket(~0ULL)] += 1;
	cell->lat_sum[DAX_LAT_PTE] = 12345678901234567890ULL;
	figures(&made.sample, false);
	check_lines("histogram");
#define BUCKET(le, n)                                                                                \
	strstr(text, "\ndax_fault_duration_seconds_bucket{mount=\"\",device=\"259:0\",class=\"pte\",le=\"" le \
		     "\"} " n "\n")
	CHECK(BUCKET("0.000000127", "1") && BUCKET("0.000000255", "2"), "127 ns and 128 ns lie apart");
	CHECK(BUCKET("0.001048575", "3") && BUCKET("0.002097151", "4"), "so do 2^20 ns and 1 ns less");
	CHECK(BUCKET("17.179869183", "4") && BUCKET("+Inf", "5"), "what is longer than all is in +Inf");
	CHECK(strstr(text, "_sum{mount=\"\",device=\"259:0\",class=\"pte\"} 12345678901.234567890\n") &&
		      strstr(text, "_count{mount=\"\",device=\"259:0\",class=\"pte\"} 5\n"),
	      "the sum has all its digits");
}

/* Rows of their own: more than a made sample has. */
static void test_bounds(void)
{
	size_t nr = 600, i;
	struct dax_row *row = calloc(nr, sizeof(*row));
	char (*name)[32] = calloc(nr, sizeof(*name));
	struct dax_sample sample = {.tier = DAX_T1, .known = DAX_KNOWN_EXTENTS, .rows = row, .nr_rows = nr};

	for (i = 0; i < nr; i++) {
		row[i].key = (struct dax_key){.dev = (__u32)(259 << 20 | i), .ino = 1, .tgid = 1};
		row[i].cgroup = i + 1;
		/* Each name twice: a service that was started again. */
		snprintf(name[i], sizeof(name[i]), "/slice/%zu", i / 2);
		row[i].cgroup_path = name[i];
		row[i].count.fault[DAX_PTE_MAPPED][1] = i;
	}
	figures(&sample, true);
	check_lines("600 mounts, 300 cgroups made twice");
	CHECK(count(text, "\ndax_ranges_touched_total{") == PROM_MOUNTS + 1, "mounts are bounded");
	CHECK(strstr(text, "\ndax_left_out{kind=\"mount\"} 536\n"), "and it is said how many are left out");
	CHECK(count(text, "\ndax_cgroup_ranges_touched_total{") == PROM_CGROUPS, "so are cgroups");
	CHECK(strstr(text, "\ndax_left_out{kind=\"cgroup\"} 88\n"), "which are two for each name");
	CHECK(strstr(text, "\ndax_cgroup_faults_total{cgroup=\"/slice/100\",size=\"4KiB\",outcome=\"mapped\","
			   "access=\"write\"} 401\n"),
	      "cgroups of one name are one series");
	row[0].other = true;
	row[0].count.fault[DAX_PTE_MAPPED][1] = 77;
	figures(&sample, false);
	check_lines("with an other");
	CHECK(strstr(text, "\ndax_faults_total{mount=\"other\",device=\"\",size=\"4KiB\",outcome=\"mapped\","
			   "access=\"write\"} 77\n"),
	      "what found no slot is other");
	free(row);
	free(name);
}

/* A label longer than is kept is cut between characters, and two of them are one. */
static void test_long(void)
{
	static char path[2][5001];
	struct made made;
	int i;

	made_init(&made);
	for (i = 0; i < 2; i++) {
		memset(path[i], '"', 5000);
		path[i][4999] = (char)('a' + i);
		made_row(&made, (__u32)(259 << 20 | i), 1, 1, "/f", "a")->fault[DAX_PTE_MAPPED][0] = 1;
		made.row[i].mount = path[i];
		made.row[i].cgroup = (__u64)i + 1;
		made.row[i].cgroup_path = path[i];
	}
	figures(&made.sample, true);
	check_lines("long names");
	CHECK(count(text, "\ndax_cgroup_ranges_touched_total{") == 1, "cgroups that look alike are one");
}

int main(void)
{
	setlocale(LC_ALL, "C.UTF-8");
	test_names();
	test_unknown();
	test_histogram();
	test_bounds();
	test_long();
	free(text);
	return UNIT_STATUS;
}

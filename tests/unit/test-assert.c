// SPDX-License-Identifier: GPL-2.0-only
/* test-assert.c - assertions as they are written: exact limits, labels, and what is no assertion.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "trace/assert.h"
#include "unit.h"
#include "util/err.h"

/* Is @expr read as @metric with this limit? */
static bool reads(const char *expr, const char *field, __u64 whole, bool more, double real)
{
	struct assert_error err;
	struct assertion a;
	bool good = !assert_parse(&a, expr, &err) && !strcmp(a.field->name, field) &&
		    a.whole == whole && a.more == more && a.real == real && !strcmp(a.expr, expr);

	if (!good)
		printf("# %s: %s\n", expr, err.what);
	assert_free(&a);
	return good;
}

/* Is @expr refused at byte @at, with @what? */
static bool refuses(const char *expr, size_t at, const char *what)
{
	struct assert_error err;
	struct assertion a;
	bool good = assert_parse(&a, expr, &err) == -EINVAL && err.at == at &&
		    strstr(err.what, what) && err.at <= strlen(expr);

	if (!good)
		printf("# '%.60s': at %zu: %s\n", expr, err.at, err.what);
	assert_free(&a);
	return good;
}

static void test_numbers(void)
{
	CHECK(reads("fallbacks == 0", "fallbacks", 0, false, 0), "0");
	CHECK(reads(" \tfallbacks>=007 ", "fallbacks", 7, false, 7), "spaces and zeros in front");
	CHECK(reads("faults <= 9007199254740993", "faults", (1ULL << 53) + 1, false, 0x1p53),
	      "a count above 2^53 is exact");
	CHECK(reads("faults <= 18446744073709551614", "faults", ~0ULL - 1, false, 0x1p64),
	      "the largest count");
	CHECK(refuses("faults <= 18446744073709551615", 10, "above all") &&
		      refuses("faults <= 1e20", 10, "above all") &&
		      refuses("faults <= 1e99", 10, "above all") &&
		      refuses("lat_pte_max_s < 18446744074", 16, "above all"),
	      "and what is above it");
	CHECK(reads("faults < 2.5", "faults", 2, true, 2.5) &&
		      reads("faults < 2.0", "faults", 2, false, 2) &&
		      reads("faults < 25e-1", "faults", 2, true, 2.5) &&
		      reads("faults < 1e3", "faults", 1000, false, 1000) &&
		      reads("faults < 1.5E+1", "faults", 15, false, 15) &&
		      reads("faults < 1e-99", "faults", 0, true, 1e-99),
	      "fractions and exponents");
	CHECK(reads("pmd_coverage >= 0.99", "pmd_coverage", 0, true, 0.99) &&
		      reads("pmd_coverage >= 99%", "pmd_coverage", 0, true, 0.99) &&
		      reads("pmd_coverage == 100 %", "pmd_coverage", 1, false, 1) &&
		      reads("pmd_coverage >= 0.002877", "pmd_coverage", 0, true, 0.002877) &&
		      reads("fallback_ratio < 0.1%", "fallback_ratio", 0, true, 0.001),
	      "ratios, also in percent, are the nearest double");
	CHECK(reads("fault_time_ratio < 150%", "fault_time_ratio", 1, true, 1.5),
	      "several threads take more than all of the time");
	CHECK(reads("lat_pmd_p99_ns < 20000", "lat_pmd_p99_ns", 20000, false, 20000) &&
		      reads("lat_pmd_p99_us < 20", "lat_pmd_p99_ns", 20000, false, 20000) &&
		      reads("lat_pmd_p99_us < 0.0205", "lat_pmd_p99_ns", 20, true, 20.5) &&
		      reads("lat_pmd_p99_ms < 1.5", "lat_pmd_p99_ns", 1500000, false, 1500000) &&
		      reads("lat_pmd_p99_s < 2", "lat_pmd_p99_ns", 2000000000, false, 2e9) &&
		      reads("lat_pmd_p99_us < 3 ms", "lat_pmd_p99_ns", 3000000, false, 3e6) &&
		      reads("fault_time_ns < 7s", "fault_time_ns", 7000000000, false, 7e9),
	      "times in any unit, by the name or by the number's own");
	CHECK(reads("entry_wait_max_us < 1000", "lat_wait_max_ns", 1000000, false, 1e6) &&
		      reads("entry_wait_p99_ns < 5", "lat_wait_p99_ns", 5, false, 5) &&
		      reads("entry_wait_ms < 5", "entry_wait_ns", 5000000, false, 5e6) &&
		      refuses("entry_wait_count < 5", 0, "no metric is called 'entry_wait_count'"),
	      "how long waits took, also by the name of the waits");
	CHECK(reads("zero_bytes <= 2MiB", "zero_bytes", 2 << 20, false, 2 << 20) &&
		      reads("zero_bytes <= 1.5K", "zero_bytes", 1536, false, 1536) &&
		      reads("zero_bytes <= 8B", "zero_bytes", 8, false, 8) &&
		      reads("faults_per_s > 10 /s", "faults_per_s", 10, false, 10),
	      "bytes and rates");
	CHECK(refuses("fallbacks == nan", 13, "number") &&
		      refuses("fallbacks == inf", 13, "number") &&
		      refuses("fallbacks == 0x10", 14, "unit") &&
		      refuses("fallbacks == -1", 13, "negative") &&
		      refuses("fallbacks == +1", 13, "number") &&
		      refuses("fallbacks == .5", 13, "number") &&
		      refuses("fallbacks == 5.", 14, "digit") &&
		      refuses("fallbacks == 1,5", 14, "one comparison") &&
		      refuses("fallbacks == 1.5.2", 16, "nothing more") &&
		      refuses("fallbacks == 1e", 15, "exponent") &&
		      refuses("fallbacks == 1e100", 13, "exponent") &&
		      refuses("fallbacks == 1000000000000000000000001", 13, "digits") &&
		      refuses("fallbacks == 1k", 14, "unit") &&
		      refuses("pmd_coverage >= 99", 16, "0 to 1"),
	      "no NaN, infinity, hexadecimal, sign or other's notation");
}

static void test_names(void)
{
	struct assert_error err;
	struct assertion a;
	char big[3 * ASSERT_MAX];
	size_t i;

	for (i = 0; i < dax_nr_fields; i++) {
		snprintf(big, sizeof(big), "%s == 0", dax_fields[i].name);
		EXPECT((assert_parse(&a, big, &err) == 0) == assert_is_metric(&dax_fields[i]));
		assert_free(&a);
	}
	CHECK(unit_quiet() && dax_nr_fields > 30,
	      "every number of the field table can be asserted");
	CHECK(refuses("name == 1", 0, "not a number") && refuses("pid == 1", 0, "not a number") &&
		      refuses("cause == 1", 0, "not a number"),
	      "names cannot");
	CHECK(refuses("pmd_coverag >= 1", 0, "did you mean pmd_coverage?") &&
		      refuses("  Fallbacks == 1", 2, "did you mean fallbacks?") &&
		      refuses("lat_pmd_p99_n < 1", 0, "did you mean lat_pmd_p99_ns?"),
	      "the nearest name is suggested");
	CHECK(refuses("xyzzy == 1", 0, "no metric is called 'xyzzy'") &&
		      refuses("faults_per_ms == 1", 0, "no metric") &&
		      refuses("fallbacks_us == 1", 0, "no metric"),
	      "nothing is suggested when nothing is near, and a count has no time");
	CHECK(assert_parse(&a, "foo == 1", &err) && err.known == ASSERT_KNOWN_METRICS,
	      "the metrics are to be listed");
	assert_free(&a);
	CHECK(assert_parse(&a, "fallbacks{reason=\"foo\"} == 1", &err) &&
		      err.known == ASSERT_KNOWN_REASONS,
	      "or the reasons");
	assert_free(&a);
	CHECK(refuses("", 0, "metric is expected") && refuses("   ", 3, "metric is expected") &&
		      refuses("fallbacks", 9, "one of >=") &&
		      refuses("fallbacks = 0", 10, "one of >=") &&
		      refuses("fallbacks => 0", 10, "one of >=") &&
		      refuses("fallbacks ==", 12, "number") &&
		      refuses("fallbacks == 0 && faults > 1", 15, "give --assert again") &&
		      refuses("fallbacks == 0 x", 15, "not a unit") &&
		      refuses("fallbacks\xff == 0", 9, "one of >="),
	      "what is missing or too much is told with its place");
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	CHECK(refuses(big, ASSERT_MAX, "longer than"), "a very long expression");
	big[ASSERT_MAX] = '\0';
	CHECK(refuses(big, 0, "no metric"), "the longest name");
	memset(big, '0', ASSERT_MAX);
	memcpy(big, "faults == ", 10);
	CHECK(reads(big, "faults", 0, false, 0), "two thousand zeros");
	memcpy(big, "faults == 0.", 12);
	big[ASSERT_MAX - 1] = '1';
	CHECK(assert_parse(&a, big, &err) == 0 && a.more && !a.whole && a.real >= 0 &&
		      a.real < 1e-99,
	      "a very small number");
	assert_free(&a);
}

static void test_labels(void)
{
	struct assert_error err;
	struct assertion a;

	CHECK(!assert_parse(
		      &a,
		      "fallbacks { reason = \"extent_short\" , file=\"/a,}\\\"\\\\*\\x20\\xFf\""
		      ",process=\"x\" } != 0",
		      &err) &&
		      a.reason == DAX_WHY_EXTENT_SHORT && !strcmp(a.file, "/a,}\"\\* \xff") &&
		      !strcmp(a.process, "x") && a.op == (ASSERT_BELOW | ASSERT_ABOVE),
	      "all labels, with quotes, commas, braces and bytes in them");
	assert_free(&a);
	CHECK(refuses("faults{file=\"a\"", 15, "comma or }") &&
		      refuses("faults{} > 0", 7, "label is expected") &&
		      refuses("faults{file=\"a\",} > 0", 16, "label is expected") &&
		      refuses("faults{file=a} > 0", 12, "quotes") &&
		      refuses("faults{file=\"a} > 0", 12, "never closed") &&
		      refuses("faults{file=\"a\\", 14, "after \\") &&
		      refuses("faults{file=\"\\x0", 13, "after \\") &&
		      refuses("faults{file=\"\\x00\"} > 0", 13, "after \\") &&
		      refuses("faults{file=\"\\n\"} > 0", 13, "after \\") &&
		      refuses("faults{file=\"\"} > 0", 12, "empty") &&
		      refuses("faults{file \"a\"} > 0", 12, "= is expected") &&
		      refuses("faults{path=\"a\"} > 0", 7, "no label") &&
		      refuses("faults{file=\"a\",file=\"b\"} > 0", 16, "twice") &&
		      refuses("fallbacks{reason=\"vma_end\",reason=\"vma_end\"} > 0", 27, "twice"),
	      "labels that are none");
	CHECK(refuses("faults{reason=\"vma_end\"} > 0", 14, "only fallbacks") &&
		      refuses("fallbacks{reason=\"none\"} > 0", 17, "no reason") &&
		      refuses("fallbacks{reason=\"extent_shrt\"} > 0", 17,
			      "did you mean extent_short?"),
	      "reasons of what has none, and reasons that are none");
	CHECK(assert_distance("abc", "abc", 3) == 0 && assert_distance("abc", "abxc", 3) == 1 &&
		      assert_distance("abc", "", 3) == 3 &&
		      assert_distance("kitten", "sitting", 9) == 3 &&
		      assert_distance("abcdef", "uvwxyz", 2) == 3,
	      "the distance of names");
}

/* What is printed for a wrong expression. */
static void test_complaint(void)
{
	char *text = NULL, expr[512];
	struct assert_error err;
	struct assertion a;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	memset(expr, ' ', sizeof(expr));
	strcpy(expr + 200, "\x1b\xc3\xa4"
			   "faults == 0");
	assert_parse(&a, expr, &err);
	assert_show_error(to, expr, &err);
	assert_free(&a);
	fclose(to);
	CHECK(err.at == 200 &&
		      strstr(text, "...                                \\x1b\\xc3\\xa4faults == 0\n"
				   "                                       ^\n") &&
		      strstr(text, " pmd_coverage "),
	      "the place is marked, escaped, and the metrics are listed");
	free(text);
}

int main(void)
{
	set_program("daxtrace");
	test_numbers();
	test_names();
	test_labels();
	test_complaint();
	return UNIT_STATUS;
}

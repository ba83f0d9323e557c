// SPDX-License-Identifier: GPL-2.0-only
/* assert-limit.c - parse the number of an assertion, exactly, with its unit, in any locale. */
#include <string.h>
#include "trace/assert-parse.h"

#define DIGITS_MAX   24 /* digits without leading zeros: 10^24 * 2^40 fits in 128 bits */
#define EXPONENT_MAX 99

const struct time_unit assert_time_units[ASSERT_NR_TIME_UNITS] = {
	{"ns", "_ns", 1},
	{"us", "_us", 1000},
	{"ms", "_ms", 1000000},
	{"s", "_s", 1000000000},
};

/* mantissa * 10^exp */
struct decimal {
	unsigned __int128 mantissa;
	int exp;
};

static int take_decimal(struct parser *p, struct decimal *out)
{
	size_t begin, digits = 0;
	bool fraction = false;
	int exp = 0, sign = 1;

	parse_space(p);
	begin = p->at;
	if (!is_digit(here(p)))
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE,
				   "a number is expected, such as 0, 0.99 or 1e6");
	for (; is_digit(here(p)) || (here(p) == '.' && !fraction); p->at++) {
		if (here(p) == '.') {
			fraction = true;
			if (!is_digit(p->text[p->at + 1]))
				return parse_wrong(p, p->at, ASSERT_KNOWN_NONE,
						   "a digit is expected after the point");
			continue;
		}
		out->mantissa = out->mantissa * 10 + (unsigned int)(here(p) - '0');
		digits += out->mantissa > 0;
		out->exp -= fraction;
		if (digits > DIGITS_MAX)
			return parse_wrong(p, begin, ASSERT_KNOWN_NONE, "more than %d digits",
					   DIGITS_MAX);
	}
	if (here(p) != 'e' && here(p) != 'E')
		return 0;
	p->at++;
	if (here(p) == '-' || here(p) == '+')
		sign = p->text[p->at++] == '-' ? -1 : 1;
	if (!is_digit(here(p)))
		return parse_wrong(p, p->at, ASSERT_KNOWN_NONE, "an exponent is expected after e");
	for (; is_digit(here(p)); p->at++) {
		exp = exp * 10 + (here(p) - '0');
		if (exp > EXPONENT_MAX)
			return parse_wrong(p, begin, ASSERT_KNOWN_NONE, "an exponent above %d",
					   EXPONENT_MAX);
	}
	out->exp += sign * exp;
	return 0;
}

/* Parse a unit of the field: a factor, and for percent also a shift of the decimal point. */
static int take_unit(struct parser *p, const struct assertion *of, __u64 *factor, int *shift)
{
	static const char powers[] = "KMGT";
	enum dax_unit unit = of->field->unit;
	const char *power, *units = "none";
	size_t begin, len, i;

	*factor = of->unit_ns;
	parse_space(p);
	begin = p->at;
	while (is_word(here(p)) || here(p) == '%' || here(p) == '/')
		p->at++;
	len = p->at - begin;
	if (!len)
		return 0;
	if (unit == DAX_UNIT_NS) {
		units = "ns, us, ms or s";
		for (i = 0; i < ASSERT_NR_TIME_UNITS; i++)
			if (len == strlen(assert_time_units[i].name) &&
			    !strncmp(p->text + begin, assert_time_units[i].name, len)) {
				*factor = assert_time_units[i].ns;
				return 0;
			}
	} else if (unit == DAX_UNIT_RATIO) {
		units = "%";
		*shift = -2;
		if (len == 1 && p->text[begin] == '%')
			return 0;
	} else if (unit == DAX_UNIT_PER_S) {
		units = "/s";
		if (len == 2 && !strncmp(p->text + begin, "/s", 2))
			return 0;
	} else if (unit == DAX_UNIT_BYTES) {
		units = "B, KiB, MiB, GiB or TiB";
		if (len == 1 && p->text[begin] == 'B')
			return 0;
		power = strchr(powers, p->text[begin]);
		if (power && (len == 1 || (len == 3 && !strncmp(p->text + begin + 1, "iB", 2)))) {
			*factor = 1024ULL << 10 * (power - powers);
			return 0;
		}
	}
	return parse_wrong(p, begin, ASSERT_KNOWN_NONE, "'%.*s' is not a unit of %s, which has %s",
			   (int)(len < 32 ? len : 32), p->text + begin, of->metric, units);
}

/*
 * @number as an integer, rounded down; *more is set if it was rounded. False: it needs more than 64
 * bits.
 */
static bool to_whole(struct decimal number, __u64 *whole, bool *more)
{
	unsigned __int128 unit = 1;

	for (; number.exp > 0; number.exp--) {
		if (number.mantissa > ~0ULL)
			return false;
		number.mantissa *= 10;
	}
	for (; number.exp < 0 && unit <= number.mantissa; number.exp++)
		unit *= 10;
	*more = number.mantissa % unit != 0;
	number.mantissa /= unit;
	*whole = (__u64)number.mantissa;
	return number.mantissa < DAX_NOT_KNOWN;
}

static double to_real(struct decimal number)
{
	long double power = 1;
	int i, exp = number.exp < 0 ? -number.exp : number.exp;

	for (i = 0; i < exp; i++)
		power *= 10;
	/* Both are exact, so it is rounded once, like a ratio of two counters: 99/100 is 0.99. */
	if (number.mantissa < 1ULL << 53 && exp <= 22)
		return number.exp < 0 ? (double)number.mantissa / (double)power
				      : (double)number.mantissa * (double)power;
	return number.exp < 0 ? (double)((long double)number.mantissa / power)
			      : (double)((long double)number.mantissa * power);
}

int take_limit(struct parser *p, struct assertion *out)
{
	struct decimal number = {0};
	size_t begin;
	__u64 factor;
	int err, shift = 0;

	parse_space(p);
	begin = p->at;
	if (here(p) == '-')
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE, "nothing here can be negative");
	err = take_decimal(p, &number);
	if (!err)
		err = take_unit(p, out, &factor, &shift);
	if (err)
		return err;
	number.mantissa *= factor;
	number.exp += shift;
	if (!to_whole(number, &out->whole, &out->more))
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE,
				   "a limit above all that can be counted");
	out->real = to_real(number);
	if (out->field->unit == DAX_UNIT_RATIO && !out->field->interval_only && out->real > 1)
		return parse_wrong(p, begin, ASSERT_KNOWN_NONE,
				   "%s goes from 0 to 1: write 0.99 or 99%%", out->metric);
	return 0;
}

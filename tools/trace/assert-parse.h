/* SPDX-License-Identifier: GPL-2.0-only */
/* assert-parse.h - functions shared by the two parts of the assertion parser. */
#ifndef DAX_TRACE_ASSERT_PARSE_H
#define DAX_TRACE_ASSERT_PARSE_H

#include "trace/assert.h"

struct parser {
	const char *text;
	size_t at;
	struct assert_error *err;
};

/* Store the error at byte @at of the text. Returns -EINVAL. */
int parse_wrong(struct parser *p, size_t at, enum assert_known known, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void parse_space(struct parser *p);

static inline char here(const struct parser *p)
{
	return p->text[p->at];
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

#define ASSERT_NR_TIME_UNITS 4
extern const struct time_unit {
	const char *name, *suffix;
	__u64 ns;
} assert_time_units[ASSERT_NR_TIME_UNITS];

/* Parse the number and its unit into @out, whose metric is known. Returns 0 or -EINVAL. */
int take_limit(struct parser *p, struct assertion *out);

#endif

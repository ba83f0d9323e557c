// SPDX-License-Identifier: GPL-2.0-only
/* assert-text.c - the position of the assertion parser in the text, and errors there. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include "trace/assert.h"
#include "trace/assert-parse.h"

int parse_wrong(struct parser *p, size_t at, enum assert_known known, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(p->err->what, sizeof(p->err->what), fmt, args);
	va_end(args);
	p->err->at = at;
	p->err->known = known;
	return -EINVAL;
}

void parse_space(struct parser *p)
{
	while (here(p) == ' ' || (here(p) >= '\t' && here(p) <= '\r'))
		p->at++;
}

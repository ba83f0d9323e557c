/* SPDX-License-Identifier: GPL-2.0-only */
/* unit.h - what a unit test needs: say what was checked, and end with the right status. */
#ifndef DAX_UNIT_H
#define DAX_UNIT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int unit_failures;

/* Print `ok - name` or `not ok - name (where: what)`. Returns @good. */
__attribute__((format(printf, 5, 6))) static inline bool
unit_check(bool good, const char *file, int line, const char *what, const char *name, ...)
{
	va_list args;

	printf("%sok - ", good ? "" : "not ");
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	if (!good) {
		printf(" (%s:%d: %s)", file, line, what);
		unit_failures++;
	}
	putchar('\n');
	fflush(stdout);
	return good;
}

/* CHECK(condition, "name", ...) is one test; use EXPECT for what is checked a thousand times. */
#define CHECK(good, ...) unit_check(good, __FILE__, __LINE__, #good, __VA_ARGS__)

/* Silent while it holds; the caller closes with CHECK(unit_quiet(), ...). */
#define EXPECT(good) unit_expect(good, __FILE__, __LINE__, #good)
static int unit_unexpected;

static inline bool unit_expect(bool good, const char *file, int line, const char *what)
{
	if (!good && unit_unexpected++ < 5)
		printf("# %s:%d: not so: %s\n", file, line, what);
	return good;
}

static inline bool unit_quiet(void)
{
	bool quiet = !unit_unexpected;

	unit_unexpected = 0;
	return quiet;
}

#define UNIT_STATUS (unit_failures ? 1 : 0)

#endif

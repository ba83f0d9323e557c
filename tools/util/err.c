// SPDX-License-Identifier: GPL-2.0-only
/* err.c - messages to stderr and the exit statuses that every program shares. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "util/err.h"
#include "util/escape.h"

#define MESSAGE_MAX 2048 /* bytes of one message; longer ones are cut off */

static const char *name = "daxscope";
static const char *command = ""; /* name of the command that runs, with a space before it */

void set_program(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	if (argv0 && *argv0)
		name = slash ? slash + 1 : argv0;
}

void set_command(const char *with_space)
{
	command = with_space;
}

void try_help(void)
{
	fprintf(stderr, "Try '%s%s --help'.\n", name, command);
	exit(DAX_EXIT_USAGE);
}

const char *program_name(void)
{
	return name;
}

/*
 * Is the reader's locale UTF-8? Found in the environment, as programs call setlocale() late or not
 * at all.
 */
static bool is_utf8(void)
{
	locale_t here = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool yes;

	if (!here)
		return false;
	yes = !strcmp(nl_langinfo_l(CODESET, here), "UTF-8");
	freelocale(here);
	return yes;
}

static void vwarn_msg(const char *fmt, va_list args)
{
	char raw[MESSAGE_MAX], clean[4 * MESSAGE_MAX];

	vsnprintf(raw, sizeof(raw), fmt, args);
	escape_text(clean, sizeof(clean), raw, is_utf8() ? ESCAPE_TERMINAL : ESCAPE_ASCII);
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", name, clean);
}

void warn_msg(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vwarn_msg(fmt, args);
	va_end(args);
}

void die(enum dax_exit status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vwarn_msg(fmt, args);
	va_end(args);
	exit(status);
}

void die_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vwarn_msg(fmt, args);
	va_end(args);
	try_help();
}

int finish_stdout(int status)
{
	int failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout))
		failed = 1;
	if (!failed || errno == EPIPE)
		return status;
	warn_msg("standard output: %s", strerror(errno ? errno : EIO));
	return DAX_EXIT_UNSUPPORTED;
}

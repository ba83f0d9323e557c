/* SPDX-License-Identifier: GPL-2.0-only */
/* err.h - messages to stderr and the exit statuses that every program shares. */
#ifndef DAX_UTIL_ERR_H
#define DAX_UTIL_ERR_H

enum dax_exit {
	DAX_EXIT_OK = 0,	   /* done, and what was asserted holds */
	DAX_EXIT_FOUND = 1,	   /* asserted condition or regression found */
	DAX_EXIT_USAGE = 2,	   /* usage or bad input */
	DAX_EXIT_UNSUPPORTED = 3,  /* this kernel, machine or privilege cannot do it */
	DAX_EXIT_INCONCLUSIVE = 4, /* nothing to judge */
};

/* The program's name as messages show it; call first in main(). */
void set_program(const char *argv0);
const char *program_name(void);

/* Of a program that has commands, the one that runs, as in " record": where its help is. */
void set_command(const char *with_space);

/* Say where to read more, and exit with DAX_EXIT_USAGE. */
void try_help(void) __attribute__((noreturn));

/*
 * One line `program: message`. The formatted message is escaped for a terminal, so names of any
 * bytes may be passed in.
 */
void warn_msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* warn_msg() and exit(status). */
void die(enum dax_exit status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));

/* `program: what`, then where to read more, and exit with DAX_EXIT_USAGE. */
void die_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * Flush and close stdout and return @status, or DAX_EXIT_UNSUPPORTED with a message when what was
 * printed could not be written (full disk). A closed pipe is no error. Call as main's last act.
 */
int finish_stdout(int status);

#endif

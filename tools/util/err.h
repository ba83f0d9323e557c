/* SPDX-License-Identifier: GPL-2.0-only */
/* err.h - messages to stderr and the exit statuses that every program shares. */
#ifndef DAX_UTIL_ERR_H
#define DAX_UTIL_ERR_H

enum dax_exit {
	DAX_EXIT_OK = 0,	   /* done; assertions hold */
	DAX_EXIT_FOUND = 1,	   /* an assertion does not hold, or there is a regression */
	DAX_EXIT_USAGE = 2,	   /* usage or bad input */
	DAX_EXIT_UNSUPPORTED = 3,  /* this kernel, machine or privilege cannot do it */
	DAX_EXIT_INCONCLUSIVE = 4, /* nothing to judge */
};

/* Set the program's name for messages. Call it first in main(). */
void set_program(const char *argv0);
const char *program_name(void);

/* Set the command of the program, as in " record", for the pointer to its help. */
void set_command(const char *with_space);

/* Print where the help is, and exit with DAX_EXIT_USAGE. */
void try_help(void) __attribute__((noreturn));

/*
 * Print one line `program: message`. The formatted message is escaped for a terminal, so names of
 * any bytes may be passed in.
 */
void warn_msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* warn_msg() and exit(status). */
void die(enum dax_exit status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));

/* Print `program: message` and where the help is, and exit with DAX_EXIT_USAGE. */
void die_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/*
 * Flush and close stdout and return @status, or DAX_EXIT_UNSUPPORTED with a message when the output
 * could not be written (full disk). A closed pipe is no error. Call it last in main().
 */
int finish_stdout(int status);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli.h - the command lines of the programs: one table of options, from which come parsing, --help, the OPTIONS of
 * the manuals and completion. The same letter means the same in each program.
 */
#ifndef DAX_CLI_CLI_H
#define DAX_CLI_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* An option: its letter, or a number above all letters. */
enum cli_key {
	CLI_END = -1,
	CLI_ALL = 'a',
	CLI_BATCH = 'b',
	CLI_DELAY = 'd',
	CLI_FORCE = 'f',
	CLI_FOLLOW = 'F',
	CLI_CGROUP = 'G',
	CLI_HELP = 'h',
	CLI_THREADS = 'H',
	CLI_INPUT = 'i',
	CLI_JSON = 'j',
	CLI_KIND = 'k',
	CLI_COUNT = 'n',
	CLI_OUTPUT = 'o',
	CLI_PID = 'p',
	CLI_NR_PROCS = 'P',
	CLI_QUIET = 'q',
	CLI_SORT = 's',
	CLI_TIME = 't',
	CLI_NR_THREADS = 'T',
	CLI_USER = 'u',
	CLI_VERBOSE = 'v',
	CLI_VERSION = 'V',
	CLI_COMPRESS = 'z',
	CLI_ASCII = 256,
	CLI_ASSERT,
	CLI_BY_CGROUP,
	CLI_COLOR,
	CLI_COMMAND, /* the word --, for --help and the manuals */
	CLI_DRY_RUN,
	CLI_DURATION,
	CLI_EVENTS,
	CLI_FEATURES,
	CLI_GROW,
	CLI_IS_DAX,
	CLI_JSON_FILE,
	CLI_LATENCY,
	CLI_LIST_FIELDS,
	CLI_LISTEN,
	CLI_MAX_TIER,
	CLI_PRETTY,
	CLI_REPAIR,
	CLI_RESIDENT,
	CLI_RING_SIZE,
	CLI_ROWS,
	CLI_RUN,
	CLI_RUN_BUILD,
	CLI_RUN_NAME,
	CLI_SEED,
	CLI_SLOTS,
	CLI_SMAPS,
	CLI_TEXTFILE,
};

/* Who takes an option: a program, or a command of one. */
enum {
	CLI_TOP = 1,
	CLI_RECORD = 2,
	CLI_REPORT = 4,
	CLI_STAT = 8,
	CLI_DOCTOR = 16,
	CLI_FAULTS = 32,
	CLI_KINDS = 64,
	CLI_TRACE = 128, /* daxtrace without a command */
	CLI_BENCH = 256, /* daxbench without a command */
	CLI_WATCH = CLI_TOP | CLI_RECORD | CLI_STAT,
};

/* How a value is given. */
enum cli_value {
	CLI_NONE,
	CLI_VALUE,    /* --name VALUE, --name=VALUE, -n VALUE */
	CLI_OPTIONAL, /* --name[=VALUE], -n[VALUE] */
	CLI_NONE_NOW, /* none, but --name=VALUE of an earlier release is still taken */
};

struct cli_option {
	enum cli_key key;
	const char *name;
	enum cli_value value;
	const char *takes; /* what the value is, as in SEC; completion goes by it */
	unsigned on;
	const char *help; /* lines of at most 55 columns */
	const char *more; /* for the manual, in addition, or instead when it begins with "="; NULL: nothing */
};

/* A spelling of an earlier release, which this one still takes. */
struct cli_old {
	const char *spelling; /* "-r" or "--read" */
	enum cli_key key;
	unsigned on;
};

struct cli_command {
	const char *program;
	const char *name; /* NULL: the program itself */
	unsigned on;
	const char *operands; /* in its first line of help; further lines begin with a newline */
	const char *what;     /* in the list of commands */
	const char *about;    /* below the first line of its help */
	const char *end;      /* below its options */
};

extern const struct cli_option cli_options[];
extern const size_t cli_nr_options;
extern const struct cli_old cli_olds[];
extern const size_t cli_nr_olds;
extern const struct cli_command cli_commands[];
extern const size_t cli_nr_commands;

/* The command @name of @program, or the program itself when NULL; NULL: there is none. */
const struct cli_command *cli_find(const char *program, const char *name);

/* The --help of a command, or of a program with the list of its commands. */
void cli_help(FILE *to, const struct cli_command *command);

/*
 * `PROGRAM help [COMMAND]`, --help and --version of a program that has commands, and what is wrong with the first
 * word: returns the command that argv[1] names, or ends the program.
 */
const struct cli_command *cli_choose(const char *program, int argc, char **argv);

struct cli {
	const struct cli_command *command;
	int argc;
	char **argv;
	struct option *longs;
	char *shorts;
};

/*
 * Begin to parse. @stop: the first word that is no option ends the options, as what follows is another program's.
 * When the command is a program, "help" as the only word is --help.
 */
void cli_begin(struct cli *cli, const struct cli_command *command, int argc, char **argv, bool stop);

/*
 * The next option, with its value in optarg, or CLI_END; the operands then begin at argv[optind]. Prints --help by
 * itself and ends the program when an option is wrong.
 */
enum cli_key cli_next(struct cli *cli);

/* Print @command's version and end the program. */
void cli_version(const struct cli_command *command) __attribute__((noreturn));

#endif

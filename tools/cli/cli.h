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
	CLI_MESSAGE = 'm',
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
	CLI_AA = 256,
	CLI_ACKS,
	CLI_ADVISORY,
	CLI_ALGORITHM,
	CLI_ALLOW_INCONCLUSIVE,
	CLI_ASCII,
	CLI_ASSERT,
	CLI_BASE,
	CLI_BETTER,
	CLI_BRANCH,
	CLI_BY_CGROUP,
	CLI_COLOR,
	CLI_COMMIT,
	CLI_DRY_RUN,
	CLI_DURATION,
	CLI_ENV,
	CLI_EVENTS,
	CLI_FALSE_DISCOVERY,
	CLI_FEATURES,
	CLI_FORMAT,
	CLI_GIT,
	CLI_GITHUB,
	CLI_GITHUB_EVENT,
	CLI_GROW,
	CLI_HEAD,
	CLI_INJECT,
	CLI_IS_DAX,
	CLI_JSON_FILE,
	CLI_JUNIT,
	CLI_KEEP_GOING,
	CLI_KTAP,
	CLI_LAST_POINT,
	CLI_LATENCY,
	CLI_LIST_FIELDS,
	CLI_LISTEN,
	CLI_MAGNITUDE,
	CLI_MARKDOWN,
	CLI_MAX_TIER,
	CLI_MODE,
	CLI_OPENMETRICS,
	CLI_ORDER,
	CLI_OTAVA_COMPAT,
	CLI_P_VALUE,
	CLI_PAIR,
	CLI_PARENT,
	CLI_PERMUTATIONS,
	CLI_PRETTY,
	CLI_RECENT,
	CLI_REPAIR,
	CLI_REPO,
	CLI_RESIDENT,
	CLI_RING_SIZE,
	CLI_ROWS,
	CLI_RUN,
	CLI_RUN_BUILD,
	CLI_RUN_NAME,
	CLI_SEED,
	CLI_SLOTS,
	CLI_SMAPS,
	CLI_STORE,
	CLI_SUBJECT,
	CLI_TEXTFILE,
	CLI_TIMESTAMP,
	CLI_WHO,
	CLI_WINDOW,
	CLI_WORKLOAD,
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

	CLI_DASH = 1 << 9, /* daxdash without a command */
	CLI_DASH_RUN = 1 << 10,
	CLI_DASH_IMPORT = 1 << 11,
	CLI_DASH_EXPORT = 1 << 12,
	CLI_DASH_ANALYZE = 1 << 13,
	CLI_DASH_GATE = 1 << 14,
	CLI_DASH_COMPARE = 1 << 15,
	CLI_DASH_EXPLAIN = 1 << 16,
	CLI_DASH_BLESS = 1 << 17,
	CLI_DASH_PAGE_DATA = 1 << 18,
	CLI_DASH_HTML = 1 << 19,
	CLI_DASH_SERVE = 1 << 20,
	CLI_DASH_SELFTEST = 1 << 21,
	CLI_DASH_GIVEN = CLI_DASH_RUN | CLI_DASH_IMPORT, /* are told which commit was measured */
	CLI_DASH_REPORTS = CLI_DASH_ANALYZE | CLI_DASH_GATE | CLI_DASH_COMPARE,
	CLI_DASH_PAGES = CLI_DASH_PAGE_DATA | CLI_DASH_HTML | CLI_DASH_SERVE,
	CLI_DASH_VERDICT = CLI_DASH_ANALYZE | CLI_DASH_GATE | CLI_DASH_EXPLAIN | CLI_DASH_PAGES,
	CLI_DASH_JUDGE = CLI_DASH_VERDICT | CLI_DASH_SELFTEST,
	CLI_DASH_STORE = CLI_DASH_JUDGE | CLI_DASH_IMPORT | CLI_DASH_EXPORT | CLI_DASH_COMPARE | CLI_DASH_BLESS,
	CLI_DASH_COMMANDS = CLI_DASH_STORE | CLI_DASH_RUN,
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

/* What the value of an option can be, where that is one of a few words. */
struct cli_choice {
	enum cli_key key;
	unsigned on;
	const char *words; /* with a space between them */
};

/* An option that a command accepts and ignores, for old scripts: not in --help, manuals and completion. */
struct cli_idle {
	enum cli_key key;
	unsigned on;
};

/*
 * A word that is no option, in the order of the command line. The usage lines of a command that has no text for them
 * are made of these, and its words are counted.
 */
struct cli_operand {
	const char *name; /* "-- NAME": what follows -- */
	unsigned on;
	size_t least, most; /* how often */
	const char *words;  /* what it can be, for completion: words, "FILE" or "COMMAND"; NULL: unknown */
	const char *help;   /* as of options; NULL: the text of the command has it */
	const char *more;
};
#define CLI_MANY ((size_t)-1)

/* A spelling of an earlier version, which this one still takes. */
struct cli_old {
	const char *spelling; /* "-r" or "--read" */
	enum cli_key key;
	unsigned on;
};

struct cli_command {
	const char *program;
	const char *name; /* NULL: the program itself */
	unsigned on;
	const char *operands; /* in its usage lines, with a newline between them; NULL: made of cli_operands */
	const char *what;     /* in the list of commands */
	const char *about;    /* below the first line of its help */
	const char *end;      /* below its options */
};

extern const struct cli_option cli_options[];
extern const size_t cli_nr_options;
extern const struct cli_choice cli_choices[];
extern const size_t cli_nr_choices;
extern const struct cli_idle cli_idles[];
extern const size_t cli_nr_idles;
extern const struct cli_operand cli_operands[];
extern const size_t cli_nr_operands;
extern const struct cli_old cli_olds[];
extern const size_t cli_nr_olds;
extern const struct cli_command cli_commands[];
extern const size_t cli_nr_commands;

/* The command @name of @program, or the program itself when NULL; NULL: there is none. */
const struct cli_command *cli_find(const char *program, const char *name);

/* Does @command stand for a program that has commands? */
bool cli_has_commands(const struct cli_command *command);

/* The words that the value of @key can be for @command; NULL: any value. */
const char *cli_words(const struct cli_command *command, enum cli_key key);

/* The usage lines of a command, as in "daxbench kinds", each with its newline; the caller frees them. */
char *cli_usage(const struct cli_command *command);

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
	const struct cli_old **olds; /* of each of longs: NULL where it is no old spelling */
	char *shorts;
};

/*
 * Begin to parse. @stop: the first word that is no option ends the options, as what follows is another program's.
 * When the command is a program, "help" as the only word is --help.
 */
void cli_begin(struct cli *cli, const struct cli_command *command, int argc, char **argv, bool stop);

/*
 * The next option, with its value in optarg, or CLI_END; the operands then begin at argv[optind], as many as the table
 * says where it has rows of them. Prints --help by itself and ends the program when something is wrong.
 */
enum cli_key cli_next(struct cli *cli);

/* Which of the words of option @key @text is, from 0. Ends the program when it is none. */
unsigned cli_choose_word(const struct cli *cli, enum cli_key key, const char *text);

/* Print @command's version and end the program. */
void cli_version(const struct cli_command *command) __attribute__((noreturn));

#endif

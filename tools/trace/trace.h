/* SPDX-License-Identifier: GPL-2.0-only */
/* trace.h - parts of daxtrace: its commands, their options, and sessions. */
#ifndef DAX_TRACE_H
#define DAX_TRACE_H

#include "cli/cli.h"
#include "collect/live.h"
#include "util/child.h"
#include "view/view.h"

/*
 * Commands: argv[0] is the name of the command, argv[-1] that of the program. They return the exit
 * status.
 */
int trace_record(int argc, char *argv[]);
int trace_report(int argc, char *argv[]);
int trace_stat(int argc, char *argv[]);

/* Set the width of text, and whether it is only ASCII, by the locale and @fd. Calls setlocale(). */
void text_opts(struct view_opts *opts, int fd);

/* What to watch, and how long. */
struct session_opts {
	__u32 *targets; /* the caller frees */
	size_t nr_targets;
	int cgroups[DAX_MAX_CGROUPS];
	size_t nr_cgroups;
	bool by_thread;
	bool all;	   /* watch all processes even if there is a command */
	char **command;	   /* NULL: none */
	const struct user *user; /* user who runs it; NULL: the current one */
	__u64 duration_ns; /* 0: until the command ends or a signal arrives */
	bool record;
	size_t ring_bytes;
	__u32 max_slots; /* 0: the default */
	enum dax_tier max_tier;
};

/* Handle an option of both record and stat. Ends the program when it is wrong. */
void session_option(struct session_opts *opts, enum cli_key key, char *arg);

/* Take the command after the options in @argv. */
void session_operands(struct session_opts *opts, int argc, char *argv[]);

struct session {
	const struct session_opts *opts;
	struct dax_live *live;
	struct loop *loop;
	struct child child;
	int command_status; /* from waitpid(), once command_ended is set */
	bool command_ended;
	bool abandon; /* end the command when we end */
	int status;   /* exit status of an error, which was reported then */
};

/*
 * Fork the command, which waits, take over signals, and begin to count. False: failed;
 * session_end() then returns the exit status.
 */
bool session_begin(struct session *session, const struct session_opts *opts);

/* Let the command run. False: as in session_begin(). */
bool session_start(struct session *session);

/*
 * Watch until the command ends, the time is over, a signal arrives, or @tick, which is called every
 * @every_ns unless it is NULL, returns a value other than 0.
 */
void session_run(struct session *session, int (*tick)(void *ctx), __u64 every_ns, void *ctx);

/* Report an error, and keep @status as exit status. Returns it. */
int session_fail(struct session *session, int status, const char *what, int err);

/* Wait for the command, free everything, and return the exit status. */
int session_end(struct session *session);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* trace.h - daxtrace's parts: its commands, their options, and the watching they share. */
#ifndef DAX_TRACE_H
#define DAX_TRACE_H

#include "cli/cli.h"
#include "collect/live.h"
#include "util/child.h"
#include "view/view.h"

/* Commands: argv[0] is the command's name, argv[-1] the program's. They return the exit status. */
int trace_record(int argc, char *argv[]);
int trace_report(int argc, char *argv[]);
int trace_stat(int argc, char *argv[]);

/* How wide text is, and whether only in ASCII, by the locale and @fd. Calls setlocale(). */
void text_opts(struct view_opts *opts, int fd);

/* Which processes to watch, and how long. */
struct session_opts {
	__u32 *targets; /* the caller frees */
	size_t nr_targets;
	int cgroups[DAX_MAX_CGROUPS];
	size_t nr_cgroups;
	bool by_thread;
	bool all;	   /* every process, although there is a command */
	char **command;	   /* NULL: none */
	const struct user *user; /* who runs it; NULL: whoever runs us */
	__u64 duration_ns; /* 0: until the command ends, or a signal comes */
	bool record;
	size_t ring_bytes;
	__u32 max_slots; /* 0: as many as there usually are */
	enum dax_tier max_tier;
};

/* An option that record and stat both have. Ends the program when it is wrong. */
void session_option(struct session_opts *opts, enum cli_key key, char *arg);

/* The command, after all options of @argv. */
void session_operands(struct session_opts *opts, int argc, char *argv[]);

struct session {
	const struct session_opts *opts;
	struct dax_live *live;
	struct loop *loop;
	struct child child;
	int command_status; /* as of waitpid(), once command_ended */
	bool command_ended;
	bool abandon; /* the command is to end with us */
	int status;   /* exit status of what went wrong; it was said then */
};

/*
 * Fork the command, which waits, take over signals, and begin to count. False: could not, and
 * session->status tells how to end, after session_end().
 */
bool session_begin(struct session *session, const struct session_opts *opts);

/* Let the command run. False as above. */
bool session_start(struct session *session);

/*
 * Watch until the command ends, the time is over, a signal comes, or @tick, which is called each
 * @every_ns unless NULL, returns something else than 0.
 */
void session_run(struct session *session, int (*tick)(void *ctx), __u64 every_ns, void *ctx);

/* Say what went wrong, and keep @status for the end. Returns it. */
int session_fail(struct session *session, int status, const char *what, int err);

/* Wait for the command, give everything back, and return the exit status. */
int session_end(struct session *session);

#endif

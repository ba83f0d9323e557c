/* SPDX-License-Identifier: GPL-2.0-only */
/* trace.h - daxtrace's parts: its commands, their options, and the watching they share. */
#ifndef DAX_TRACE_H
#define DAX_TRACE_H

#include "collect/live.h"
#include "util/child.h"
#include "view/view.h"

/* Commands: argv[0] is the command's name. They return the exit status. */
int trace_record(int argc, char *argv[]);
int trace_report(int argc, char *argv[]);
int trace_stat(int argc, char *argv[]);

/* Values of options. Each ends the program when @text is not one. */
__u64 parse_number(const char *option, const char *text, __u64 least, __u64 most);
__u64 parse_seconds(const char *option, const char *text); /* ns */
__u64 parse_size(const char *option, const char *text);	   /* bytes: a suffix K, M or G */

/* Print @text to standard output and end the program. */
void print_and_exit(const char *text) __attribute__((noreturn));

/* How wide text is, and whether only in ASCII, by the locale and @fd. Calls setlocale(). */
void text_opts(struct view_opts *opts, int fd);

/* Whom to watch, and how long. */
struct watch_opts {
	__u32 *targets; /* the caller frees */
	size_t nr_targets;
	int cgroups[DAX_MAX_CGROUPS];
	size_t nr_cgroups;
	bool by_thread;
	bool all;	   /* every process, although there is a command */
	char **command;	   /* NULL: none */
	__u64 duration_ns; /* 0: until the command ends, or a signal comes */
	bool record;
	size_t ring_bytes;
	enum dax_tier max_tier;
};

/* Add the processes of @list, "PID,PID", to the targets. */
void watch_pids(struct watch_opts *opts, char *list);

/* Watch only tasks in the cgroup at @path, and below. */
void watch_cgroup(struct watch_opts *opts, const char *path);

struct watch {
	const struct watch_opts *opts;
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
 * watch->status tells how to end, after watch_end().
 */
bool watch_begin(struct watch *watch, const struct watch_opts *opts);

/* Let the command run. False as above. */
bool watch_start(struct watch *watch);

/*
 * Watch until the command ends, the time is over, a signal comes, or @tick, which is called each
 * @every_ns unless NULL, returns something else than 0.
 */
void watch_run(struct watch *watch, int (*tick)(void *ctx), __u64 every_ns, void *ctx);

/* Say what went wrong, and keep @status for the end. Returns it. */
int watch_fail(struct watch *watch, int status, const char *what, int err);

/* Wait for the command, give everything back, and return the exit status. */
int watch_end(struct watch *watch);

#endif

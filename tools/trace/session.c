// SPDX-License-Identifier: GPL-2.0-only
/*
 * session.c - count the faults of a command, of processes or of the host, until an event ends it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include "trace/trace.h"
#include "util/err.h"
#include "util/loop.h"

#define GRACE_NS 2000000000ULL /* how long a command that also got our signal may take to end */

enum end { END_ASKED = 1, END_COMMAND, END_TIME, END_TICK };

struct tick {
	int (*fn)(void *ctx);
	void *ctx;
};

int session_fail(struct session *session, int status, const char *what, int err)
{
	warn_msg("%s: %s", what, strerror(-err));
	return session->status = status;
}

static int on_time(void *ctx, __u64 expirations)
{
	(void)ctx;
	(void)expirations;
	return END_TIME;
}

static int on_tick(void *ctx, __u64 expirations)
{
	struct tick *tick = ctx;

	(void)expirations;
	return tick->fn(tick->ctx) ? END_TICK : 0;
}

static int on_signal(void *ctx, __u64 signal)
{
	struct session *session = ctx;

	switch (signal) {
	case SIGCHLD:
		if (!session->child.pid || child_wait(&session->child, 0, &session->command_status) <= 0)
			return 0;
		session->command_ended = true;
		return END_COMMAND;
	case SIGINT:
	case SIGQUIT:
		/* The terminal sent the signal to the command too: when it ends, we end. */
		if (!session->child.pid || loop_timer(session->loop, GRACE_NS, 0, on_time, NULL))
			return END_ASKED;
		return 0;
	default:
		return END_ASKED;
	}
}

static bool open_live(struct session *session)
{
	const struct session_opts *opts = session->opts;
	struct dax_live_opts live = {
		.record = opts->record,
		.ring_bytes = opts->ring_bytes,
		.max_slots = opts->max_slots,
		.targets = opts->targets,
		.nr_targets = opts->nr_targets,
		.by_thread = opts->by_thread,
		.cgroups = opts->cgroups,
		.nr_cgroups = opts->nr_cgroups,
		.max_tier = opts->max_tier,
	};
	__u32 command = (__u32)session->child.pid;
	char err[1024];

	/* As in perf: what -p and -G name is watched as long as the command runs. */
	if (command && !opts->nr_targets && !opts->nr_cgroups && !opts->all) {
		live.targets = &command;
		live.nr_targets = 1;
	}
	if (!dax_live_open(&session->live, &live, err, sizeof(err)))
		return true;
	warn_msg("%s", err);
	session->status = DAX_EXIT_UNSUPPORTED;
	return false;
}

bool session_begin(struct session *session, const struct session_opts *opts)
{
	static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD};
	int err;

	memset(session, 0, sizeof(*session));
	session->opts = opts;
	/* Fork first, so that the command does not inherit what is set up later: signals, BPF. */
	if (opts->command) {
		err = child_prepare(&session->child, opts->command, opts->user);
		if (err) {
			session_fail(session, DAX_EXIT_UNSUPPORTED, opts->command[0], err);
			return false;
		}
	}
	/* A closed pipe is handled as a write error. */
	signal(SIGPIPE, SIG_IGN);
	session->loop = loop_new();
	err = session->loop ? loop_signals(session->loop, signals, sizeof(signals) / sizeof(*signals),
					 on_signal, session)
			  : -ENOMEM;
	if (err) {
		session_fail(session, DAX_EXIT_UNSUPPORTED, "signals", err);
		return false;
	}
	return open_live(session);
}

bool session_start(struct session *session)
{
	int err = session->child.pid ? child_start(&session->child) : 0;

	if (err)
		session_fail(session, DAX_EXIT_USAGE, session->opts->command[0], err);
	return !err;
}

void session_run(struct session *session, int (*fn)(void *ctx), __u64 every_ns, void *ctx)
{
	struct tick tick = {fn, ctx};
	int err = 0;

	if (session->opts->duration_ns)
		err = loop_timer(session->loop, session->opts->duration_ns, 0, on_time, NULL);
	if (!err && fn)
		err = loop_timer(session->loop, every_ns, every_ns, on_tick, &tick);
	if (!err)
		err = loop_run(session->loop);
	if (err < 0)
		session_fail(session, DAX_EXIT_UNSUPPORTED, "waiting", err);
	/* If we are asked to end, the command is ended too; otherwise it may run to its end. */
	session->abandon = err == END_ASKED || err < 0;
}

int session_end(struct session *session)
{
	dax_live_free(session->live);
	/* Signals work again, so the user can interrupt the wait for the command. */
	loop_free(session->loop);
	if (session->abandon || (session->child.pid && session->child.go_fd >= 0))
		child_abandon(&session->child); /* the command may not have been started */
	else if (session->child.pid && child_wait(&session->child, 1, &session->command_status) > 0)
		session->command_ended = true;
	if (session->command_ended && !session->abandon && WIFSIGNALED(session->command_status) &&
	    WTERMSIG(session->command_status) != SIGINT && WTERMSIG(session->command_status) != SIGPIPE)
		warn_msg("%s: ended by signal %d (%s)", session->opts->command[0], WTERMSIG(session->command_status),
			 strsignal(WTERMSIG(session->command_status)));
	if (!session->status && session->command_ended)
		session->status = child_exit_status(session->command_status);
	return session->status;
}

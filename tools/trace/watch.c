// SPDX-License-Identifier: GPL-2.0-only
/* watch.c - count the faults of a command, of processes or of the host, until something ends it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "trace/trace.h"
#include "util/err.h"
#include "util/loop.h"

#define GRACE_NS 2000000000ULL /* a command that got our signal too has so long to end */

enum end { END_ASKED = 1, END_COMMAND, END_TIME, END_TICK };

struct tick {
	int (*fn)(void *ctx);
	void *ctx;
};

int watch_fail(struct watch *watch, int status, const char *what, int err)
{
	warn_msg("%s: %s", what, strerror(-err));
	return watch->status = status;
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
	struct watch *watch = ctx;

	switch (signal) {
	case SIGCHLD:
		if (!watch->child.pid || child_wait(&watch->child, 0, &watch->command_status) <= 0)
			return 0;
		watch->command_ended = true;
		return END_COMMAND;
	case SIGINT:
	case SIGQUIT:
		/* From the terminal the command got it too: its end is ours. */
		if (!watch->child.pid || loop_timer(watch->loop, GRACE_NS, 0, on_time, NULL))
			return END_ASKED;
		return 0;
	default:
		return END_ASKED;
	}
}

static bool open_live(struct watch *watch)
{
	const struct watch_opts *opts = watch->opts;
	struct dax_live_opts live = {
		.record = opts->record,
		.ring_bytes = opts->ring_bytes,
		.targets = opts->targets,
		.nr_targets = opts->nr_targets,
		.by_thread = opts->by_thread,
		.cgroups = opts->cgroups,
		.nr_cgroups = opts->nr_cgroups,
		.max_tier = opts->max_tier,
	};
	__u32 command = (__u32)watch->child.pid;
	char err[1024];

	/* As with perf: what -p and -G name is watched as long as the command runs. */
	if (command && !opts->nr_targets && !opts->nr_cgroups && !opts->all) {
		live.targets = &command;
		live.nr_targets = 1;
	}
	if (!dax_live_open(&watch->live, &live, err, sizeof(err)))
		return true;
	warn_msg("%s", err);
	watch->status = DAX_EXIT_UNSUPPORTED;
	return false;
}

bool watch_begin(struct watch *watch, const struct watch_opts *opts)
{
	static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD};
	int err;

	memset(watch, 0, sizeof(*watch));
	watch->opts = opts;
	/* Forked first, so that the command has none of what comes after: signals, BPF. */
	if (opts->command) {
		err = child_prepare(&watch->child, opts->command);
		if (err) {
			watch_fail(watch, DAX_EXIT_UNSUPPORTED, opts->command[0], err);
			return false;
		}
	}
	/* A closed pipe is an error of writing like others. */
	signal(SIGPIPE, SIG_IGN);
	watch->loop = loop_new();
	err = watch->loop ? loop_signals(watch->loop, signals, sizeof(signals) / sizeof(*signals),
					 on_signal, watch)
			  : -ENOMEM;
	if (err) {
		watch_fail(watch, DAX_EXIT_UNSUPPORTED, "signals", err);
		return false;
	}
	return open_live(watch);
}

bool watch_start(struct watch *watch)
{
	int err = watch->child.pid ? child_start(&watch->child) : 0;

	if (err)
		watch_fail(watch, DAX_EXIT_USAGE, watch->opts->command[0], err);
	return !err;
}

void watch_run(struct watch *watch, int (*fn)(void *ctx), __u64 every_ns, void *ctx)
{
	struct tick tick = {fn, ctx};
	int err = 0;

	if (watch->opts->duration_ns)
		err = loop_timer(watch->loop, watch->opts->duration_ns, 0, on_time, NULL);
	if (!err && fn)
		err = loop_timer(watch->loop, every_ns, every_ns, on_tick, &tick);
	if (!err)
		err = loop_run(watch->loop);
	if (err < 0)
		watch_fail(watch, DAX_EXIT_UNSUPPORTED, "waiting", err);
	/* What was asked to end takes its command along; else that may go on to its end. */
	watch->abandon = err == END_ASKED || err < 0;
}

int watch_end(struct watch *watch)
{
	dax_live_free(watch->live);
	/* Signals work again: the user can end a wait for a command that does not end. */
	loop_free(watch->loop);
	if (watch->abandon || (watch->child.pid && watch->child.go_fd >= 0))
		child_abandon(&watch->child); /* which was perhaps never started */
	else if (watch->child.pid && child_wait(&watch->child, 1, &watch->command_status) > 0)
		watch->command_ended = true;
	if (!watch->status && watch->command_ended)
		watch->status = child_exit_status(watch->command_status);
	return watch->status;
}

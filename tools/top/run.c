// SPDX-License-Identifier: GPL-2.0-only
/* run.c - daxtop's run: samples in, frames out, until something ends it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include "collect/pace.h"
#include "model/model.h"
#include "top/top.h"
#include "util/child.h"
#include "util/err.h"
#include "util/loop.h"

#define GRACE_NS 2000000000ULL /* a command that got our signal too has so long to end */

/* Why the run ends; what failed has been said. */
enum end { END_ASKED = 1, END_COUNT, END_COMMAND, END_CLOSED, END_FAILED };

struct top {
	const struct top_opts *opts;
	struct loop *loop;
	struct dax_live *live;
	struct tui *tui;
	struct child child;
	struct output output;
	struct dax_sample *now, *before;
	struct dax_model *model;
	__u64 frames;
	int command_status;
	int status;
};

static int fail(struct top *top, int err, const char *what)
{
	tui_close(top->tui);
	top->tui = NULL;
	warn_msg("%s: %s", what, strerror(-err));
	top->status = DAX_EXIT_UNSUPPORTED;
	return END_FAILED;
}

/* Write a frame out at once, so that a reader down the pipe has it. */
static int show_text(struct top *top)
{
	int err = top->opts->view == TOP_JSON ? view_json(stdout, top->model, &top->opts->show)
					      : view_text(stdout, top->model, &top->opts->show);

	if (!err && fflush(stdout))
		err = errno ? -errno : -EIO;
	if (!err)
		return 0;
	clearerr(stdout); /* said here, with its reason */
	if (err == -EPIPE)
		return END_CLOSED;
	return fail(top, err, err == -ENOMEM ? "frame" : "standard output");
}

/* Read the counters. 0, or an end. */
static int take_sample(struct top *top)
{
	struct dax_source *source = dax_live_source(top->live);
	struct dax_sample *copy, sample;
	struct dax_model *model;
	__u64 elapsed;
	int ret = source->next(source, &sample);

	if (ret < 0)
		return fail(top, ret, "reading the counters");
	if (!ret)
		return END_ASKED;
	copy = dax_sample_copy(&sample);
	if (!copy)
		return fail(top, -ENOMEM, "sample");
	elapsed = top->now && copy->mono_ns > top->now->mono_ns ? copy->mono_ns - top->now->mono_ns
								: 0;
	model = dax_model_build(copy, top->now, elapsed);
	if (!model) {
		dax_sample_free(copy);
		return fail(top, -ENOMEM, "model");
	}
	if (top->tui)
		tui_show(top->tui, model);
	dax_model_free(top->model);
	dax_sample_free(top->before);
	top->model = model;
	top->before = top->now;
	top->now = copy;
	return 0;
}

static int next_frame(struct top *top)
{
	int end = take_sample(top);

	if (!end && !top->tui)
		end = show_text(top);
	if (!end && top->opts->frames && ++top->frames >= top->opts->frames)
		end = END_COUNT;
	return end;
}

static int on_interval(void *ctx, __u64 expirations)
{
	struct top *top = ctx;

	(void)expirations;
	return top->tui && tui_paused(top->tui) ? 0 : next_frame(top);
}

static int on_pace(void *ctx, __u64 expirations)
{
	struct top *top = ctx;
	__s64 ns = dax_live_pace(top->live);

	(void)expirations;
	/* When it fails there are fewer latencies, and no wrong ones: nothing to end for. */
	return ns > 0 ? loop_again(top->loop, on_pace, top, (__u64)ns) : 0;
}

static int on_grace(void *ctx, __u64 expirations)
{
	(void)ctx;
	(void)expirations;
	return END_ASKED;
}

static int on_signal(void *ctx, __u64 signal)
{
	struct top *top = ctx;

	switch (signal) {
	case SIGCHLD:
		if (!top->child.pid || child_wait(&top->child, 0, &top->command_status) == 0)
			return 0;
		return END_COMMAND;
	case SIGWINCH:
		if (top->tui)
			tui_resize(top->tui);
		return 0;
	case SIGTSTP:
		if (top->tui)
			tui_suspend(top->tui);
		return 0;
	case SIGINT:
	case SIGQUIT:
		/* From the terminal the command got it too: its end is ours. */
		if (!top->child.pid || loop_timer(top->loop, GRACE_NS, 0, on_grace, top))
			return END_ASKED;
		return 0;
	default:
		return END_ASKED;
	}
}

static int on_key(void *ctx, __u64 events)
{
	struct top *top = ctx;

	if (events & (POLLHUP | POLLERR | POLLNVAL))
		return END_ASKED;
	return tui_keys(top->tui) == TUI_QUIT ? END_ASKED : 0;
}

static int on_output(void *ctx, __u64 events)
{
	struct top *top = ctx;

	(void)events;
	if (!output_read(&top->output))
		loop_forget(top->loop, top->output.fd);
	return 0;
}

/* The command is forked first, so that it has none of what comes after: signals, BPF, screen. */
static int prepare_command(struct top *top)
{
	bool screen = top->opts->view == TOP_SCREEN;
	int err = 0;

	top->output.fd = -1;
	if (!top->opts->command)
		return 0;
	if (screen)
		err = output_divert(&top->output);
	if (!err)
		err = child_prepare(&top->child, top->opts->command);
	if (screen)
		output_restore(&top->output);
	if (err)
		return fail(top, err, top->opts->command[0]);
	return 0;
}

static int open_live(struct top *top)
{
	struct dax_live_opts live = {
		.targets = top->opts->targets,
		.nr_targets = top->opts->nr_targets,
		.max_tier = top->opts->max_tier,
		.sample_latency = !top->opts->time_all,
	};
	char err[1024];

	if (top->child.pid)
		top->opts->targets[live.nr_targets++] = (__u32)top->child.pid;
	if (!dax_live_open(&top->live, &live, err, sizeof(err)))
		return 0;
	warn_msg("%s", err);
	top->status = DAX_EXIT_UNSUPPORTED;
	return END_FAILED;
}

static int open_screen(struct top *top)
{
	struct tui_opts opts = {
		.sort = top->opts->show.sort,
		.reverse = top->opts->show.reverse,
		.color = top->opts->color,
		.ascii = top->opts->show.ascii,
	};
	char err[256] = "out of memory";

	if (top->opts->view != TOP_SCREEN || !tui_open(&top->tui, &opts, err, sizeof(err)))
		return 0;
	warn_msg("%s", err);
	top->status = DAX_EXIT_UNSUPPORTED;
	return END_FAILED;
}

static int open_loop(struct top *top)
{
	/* Without a screen the last two have nothing to do. */
	static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD, SIGWINCH, SIGTSTP};
	size_t nr = sizeof(signals) / sizeof(signals[0]);
	int err;

	top->loop = loop_new();
	if (!top->loop)
		return fail(top, -ENOMEM, "loop");
	/* A closed pipe is seen when writing to it, and ends the run as any other end does. */
	signal(SIGPIPE, SIG_IGN);
	if (top->opts->view != TOP_SCREEN)
		nr -= 2;
	err = loop_signals(top->loop, signals, nr, on_signal, top);
	return err ? fail(top, err, "signals") : 0;
}

static int start(struct top *top)
{
	__u64 every = top->opts->interval_ns;
	int err = loop_timer(top->loop, every, every, on_interval, top);

	if (!err && !top->opts->time_all)
		err = loop_timer(top->loop, PACE_CALM_NS, 0, on_pace, top);
	if (!err && top->tui && tui_fd(top->tui) >= 0)
		err = loop_fd(top->loop, tui_fd(top->tui), on_key, top);
	if (!err && top->output.fd >= 0)
		err = loop_fd(top->loop, top->output.fd, on_output, top);
	if (err)
		return fail(top, err, "loop");
	if (!top->child.pid)
		return 0;
	err = child_start(&top->child);
	if (!err)
		return 0;
	fail(top, err, top->opts->command[0]);
	top->status = DAX_EXIT_USAGE;
	return END_FAILED;
}

/* The last interval, and the command's status or end. The screen's last numbers stay as text. */
static void finish(struct top *top, int end)
{
	bool screen = top->tui != NULL;

	if (end < 0)
		end = fail(top, end, "waiting");
	if ((end == END_ASKED || end == END_COMMAND) && top->now)
		end = take_sample(top) ? END_FAILED : end;
	tui_close(top->tui);
	top->tui = NULL;
	output_print(&top->output);
	if ((end == END_ASKED || end == END_COMMAND) && top->model &&
	    (!screen || top->opts->command))
		show_text(top);
	if (end == END_COMMAND && !top->status)
		top->status = child_exit_status(top->command_status);
	/* Signals work again: the user can end a wait for a command that does not end. */
	loop_free(top->loop);
	child_abandon(&top->child);
	dax_live_free(top->live);
	dax_model_free(top->model);
	dax_sample_free(top->now);
	dax_sample_free(top->before);
}

int top_run(struct top_opts *opts)
{
	struct top top = {.opts = opts};
	int end = prepare_command(&top);

	if (!end)
		end = open_loop(&top);
	if (!end)
		end = open_live(&top);
	if (!end)
		end = open_screen(&top);
	if (!end)
		end = take_sample(&top); /* where counting starts */
	if (!end)
		end = start(&top);
	if (!end)
		end = loop_run(top.loop);
	finish(&top, end);
	return top.status;
}

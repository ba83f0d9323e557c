// SPDX-License-Identifier: GPL-2.0-only
/* run.c - the main part of daxtop: read samples and show frames, until an event ends it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <time.h>
#include "collect/latency-sampling.h"
#include "http/server.h"
#include "model/model.h"
#include "proc/resident-source.h"
#include "recording/replay.h"
#include "top/parse-time.h"
#include "top/publish.h"
#include "top/top.h"
#include "util/child.h"
#include "util/clock.h"
#include "util/err.h"
#include "util/loop.h"
#include "view/recording.h"

#define FRESH_NS 1000000000ULL /* figures younger than this are not read again for a request */
#define GRACE_NS 2000000000ULL /* how long a command that also got our signal may take to end */

/* Why the run ends; an error was reported. */
enum end { END_ASKED = 1, END_COUNT, END_COMMAND, END_CLOSED, END_RECORDED, END_FAILED };

struct top {
	const struct top_opts *opts;
	struct loop *loop;
	struct dax_live *live;
	struct dax_source *source; /* source of the frames */
	struct rec_reader *reader; /* a recording; NULL: the running kernel */
	struct tui *tui;
	struct publish *publish; /* NULL: no figures are provided */
	int end;		 /* reason to end that occurred during a request for figures; 0: none */
	struct child child;
	struct output output;
	struct dax_sample *now, *before;
	struct dax_model *model;
	__u64 frame;  /* of a recording: number of the sample that is shown, ... */
	__u64 last;   /* ... and of the last one */
	__u64 frames; /* frames shown so far */
	bool damaged;
	char damage[512]; /* which part of the recording could not be read */
	int command_status;
	int status;
};

static int top_fail(struct top *top, int err, const char *what)
{
	tui_close(top->tui);
	top->tui = NULL;
	warn_msg("%s: %s", what, strerror(-err));
	top->status = DAX_EXIT_UNSUPPORTED;
	return END_FAILED;
}

static int show_figures(struct top *top)
{
	char what[4352] = "figures";
	int err = publish_model(top->publish, top->model, what, sizeof(what));

	return err ? top_fail(top, err, what) : 0;
}

/* Flush each frame, so that a reader of the pipe gets it. */
static int show_text(struct top *top)
{
	struct view_opts show = top->opts->show;
	int err = 0;

	if (top->publish)
		return show_figures(top);
	show.recording = top->opts->recording;
	if (top->opts->view == TOP_JSON && top->reader) {
		show.extra = recording_json(top->reader);
		err = show.extra ? 0 : -ENOMEM;
	}
	if (!err)
		err = top->opts->view == TOP_JSON ? view_json(stdout, top->model, &show)
						  : view_text(stdout, top->model, &show);
	json_decref(show.extra);

	if (!err && fflush(stdout))
		err = errno ? -errno : -EIO;
	if (!err)
		return 0;
	clearerr(stdout); /* reported here, with its reason */
	if (err == -EPIPE)
		return END_CLOSED;
	return top_fail(top, err, err == -ENOMEM ? "frame" : "standard output");
}

/* Read the counters into memory of our own. Returns 0, or a reason to end. */
static int read_sample(struct top *top, struct dax_sample **out)
{
	struct dax_sample sample;
	int ret;

	if (top->tui && !top->reader)
		resident_select(top->source, tui_details(top->tui));
	ret = top->source->next(top->source, &sample);
	if (ret < 0)
		return top_fail(top, ret, "reading the counters");
	if (!ret)
		return END_RECORDED;
	*out = dax_sample_copy(&sample);
	return *out ? 0 : top_fail(top, -ENOMEM, "sample");
}

/* Show @now, with @before (or NULL) as the sample before it. Takes both over. */
static int show_sample(struct top *top, struct dax_sample *before, struct dax_sample *now)
{
	__u64 elapsed =
		before && now->mono_ns > before->mono_ns ? now->mono_ns - before->mono_ns : 0;
	struct dax_model *model = dax_model_build(now, before, elapsed);

	if (top->tui && model) {
		tui_at_end(top->tui, top->reader && top->frame >= top->last);
		tui_show(top->tui, model);
	}
	/* Nothing refers to the old ones any more. */
	dax_model_free(top->model);
	if (top->before != before)
		dax_sample_free(top->before);
	if (top->now != before)
		dax_sample_free(top->now);
	top->model = model;
	top->before = before;
	top->now = now;
	return model ? 0 : top_fail(top, -ENOMEM, "model");
}

static int take_sample(struct top *top)
{
	struct dax_sample *now;
	int end = read_sample(top, &now);

	if (end)
		return end;
	top->frame += top->now != NULL;
	return show_sample(top, top->now, now);
}

/* Show another frame of the recording, with the one before it. */
static int seek_frame(struct top *top, __u64 frame)
{
	struct dax_sample *before, *now;
	int end;

	frame = frame < 1 ? 1 : frame > top->last ? top->last : frame;
	if (frame == top->frame)
		return 0;
	rec_source_seek(top->source, frame - 1);
	end = read_sample(top, &before);
	if (end)
		return end;
	end = read_sample(top, &now);
	if (end) {
		dax_sample_free(before);
		return end;
	}
	top->frame = frame;
	return show_sample(top, before, now);
}

static int jump_frame(struct top *top)
{
	const struct rec_state *state = rec_state(top->reader);
	__u64 every = top->opts->interval_ns, ns;
	bool good = parse_time(tui_jump(top->tui), rec_real_ns(top->reader, state->first_ns),
			      state->last_ns - state->first_ns, &ns);

	tui_jumped(top->tui, good);
	return good ? seek_frame(top, ns / every + (ns % every > 0)) : 0;
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
	int end;

	(void)expirations;
	if (top->tui && tui_paused(top->tui))
		return 0;
	end = next_frame(top);
	/* A user at the screen can still look at the last frame. */
	return (top->tui || top->opts->listen) && end == END_RECORDED ? 0 : end;
}

/* Read current figures for a request. A recording has its own time. */
static void refresh(void *ctx)
{
	struct top *top = ctx;

	if (top->reader || top->end || clock_ns(CLOCK_MONOTONIC) - top->now->mono_ns < FRESH_NS)
		return;
	top->end = take_sample(top);
	if (!top->end)
		top->end = show_figures(top);
}

static int on_http(void *ctx, __u64 events)
{
	struct top *top = ctx;

	(void)events;
	publish_run(top->publish);
	return top->end;
}

static int on_pace(void *ctx, __u64 expirations)
{
	struct top *top = ctx;
	__s64 ns = dax_live_schedule_timing(top->live);

	(void)expirations;
	/* On an error there are fewer latencies, but no wrong ones: no reason to end. */
	return ns > 0 ? loop_again(top->loop, on_pace, top, (__u64)ns) : 0;
}

static int on_look(void *ctx, __u64 expirations)
{
	struct top *top = ctx;

	(void)expirations;
	dax_live_refresh_names(top->live);
	return 0;
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
		/* The terminal sent the signal to the command too: when it ends, we end. */
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

	int end = 0;

	if (events & (POLLHUP | POLLERR | POLLNVAL))
		return END_ASKED;
	if (!tui_has_keys(top->tui)) {
		loop_forget(top->loop, tui_fd(top->tui));
		return 0;
	}
	while (!end)
		switch (tui_keys(top->tui)) {
		case TUI_GO_ON:
			return 0;
		case TUI_QUIT:
			return END_ASKED;
		case TUI_NEXT_FRAME:
			end = seek_frame(top, top->frame + 1);
			break;
		case TUI_PREVIOUS_FRAME:
			end = seek_frame(top, top->frame - (top->frame > 0));
			break;
		case TUI_FIRST_FRAME:
			end = seek_frame(top, 1);
			break;
		case TUI_LAST_FRAME:
			end = seek_frame(top, top->last);
			break;
		case TUI_JUMP:
			end = jump_frame(top);
			break;
		}
	return end;
}

static int on_output(void *ctx, __u64 events)
{
	struct top *top = ctx;

	(void)events;
	if (!output_read(&top->output))
		loop_forget(top->loop, top->output.fd);
	return 0;
}

/*
 * Fork the command first, so that it does not inherit what is set up later: signals, BPF, screen.
 */
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
		err = child_prepare(&top->child, top->opts->command, top->opts->user);
	if (screen)
		output_restore(&top->output);
	if (err)
		return top_fail(top, err, top->opts->command[0]);
	return 0;
}

static int open_live(struct top *top)
{
	struct dax_live_opts live = {
		.targets = top->opts->targets,
		.nr_targets = top->opts->nr_targets,
		.max_slots = top->opts->max_slots,
		.by_thread = top->opts->threads,
		.cgroups = top->opts->cgroups,
		.nr_cgroups = top->opts->nr_cgroups,
		.max_tier = top->opts->max_tier,
		.sample_latency = !top->opts->time_all,
		.mapped = true,
	};
	char err[1024];

	/* As in daxtrace: what -G names is watched as long as the command runs. */
	if (top->child.pid && !live.nr_cgroups)
		top->opts->targets[live.nr_targets++] = (__u32)top->child.pid;
	if (dax_live_open(&top->live, &live, err, sizeof(err))) {
		warn_msg("%s", err);
		top->status = DAX_EXIT_UNSUPPORTED;
		return END_FAILED;
	}
	top->source = resident_source(dax_live_source(top->live), live.targets, live.nr_targets,
				      live.nr_targets || top->opts->resident);
	if (!top->source)
		return top_fail(top, -ENOMEM, "sample");
	resident_below(top->source, dax_live_mapped, top->live);
	return 0;
}

/* A recording needs no privilege and no BPF. */
static int open_recording(struct top *top)
{
	const char *path = top->opts->recording;
	char err[512];
	int ret = rec_open(&top->reader, path, err, sizeof(err));

	if (ret) {
		warn_msg("%s: %s", path, err);
		top->status = ret == -ENOMEM ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE;
		return END_FAILED;
	}
	top->damaged = recording_damage(rec_state(top->reader), top->damage, sizeof(top->damage));
	if (top->damaged && top->opts->view != TOP_SCREEN)
		warn_msg("%s: %s", path, top->damage);
	top->source = rec_source(top->reader, top->opts->interval_ns);
	if (!top->source)
		return top_fail(top, -ENOMEM, path);
	if (top->opts->threads)
		rec_by_thread(top->source);
	top->last = rec_source_last(top->source);
	return 0;
}

static int open_screen(struct top *top)
{
	struct tui_opts opts = {
		.sort = top->opts->show.sort,
		.reverse = top->opts->show.reverse,
		.color = top->opts->color,
		.ascii = top->opts->show.ascii,
		.recording = top->opts->recording,
		.damaged = top->damaged,
	};
	char err[256] = "out of memory";

	int ret = top->opts->view == TOP_SCREEN ? tui_open(&top->tui, &opts, err, sizeof(err)) : 0;

	if (!ret)
		return 0;
	if (ret == -EINTR)
		return END_ASKED;
	warn_msg("%s", err);
	top->status = DAX_EXIT_UNSUPPORTED;
	return END_FAILED;
}

static int open_figures(struct top *top)
{
	struct publish_opts opts = {
		.listen = top->opts->listen,
		.textfile = top->opts->textfile,
		.cgroups = top->opts->by_cgroup,
		.refresh = refresh,
		.ctx = top,
	};
	char err[4352];

	if (top->opts->view != TOP_FIGURES)
		return 0;
	top->status = publish_open(&top->publish, &opts, err, sizeof(err));
	if (!top->status)
		return 0;
	warn_msg("%s", err);
	return END_FAILED;
}

static int start_figures(struct top *top)
{
	int err = show_figures(top);

	if (err || !top->opts->listen)
		return err;
	err = loop_fd(top->loop, publish_fd(top->publish), on_http, top);
	if (!err)
		err = loop_timer(top->loop, HTTP_TICK_NS, HTTP_TICK_NS, on_http, top);
	if (err)
		return top_fail(top, err, "loop");
	warn_msg("figures are at %smetrics", publish_url(top->publish));
	return 0;
}

static int open_loop(struct top *top)
{
	/* Without a screen the last two are not needed. */
	static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD, SIGWINCH, SIGTSTP};
	size_t nr = sizeof(signals) / sizeof(signals[0]);
	int err;

	top->loop = loop_new();
	if (!top->loop)
		return top_fail(top, -ENOMEM, "loop");
	/* A closed pipe is found when writing to it, and ends the run normally. */
	signal(SIGPIPE, SIG_IGN);
	if (top->opts->view != TOP_SCREEN)
		nr -= 2;
	err = loop_signals(top->loop, signals, nr, on_signal, top);
	return err ? top_fail(top, err, "signals") : 0;
}

static int start(struct top *top)
{
	/* The text of a recording is written as fast as it can be read. */
	__u64 every = top->reader && !top->tui && !top->opts->listen ? 1 : top->opts->interval_ns;
	int err = loop_timer(top->loop, every, every, on_interval, top);

	if (!err && top->live && !top->opts->time_all)
		err = loop_timer(top->loop, SAMPLING_CALM_NS, 0, on_pace, top);
	if (!err && top->live)
		err = loop_timer(top->loop, DAX_LOOK_NS, DAX_LOOK_NS, on_look, top);
	if (!err && top->tui && tui_fd(top->tui) >= 0)
		err = loop_fd(top->loop, tui_fd(top->tui), on_key, top);
	if (!err && top->output.fd >= 0)
		err = loop_fd(top->loop, top->output.fd, on_output, top);
	if (err)
		return top_fail(top, err, "loop");
	if (top->publish && start_figures(top))
		return END_FAILED;
	if (!top->child.pid)
		return 0;
	err = child_start(&top->child);
	if (!err)
		return 0;
	top_fail(top, err, top->opts->command[0]);
	top->status = DAX_EXIT_USAGE;
	return END_FAILED;
}

/*
 * Show the last interval, and handle the command's status or end. The last numbers of the screen
 * stay as text.
 */
static void finish(struct top *top, int end)
{
	bool screen = top->tui != NULL;

	if (end < 0)
		end = top_fail(top, end, "waiting");
	if (!top->reader && (end == END_ASKED || end == END_COMMAND) && top->now)
		end = take_sample(top) ? END_FAILED : end;
	tui_close(top->tui);
	top->tui = NULL;
	output_print(&top->output);
	if (screen && top->damaged)
		warn_msg("%s: %s", top->opts->recording, top->damage);
	if (!top->reader && (end == END_ASKED || end == END_COMMAND) && top->model &&
	    (!screen || top->opts->command))
		show_text(top);
	if (end == END_COMMAND && !top->status)
		top->status = child_exit_status(top->command_status);
	/* Signals work again, so the user can interrupt the wait for the command. */
	loop_free(top->loop);
	child_abandon(&top->child);
	if (top->source)
		top->source->free(top->source);
	publish_free(top->publish);
	rec_free(top->reader);
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
		end = open_figures(&top);
	if (!end)
		end = opts->recording ? open_recording(&top) : open_live(&top);
	if (!end)
		end = open_screen(&top);
	if (!end)
		end = take_sample(&top); /* counting begins here */
	if (!end)
		end = start(&top);
	if (!end)
		end = loop_run(top.loop);
	finish(&top, end);
	return top.status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* loop.c - one poll() loop over signals, timers and descriptors; no code runs in signal context. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "util/loop.h"

#define MAX_SOURCES 8
#define NSEC	    1000000000ULL

enum kind { SIGNALS, TIMER, DESCRIPTOR };

struct source {
	enum kind kind;
	loop_fn fn;
	void *ctx;
};

struct loop {
	struct source source[MAX_SOURCES];
	struct pollfd poll[MAX_SOURCES];
	nfds_t nr;
	sigset_t before;
	bool masked;
	bool job; /* in the background of a script: the terminal's keys are not meant for us */
};

struct loop *loop_new(void)
{
	return calloc(1, sizeof(struct loop));
}

void loop_free(struct loop *loop)
{
	nfds_t i;

	if (!loop)
		return;
	for (i = 0; i < loop->nr; i++)
		if (loop->source[i].kind != DESCRIPTOR)
			close(loop->poll[i].fd);
	if (loop->masked)
		sigprocmask(SIG_SETMASK, &loop->before, NULL);
	free(loop);
}

static int add(struct loop *loop, enum kind kind, int fd, loop_fn fn, void *ctx)
{
	if (loop->nr == MAX_SOURCES)
		return -ENOSPC;
	loop->source[loop->nr] = (struct source){.kind = kind, .fn = fn, .ctx = ctx};
	loop->poll[loop->nr] = (struct pollfd){.fd = fd, .events = POLLIN};
	loop->nr++;
	return 0;
}

static bool ignored(int signal)
{
	struct sigaction action;

	return !sigaction(signal, NULL, &action) && action.sa_handler == SIG_IGN;
}

int loop_signals(struct loop *loop, const int *signals, size_t nr, loop_fn fn, void *ctx)
{
	sigset_t set;
	size_t i;
	int fd, err;

	sigemptyset(&set);
	/*
	 * A script's background job has no process group of its own, and no terminal to read from.
	 */
	loop->job = ignored(SIGINT) && getpgrp() != getpid() && !isatty(STDIN_FILENO);
	for (i = 0; i < nr; i++)
		if (signals[i] != SIGHUP || !ignored(SIGHUP))
			sigaddset(&set, signals[i]);
	if (loop->nr == MAX_SOURCES)
		return -ENOSPC;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (sigprocmask(SIG_BLOCK, &set, &loop->before)) {
		err = -errno;
		close(fd);
		return err;
	}
	loop->masked = true;
	return add(loop, SIGNALS, fd, fn, ctx);
}

static int set_timer(int fd, __u64 first_ns, __u64 every_ns)
{
	struct itimerspec when = {
		.it_value = {.tv_sec = first_ns / NSEC, .tv_nsec = first_ns % NSEC},
		.it_interval = {.tv_sec = every_ns / NSEC, .tv_nsec = every_ns % NSEC},
	};

	return timerfd_settime(fd, 0, &when, NULL) ? -errno : 0;
}

int loop_timer(struct loop *loop, __u64 first_ns, __u64 every_ns, loop_fn fn, void *ctx)
{
	int fd, err;

	if (loop->nr == MAX_SOURCES)
		return -ENOSPC;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	err = set_timer(fd, first_ns, every_ns);
	if (!err)
		err = add(loop, TIMER, fd, fn, ctx);
	if (err)
		close(fd);
	return err;
}

int loop_again(struct loop *loop, loop_fn fn, void *ctx, __u64 ns)
{
	nfds_t i;

	for (i = 0; i < loop->nr; i++)
		if (loop->source[i].kind == TIMER && loop->source[i].fn == fn &&
		    loop->source[i].ctx == ctx)
			return set_timer(loop->poll[i].fd, ns, 0);
	return -ENOENT;
}

int loop_fd(struct loop *loop, int fd, loop_fn fn, void *ctx)
{
	return add(loop, DESCRIPTOR, fd, fn, ctx);
}

void loop_forget(struct loop *loop, int fd)
{
	nfds_t i;

	for (i = 0; i < loop->nr; i++)
		if (loop->source[i].kind == DESCRIPTOR && loop->poll[i].fd == fd)
			loop->poll[i].fd = -1; /* poll() ignores it */
}

/*
 * Read what made the source ready. Returns 1 and sets *what, or 0 when there is nothing after all.
 */
static int take(const struct loop *loop, nfds_t i, __u64 *what)
{
	struct signalfd_siginfo info;
	ssize_t got;

	switch (loop->source[i].kind) {
	case SIGNALS:
		got = read(loop->poll[i].fd, &info, sizeof(info));
		if (got == sizeof(info))
			*what = info.ssi_signo;
		/*
		 * A script starts its background jobs with SIGINT and SIGQUIT ignored, so Ctrl-C is
		 * not meant for them. Signals sent by kill(1) are.
		 */
		if (got > 0 && loop->job && info.ssi_code == SI_KERNEL &&
		    (info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT))
			return 0;
		break;
	case TIMER:
		got = read(loop->poll[i].fd, what, sizeof(*what));
		break;
	default:
		*what = (__u64)loop->poll[i].revents;
		return 1;
	}
	if (got > 0)
		return 1;
	return got < 0 && errno != EAGAIN && errno != EINTR ? -errno : 0;
}

int loop_run(struct loop *loop)
{
	for (;;) {
		nfds_t i;

		if (poll(loop->poll, loop->nr, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		for (i = 0; i < loop->nr; i++) {
			__u64 what = 0;
			int ret;

			if (!loop->poll[i].revents)
				continue;
			ret = take(loop, i, &what);
			if (ret > 0)
				ret = loop->source[i].fn(loop->source[i].ctx, what);
			if (ret)
				return ret;
		}
	}
}

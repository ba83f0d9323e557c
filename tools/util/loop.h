/* SPDX-License-Identifier: GPL-2.0-only */
/* loop.h - one poll() loop over signals, timers and descriptors; no code runs in signal context. */
#ifndef DAX_UTIL_LOOP_H
#define DAX_UTIL_LOOP_H

#include <stddef.h>
#include <linux/types.h>

struct loop;

/*
 * Called when a source is ready. @what is the number of the signal, how often the timer expired
 * since the last call, or the poll() events of the descriptor. Return 0 to continue; any other
 * value ends loop_run(), which returns it.
 */
typedef int (*loop_fn)(void *ctx, __u64 what);

/* NULL when out of memory. Free accepts NULL; it restores the signal mask. */
struct loop *loop_new(void);
void loop_free(struct loop *loop);

/*
 * Receive @signals as events. They are blocked until loop_free(), so call child_prepare() before,
 * and start no thread before. SIGHUP stays ignored if it was (nohup). At most once for each loop.
 */
int loop_signals(struct loop *loop, const int *signals, size_t nr, loop_fn fn, void *ctx);

/* Call @fn first after @first_ns (at least 1), then every @every_ns; 0: only once. */
int loop_timer(struct loop *loop, __u64 first_ns, __u64 every_ns, loop_fn fn, void *ctx);

/* Call @fn of @ctx, a timer of this loop, again after @ns (at least 1). */
int loop_again(struct loop *loop, loop_fn fn, void *ctx, __u64 ns);

/* Call @fn while @fd is readable or hung up. The descriptor stays the caller's. */
int loop_fd(struct loop *loop, int fd, loop_fn fn, void *ctx);

/* Stop polling @fd. May be called from its own @fn. */
void loop_forget(struct loop *loop, int fd);

/* All functions that add a source return 0 or a negative errno (-ENOSPC: more than 8 sources). */

/* Run until a source returns non-zero, or a negative errno of poll() or read(). */
int loop_run(struct loop *loop);

#endif

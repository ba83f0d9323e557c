/* SPDX-License-Identifier: GPL-2.0-only */
/* stand.h - the collector as the tools open it, with the player beside, and threads that let it
 * play. */
#ifndef LONG_STAND_H
#define LONG_STAND_H

#include "collect/live.h"
#include "script.h"

struct stand {
	struct dax_live *live;
	bool begins;		/* the tools attach to the begin of 4 KiB faults */
	__u32 nr;		/* events of the script */
	__u64 plays[LOOP_CPUS]; /* so far */
	__u64 elapsed_ns;	/* of the last run */
	__u64 cpu_ns[LOOP_CPUS];
	const struct dax_cell *recorded; /* fault latencies, from the rings; NULL: the cells have them */
};

/* 0, or 1 after saying why this machine cannot do it. */
int stand_open(struct stand *stand, const struct dax_live_opts *opts, char *err, size_t size);
void stand_close(struct stand *stand);

/* The walks begin anew. */
void stand_script(struct stand *stand, const struct script *script);

/* Play the script @plays times on each CPU whose bit is in @cpus, at once. */
void stand_play(struct stand *stand, __u64 plays, unsigned int cpus);

/*
 * script_move(), @rounds times: a task ends on the second CPU what it began on the first one, and at that
 * moment another task faults on the first.
 */
void stand_move(struct stand *stand, const struct script *script, __u64 rounds);

/* @nr plain 4 KiB faults on each of these CPUs; see cpu_ns. */
void stand_plain(struct stand *stand, __u64 nr, unsigned int cpus, enum loop_plain what);

/* The state that has to be back at nothing when no fault is on. */
bool stand_at_rest(struct stand *stand);

void stand_sample(struct stand *stand, struct dax_sample *sample);

/* The counts of file @ino; of what found no slot when 0. Zeroes when there is none. */
void stand_row(struct stand *stand, __u64 ino, struct dax_cell *cell);

/* Set every counter of the first cell of @slot to @value, a little less for each, but the maxima.
 */
void stand_preset(struct stand *stand, __u32 slot, __u64 value);

void stand_epochs(struct stand *stand, __u64 range, __u64 watch);
__u64 stand_watch_epoch(struct stand *stand);

#endif

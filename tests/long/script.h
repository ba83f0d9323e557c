/* SPDX-License-Identifier: GPL-2.0-only */
/* script.h - faults of every kind as events of the player, and what each of them has to be counted
 * as. */
#ifndef LONG_SCRIPT_H
#define LONG_SCRIPT_H

#include <stdbool.h>
#include <linux/types.h>
#include "dax_wire.h"
#include "loop.h"

/* Ranges that a walk goes through, the same on both CPUs or each CPU its own. */
struct walk {
	__u64 ranges;	/* of each CPU: 0 no walk */
	__u32 per_step; /* steps in one range */
	__u32 steps;	/* taken in one play of the script */
	bool own;	/* no CPU comes into the other's */
	bool pmd;	/* it is served at 2 MiB */
	bool mixed;	/* first at 4 KiB, which nobody had tried, then at 2 MiB */
};

struct script {
	struct loop_event ev[LOOP_MAX_EVENTS];
	__u32 nr;
	/* What one play of it adds, on one CPU: to the file's cell, and to slot 0. */
	struct dax_cell each, outside;
	__u64 timed[DAX_NR_CLASSES];
	/* What its first play adds besides, whoever plays it. */
	__u64 touched, served;
	struct walk walk[LOOP_WALKS];
	struct loop_event next; /* what the next event begins as */
	__u32 part[2]; /* of script_move(): where the second half begins, and the other task's fault */
	bool begins;		/* the begin of 4 KiB faults is seen */
};

/* All kinds of faults and all that can happen in them; @plain reads of 4 KiB among them. */
void script_all(struct script *s, bool begins, __u32 plain);

/* One read of 4 KiB in a new chunk of the range hash each time, of @chunks. */
void script_chunks(struct script *s, bool begins, __u64 chunks);

/* One read of 4 KiB in another file each time, of @files. */
void script_files(struct script *s, bool begins, __u64 files);

/* A fallback in the range that script_files() reads. */
void script_fall(struct script *s, bool begins);

/* The two halves of a MAP_SYNC write, for one task on two CPUs, and a plain read for another task. */
void script_move(struct script *s, bool begins);

/* All of it happens in file @ino instead. */
void script_of_file(struct script *s, __u64 ino);

__u64 script_faults(const struct script *s);

/*
 * What @plays plays on each of @cpus CPUs at once have to be counted as, in @cell and @outside.
 * Unless it is the @first time, no range is new.
 */
void script_caused(const struct script *s, __u64 plays, __u32 cpus, bool first,
		   struct dax_cell *cell, struct dax_cell *outside, __u64 timed[DAX_NR_CLASSES]);

#endif

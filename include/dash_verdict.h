/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dash_verdict.h - the contract between the judge and the reports: what became of each series, which
 * of its points are outliers, where it changed, and whether a job has to fail.
 */
#ifndef DASH_VERDICT_H
#define DASH_VERDICT_H

#include "dash_history.h"

enum dash_verdict {
	DASH_PASS,
	DASH_IMPROVED,	   /* changed for the better, or by what nobody calls worse */
	DASH_ACKNOWLEDGED, /* worse, and accepted with a reason */
	DASH_RERUN,	   /* an alarm that rests on the last point alone, or on another machine */
	DASH_UNJUDGED,	   /* see enum dash_unjudged */
	DASH_REGRESSION,
	DASH_NR_VERDICTS,
};

/* Why a series could not be judged. */
enum dash_unjudged {
	DASH_JUDGED,
	DASH_FEW,     /* not enough runs */
	DASH_LOST,    /* every run that counts had lost events */
	DASH_MACHINE, /* the other runs were made on other machines */
	DASH_DRIFT,   /* the environment drifts: neighbours are alike */
	DASH_MISSING, /* the commit that is judged has no value */
	DASH_NR_UNJUDGED,
};

/* What is true of a point beside its value. */
#define DASH_POINT_OUTLIER 1U /* alone among its neighbours: left out */
#define DASH_POINT_LOST	   2U /* of runs that lost events: left out */
#define DASH_POINT_MACHINE 4U /* of another machine than the newest: left out of noisy series */

/* All runs of one commit on one kind of machine. */
struct dash_point {
	__u32 commit, env; /* indices into the history's lists */
	__u32 n;	   /* runs */
	unsigned flags;
	double value; /* median of the runs; of a ratio the sum of num by the sum of den */
	double lo, hi; /* least and greatest of the runs */
	__u64 num, den; /* den 0: no ratio */
	__u32 sample, nr_samples; /* which of the series' samples */
};

/* Somebody took responsibility for a change: kept in a file of the repository. */
struct dash_ack {
	char *sha;    /* at least 7 digits of a commit */
	char *metric; /* shell pattern of WORKLOAD/METRIC */
	char *reason;
	char *who; /* NULL: not said */
};

enum dash_change_state {
	DASH_CHANGE_WEAK,  /* a step below the floors, or not clear: for the eye */
	DASH_CHANGE_SHOWN, /* clear, but on too few runs, old, drifting or advisory */
	DASH_CHANGE_RERUN,
	DASH_CHANGE_ACK,
	DASH_CHANGE_FAIL,
	DASH_NR_CHANGE_STATES,
};

struct dash_change {
	__u32 point;	      /* first of the new level */
	__u32 lo, hi;	      /* commits that may have done it: indices into the commits */
	double before, after; /* medians */
	double shift;	      /* after - before in the metric's unit; ratios: points of 0.01 */
	double rel;	      /* shift by before; NaN: before is 0, or a ratio */
	double p, q, ps;      /* NaN: not tested (exact) */
	double shape;	      /* only the distribution changed: its Hellinger distance; 0: the level did */
	bool worse;
	enum dash_change_state state;
	__u32 event; /* index into the events; ~0: in none */
	const char *ack; /* its reason; NULL: none; owned by the acknowledgements */
};

/* One rung of the ladder that led to the verdict, for explain and the page. */
struct dash_step {
	char *what, *found;
	bool passed;
};

struct dash_judged {
	const struct dash_series *series;
	enum dash_verdict verdict;
	enum dash_unjudged unjudged;
	char *reason; /* one sentence */
	struct dash_point *point;
	size_t nr_points;
	struct dash_change *change; /* by point */
	size_t nr_changes;
	struct dash_step *step;
	size_t nr_steps;
	double autocorrelation; /* of the residuals; NaN: not computed */
};

/* Changes at the same commits: one cause. */
struct dash_event {
	__u32 lo, hi; /* commits */
	enum dash_change_state state; /* the strongest of its changes */
	bool worse;
	struct dash_at {
		__u32 judged, change;
	} *at;
	size_t nr;
};

struct dash_verdicts {
	const struct dash_history *history;
	struct dash_judged *judged; /* as the history's series */
	size_t nr;
	struct dash_event *event; /* by commit */
	size_t nr_events;
	const struct dash_ack *ack;
	size_t nr_acks;
	size_t gated, unjudged[DASH_NR_UNJUDGED]; /* of the gate set; [DASH_JUDGED]: judged */
	enum dash_verdict verdict;		  /* of all */
	int status; /* 0 pass, 1 regression, 4 inconclusive */
};

#endif

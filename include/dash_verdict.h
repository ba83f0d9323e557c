/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dash_verdict.h - the contract between the judge and the reports: the verdict on each series,
 * which of its points are outliers, where it changed, and whether a job has to fail.
 */
#ifndef DASH_VERDICT_H
#define DASH_VERDICT_H

#include "dash_history.h"

enum dash_verdict {
	DASH_PASS,
	DASH_IMPROVED,	   /* changed for the better, or in a way that is not called worse */
	DASH_ACKNOWLEDGED, /* worse, and accepted with a reason */
	DASH_RERUN,	   /* an alarm that rests only on the last point, or on another machine */
	DASH_UNJUDGED,	   /* see enum dash_unjudged */
	DASH_REGRESSION,
	DASH_NR_VERDICTS,
};

/* Why a series could not be judged. */
enum dash_unjudged {
	DASH_JUDGED,
	DASH_FEW,     /* not enough runs */
	DASH_LOST,    /* all runs that could be used lost events */
	DASH_MACHINE, /* the other runs are from other machines */
	DASH_DRIFT,   /* the environment drifts: neighbouring points are correlated */
	DASH_MISSING, /* the commit to be judged has no value */
	DASH_NR_UNJUDGED,
};

/* Properties of a point other than its value. */
#define DASH_POINT_OUTLIER 1U /* far from its neighbours: left out */
#define DASH_POINT_LOST	   2U /* its runs lost events: left out */
#define DASH_POINT_MACHINE 4U /* from another machine than the newest point: left out of noisy series */

/* All runs of one commit on one kind of machine. */
struct dash_point {
	__u32 commit, env; /* indices into the history's lists */
	__u32 n;	   /* runs */
	unsigned flags;
	double value; /* median of the runs; for a ratio the sum of num divided by the sum of den */
	double lo, hi; /* lowest and highest of the runs */
	__u64 num, den; /* den 0: not a ratio */
	__u32 sample, nr_samples; /* its samples in the series */
};

/* A change that somebody accepted; kept in a file of the repository. */
struct dash_ack {
	char *sha;    /* at least 7 digits of a commit */
	char *metric; /* shell pattern of WORKLOAD/METRIC */
	char *reason;
	char *who; /* NULL: not given */
};

enum dash_change_state {
	DASH_CHANGE_WEAK,  /* a step below the floors, or not clear: shown only in charts */
	DASH_CHANGE_SHOWN, /* clear, but with too few runs, old, drifting or advisory */
	DASH_CHANGE_RERUN,
	DASH_CHANGE_ACK,
	DASH_CHANGE_FAIL,
	DASH_NR_CHANGE_STATES,
};

struct dash_change {
	__u32 point;	      /* first point of the new level */
	__u32 lo, hi;	      /* the commits that may have caused it: indices into the commits */
	double before, after; /* medians */
	double shift;	      /* after - before, in the metric's unit; for ratios in points of 0.01 */
	double rel;	      /* shift / before; NaN: before is 0, or the metric is a ratio */
	double p, q, ps;      /* NaN: not tested (exact metrics) */
	double shape;	      /* Hellinger distance if only the distribution changed; 0: the level changed */
	bool worse;
	enum dash_change_state state;
	__u32 event; /* index into the events; ~0: in none */
	const char *ack; /* reason of its acknowledgement, which owns the text; NULL: none */
};

/* One step of the judgement that led to the verdict, for explain and the page. */
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

/* Changes at the same commits, which have one cause. */
struct dash_event {
	__u32 lo, hi; /* commits */
	enum dash_change_state state; /* the strongest state of its changes */
	bool worse;
	struct dash_at {
		__u32 judged, change;
	} *at;
	size_t nr;
};

struct dash_verdicts {
	const struct dash_history *history;
	struct dash_judged *judged; /* in the order of the history's series */
	size_t nr;
	struct dash_event *event; /* by commit */
	size_t nr_events;
	const struct dash_ack *ack;
	size_t nr_acks;
	size_t gated, unjudged[DASH_NR_UNJUDGED]; /* of the gate set; [DASH_JUDGED]: judged ones */
	enum dash_verdict verdict;		  /* of all series together */
	int status; /* 0 pass, 1 regression, 4 inconclusive */
};

#endif

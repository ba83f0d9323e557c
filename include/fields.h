/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fields.h - the contract between the model and the views: what was counted for the host, a mount,
 * a file, a process, a thread or a cgroup, and the one table of fields, from which columns, sort
 * keys, JSON keys, help and manual are made.
 */
#ifndef DAX_FIELDS_H
#define DAX_FIELDS_H

#include "sample.h"

#define DAX_DEV_LEN 24

/* In a cell of the model: an unknown counter, because it decreased or there is no earlier value. */
#define DAX_NOT_KNOWN (~0ULL)

enum dax_window {
	DAX_TOTAL,    /* since the source was opened */
	DAX_INTERVAL, /* since the sample before this one */
};

enum dax_item_kind {
	DAX_HOST,
	DAX_MOUNT, /* a mounted device; key.dev */
	DAX_FILE,
	DAX_PROCESS,
	DAX_THREAD, /* none unless threads are counted separately */
	DAX_CGROUP, /* key.ino is its id, which is its inode number */
	DAX_NR_ITEM_KINDS,
};

/* What is mapped now of an item: the sum over its files and processes that were read. */
struct dax_item_resident {
	enum dax_resident_state state;
	bool partial; /* some of it could not be read: at least this much */
	__u64 bytes[DAX_NR_RESIDENT_SIZES];
};

/* One thing that faults are counted for. Members of the key that do not apply to its kind are 0. */
struct dax_item {
	enum dax_item_kind kind;
	bool other;	  /* everything that found no slot of its own */
	bool exited;	  /* processes that have exited, and whose slots are reused */
	unsigned int known; /* DAX_KNOWN_* */
	bool waits_lost;    /* some waits may be missing, of any process */
	bool entries_lost;  /* the same for splits and for zero pages replaced */
	enum dax_tier tier;
	struct dax_key key;
	__u64 cgroup;		   /* of a process, thread or cgroup; 0: unknown */
	char comm[DAX_COMM_LEN];   /* of a process or thread; any bytes */
	char thread[DAX_COMM_LEN]; /* of a thread; any bytes; "" when unknown */
	char dev[DAX_DEV_LEN];	   /* of a file or mount: "259:1" */
	/* Any bytes; NULL: unknown. See struct dax_row. */
	const char *path, *path_was; /* of a file */
	const char *mount, *fs_type; /* of a mount; the former of a file too */
	const char *cgroup_path;     /* of a process, thread or cgroup */
	bool path_deleted, path_gone;
	/* For a file, the process with most 4 KiB faults on it; for a process, the file. */
	__u32 most_pid;	       /* 0: unknown */
	const char *most_path; /* NULL: unknown */
	const char *most_fs_type; /* type of the filesystem with that file; NULL: unknown */
	__u64 most;	       /* number of these faults */
	__u64 elapsed_ns;      /* length of the interval; 0: unknown */
	struct dax_item_resident resident;
	struct dax_counts total; /* DAX_TOTAL */
	struct dax_counts last;  /* DAX_INTERVAL; counters may be DAX_NOT_KNOWN */
};

struct dax_items {
	struct dax_item *item; /* in the order in which they were first seen */
	size_t nr;
};

/* The result for one sample. Its strings belong to the sample that it was made from. */
struct dax_model {
	__u64 mono_ns;
	__u64 real_ns;
	__u64 elapsed_ns; /* 0: there was no earlier sample */
	enum dax_tier tier;
	unsigned int known; /* DAX_KNOWN_*; without DAX_KNOWN_THREADS list[DAX_THREAD] is unknown */
	enum dax_cgroups cgroups;
	struct dax_bpf_losses lost;
	struct dax_item host;
	struct dax_items list[DAX_NR_ITEM_KINDS]; /* list[DAX_HOST] is empty */
};

/* A number that may be unknown. */
struct dax_num {
	enum dax_num_kind { DAX_NUM_UNKNOWN, DAX_NUM_COUNT, DAX_NUM_REAL } kind;
	bool partial;  /* some faults could not be attributed: the count is at least this */
	bool estimate; /* computed from a sample of the faults */
	__u64 count;
	double real;
};

enum dax_unit {
	DAX_UNIT_COUNT,
	DAX_UNIT_RATIO, /* from 0 to 1 */
	DAX_UNIT_NS,
	DAX_UNIT_BYTES,
	DAX_UNIT_PER_S,
	DAX_UNIT_ID, /* a number that identifies something: shown in full */
	DAX_UNIT_TEXT,
};

#define DAX_IN_FILES	 (1U << DAX_FILE)
#define DAX_IN_PROCESSES (1U << DAX_PROCESS)
#define DAX_IN_THREADS	 (1U << DAX_THREAD)
#define DAX_IN_CGROUPS	 (1U << DAX_CGROUP)
#define DAX_IN_MOUNTS	 (1U << DAX_MOUNT)
#define DAX_IN_TABLES \
	(DAX_IN_FILES | DAX_IN_PROCESSES | DAX_IN_THREADS | DAX_IN_CGROUPS | DAX_IN_MOUNTS)

struct dax_field {
	const char *name;  /* JSON key and sort key, with its unit */
	const char *label; /* in a line of totals; NULL: the title */
	const char *title; /* column heading */
	const char *what;  /* one line of explanation */
	enum dax_unit unit;
	unsigned char width; /* width of its column in a table */
	bool interval_only;  /* a rate: it has no value for DAX_TOTAL */
	bool reading;	     /* a value of this moment: the same in both windows */
	bool identity;	     /* it identifies an item, and measures nothing */
	/* For assertions: */
	unsigned int needs; /* DAX_KNOWN_*: without all of these the field is unknown */
	bool may_fall;	    /* one more fault can lower it */
	bool of_timed;	    /* computed from faults with a latency, of class `arg` */
	double quantile;    /* which quantile of the latencies; 0: it is not a quantile */
	bool of_ranges;	    /* a share of ranges: faults in untracked ranges make it uncertain */
	bool by_reason;	    /* also counted for each fallback reason */
	bool of_size;	    /* explained by what keeps faults from 2 MiB */
	unsigned int tables; /* DAX_IN_*: where it is a column; fields are in the order of their importance */
	struct dax_num (*num)(const struct dax_item *item, enum dax_window window, int arg);
	const char *(*text)(const struct dax_item *item, enum dax_window window); /* unit TEXT */
	int arg;
};

extern const struct dax_field dax_fields[];
extern const size_t dax_nr_fields;

/* Returns NULL when no field has that name. */
const struct dax_field *dax_field_find(const char *name);
struct dax_num dax_field_num(const struct dax_field *field, const struct dax_item *item,
			     enum dax_window window);
/* Text of a field of unit DAX_UNIT_TEXT, any bytes; NULL when unknown. */
const char *dax_field_text(const struct dax_field *field, const struct dax_item *item,
			   enum dax_window window);

/*
 * Sort the @nr items in @order by @field: the largest number or the first text first, or the other
 * way round with @reverse. Unknown values come last both ways; equal ones keep their order.
 */
void dax_sort(const struct dax_item **order, size_t nr, const struct dax_field *field,
	      enum dax_window window, bool reverse);

/*
 * A copy has new extents and no entries in the page cache. This command makes one safely: it
 * refuses a file that is open, and exchanges the old and the new file in one step.
 */
#define DAX_RUN_COPY "daxdoctor --repair {file}"

/* Names as used in JSON, columns and messages. */
const char *dax_outcome_name(enum dax_outcome outcome);
const char *dax_reason_name(enum dax_reason reason);
const char *dax_class_name(enum dax_class cls);	 /* one word */
const char *dax_class_label(enum dax_class cls); /* for text output: "4 KiB" */
const char *dax_range_name(enum dax_range_count count);
const char *dax_wait_name(enum dax_wait wait);
const char *dax_resident_name(enum dax_resident_state state);
const char *dax_resident_means(enum dax_resident_state state); /* why it is unknown; NULL: it is known */
const char *dax_tier_name(enum dax_tier tier);
const char *dax_cgroups_name(enum dax_cgroups cgroups);  /* as in JSON */
const char *dax_cgroups_means(enum dax_cgroups cgroups); /* what is unknown, and why; NULL: nothing */
const char *dax_tier_means(enum dax_tier tier);

/* Whether the item had any fault. */
bool dax_item_seen(const struct dax_item *item);

/* The counters of an item in this window; unknown ones are DAX_NOT_KNOWN. */
const struct dax_counts *dax_item_cell(const struct dax_item *item, enum dax_window window);
struct dax_num dax_reason_num(const struct dax_item *item, enum dax_window window,
			      enum dax_reason reason);
/* Store the reasons with a count above 0, most frequent first. Returns their number. */
size_t dax_reasons_by_count(const struct dax_item *item, enum dax_window window,
			    enum dax_reason order[DAX_NR_REASONS]);

/*
 * Why an item does not get 2 MiB everywhere: the cause of most of its 4 KiB faults. @run may
 * contain {file}, {dir} and {pid}, which the view replaces.
 */
struct dax_advice {
	const char *cause; /* name of a reason, "never_tried", or NULL: nothing is wrong */
	__u64 count;
	__u64 of;
	const char *of_what; /* "fallbacks" or "4 KiB faults" */
	const char *behind;  /* the earlier cause that @cause follows from; or NULL */
	const char *means;
	const char *fix; /* what to change */
	const char *run; /* a command that does it, or shows more; or NULL */
};
struct dax_advice dax_advise(const struct dax_item *item, enum dax_window window);
const char *dax_reason_means(enum dax_reason reason);
/* What to do about @reason on a filesystem of type @fs (NULL: unknown); some are read-only. */
const char *dax_reason_fix(enum dax_reason reason, const char *fs);
const char *dax_reason_run(enum dax_reason reason, const char *fs);

/* The type of the filesystem that the advice for @item is about, or NULL. */
const char *dax_item_fs(const struct dax_item *item);

/* The number of faults with a known latency. */
struct dax_num dax_lat_count(const struct dax_item *item, enum dax_window window,
			     enum dax_class cls);
/*
 * The latency in ns that a share @quantile (0 < @quantile <= 1) of the faults did not exceed. This
 * is the upper bound of the bucket that holds this fault: at most 25 % too high (from 128 ns up),
 * and never above the largest latency seen. Unknown when there was no fault.
 */
struct dax_num dax_lat_quantile(const struct dax_item *item, enum dax_window window,
				enum dax_class cls, double quantile);

#endif /* DAX_FIELDS_H */

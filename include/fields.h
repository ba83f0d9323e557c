/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fields.h - the contract between the model and the views: what was counted for the host, a device,
 * a file or a process, and the one table of fields from which columns, sort keys, JSON keys, help
 * and manual are made.
 */
#ifndef DAX_FIELDS_H
#define DAX_FIELDS_H

#include "sample.h"

#define DAX_DEV_LEN 24

/* In a cell of the model: a counter nobody knows, because it went back or has no predecessor. */
#define DAX_NOT_KNOWN (~0ULL)

enum dax_window {
	DAX_TOTAL,    /* since the source was opened */
	DAX_INTERVAL, /* since the sample before this one */
};

enum dax_item_kind {
	DAX_HOST,
	DAX_MOUNT, /* a device with a filesystem; key.dev */
	DAX_FILE,
	DAX_PROCESS,
	DAX_THREAD, /* none unless threads are counted separately */
	DAX_CGROUP, /* key.ino is its id, which is its inode number */
	DAX_NR_ITEM_KINDS,
};

/* What is mapped now of an item: the sum of what was read of its files and processes. */
struct dax_item_resident {
	enum dax_resident_state state;
	bool partial; /* some of it could not be read: at least this much */
	__u64 bytes[DAX_NR_RESIDENT_SIZES];
};

/* One thing that faults are counted for. Members of the key that its kind does not have are 0. */
struct dax_item {
	enum dax_item_kind kind;
	bool other;	  /* everything that found no slot of its own */
	bool exited;	  /* processes that are gone, and whose slots are others' now */
	unsigned int known; /* DAX_KNOWN_* */
	bool waits_lost;    /* some waits may be missing, of whomever */
	bool entries_lost;  /* so may splits and zero pages replaced */
	enum dax_tier tier;
	struct dax_key key;
	__u64 cgroup;		   /* of a process, thread or cgroup; 0: unknown */
	char comm[DAX_COMM_LEN];   /* of a process or thread; any bytes */
	char thread[DAX_COMM_LEN]; /* of a thread; any bytes; "" when unknown */
	char dev[DAX_DEV_LEN];	   /* of a file or mount: "259:1" */
	/* Any bytes; NULL when unknown; see struct dax_row. */
	const char *path, *path_was; /* of a file */
	const char *mount, *fs_type; /* of a mount; the former of a file too */
	const char *cgroup_path;     /* of a process, thread or cgroup */
	bool path_deleted, path_gone;
	/* Of a file the process, and of a process the file, with most 4 KiB faults. */
	__u32 most_pid;	       /* 0: unknown */
	const char *most_path; /* NULL: unknown */
	const char *most_fs_type; /* of the filesystem it is on; NULL: unknown */
	__u64 most;	       /* how many */
	__u64 elapsed_ns;      /* length of the interval; 0: unknown */
	struct dax_item_resident resident;
	struct dax_counts total; /* DAX_TOTAL */
	struct dax_counts last;  /* DAX_INTERVAL; counters may be DAX_NOT_KNOWN */
};

struct dax_items {
	struct dax_item *item; /* in the order in which they were first seen */
	size_t nr;
};

/* One sample, understood. Belongs together: strings in it are those of the sample it was made of.
 */
struct dax_model {
	__u64 mono_ns;
	__u64 real_ns;
	__u64 elapsed_ns; /* 0: there was no sample before */
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
	bool partial;  /* some faults could not be attributed: a count is at least this much */
	bool estimate; /* of a sample of the faults */
	__u64 count;
	double real;
};

enum dax_unit {
	DAX_UNIT_COUNT,
	DAX_UNIT_RATIO, /* 0 to 1 */
	DAX_UNIT_NS,
	DAX_UNIT_BYTES,
	DAX_UNIT_PER_S,
	DAX_UNIT_ID, /* a number that names something: shown in full */
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
	const char *label; /* in a line of totals, for people; NULL: the title */
	const char *title; /* column head */
	const char *what;  /* one line of explanation */
	enum dax_unit unit;
	unsigned char width; /* columns it needs in a table */
	bool interval_only;  /* a rate: has no value for DAX_TOTAL */
	bool reading;	     /* of the moment: the same in both windows */
	bool identity;	     /* says who, not how much */
	/* What a judge of values has to know. */
	unsigned int needs; /* DAX_KNOWN_*: without them it is unknown */
	bool may_fall;	    /* one more fault can make it smaller */
	bool of_timed;	    /* of faults with a latency, of class `arg` */
	double quantile;    /* of their latencies; 0: it is none */
	bool of_ranges;	    /* a share of ranges: faults in untracked ones widen it */
	bool by_reason;	    /* counted for each fallback reason too */
	bool of_size;	    /* what keeps faults from 2 MiB explains it */
	unsigned int tables; /* DAX_IN_*: where it is a column; their order is their importance */
	struct dax_num (*num)(const struct dax_item *item, enum dax_window window, int arg);
	const char *(*text)(const struct dax_item *item, enum dax_window window); /* unit TEXT */
	int arg;
};

extern const struct dax_field dax_fields[];
extern const size_t dax_nr_fields;

/* NULL when no field has that name. */
const struct dax_field *dax_field_find(const char *name);
struct dax_num dax_field_num(const struct dax_field *field, const struct dax_item *item,
			     enum dax_window window);
/* Text of a field of unit DAX_UNIT_TEXT, any bytes; NULL when unknown. */
const char *dax_field_text(const struct dax_field *field, const struct dax_item *item,
			   enum dax_window window);

/*
 * Put @nr items in @order by @field, largest number or first text first, the other way round when
 * @reverse. What is unknown comes last both ways, and equals keep their order.
 */
void dax_sort(const struct dax_item **order, size_t nr, const struct dax_field *field,
	      enum dax_window window, bool reverse);

/*
 * A copy has new extents and no page-cache entries. This command makes it without harm: it refuses a
 * file that is open, and exchanges old and new in one step.
 */
#define DAX_RUN_COPY "daxdoctor --repair {file}"

/* Names as JSON, columns and messages have them. */
const char *dax_outcome_name(enum dax_outcome outcome);
const char *dax_reason_name(enum dax_reason reason);
const char *dax_class_name(enum dax_class cls);	 /* one word */
const char *dax_class_label(enum dax_class cls); /* for people: "4 KiB" */
const char *dax_range_name(enum dax_range_count count);
const char *dax_wait_name(enum dax_wait wait);
const char *dax_resident_name(enum dax_resident_state state);
const char *dax_resident_means(enum dax_resident_state state); /* why not; NULL: it is known */
const char *dax_tier_name(enum dax_tier tier);
const char *dax_cgroups_name(enum dax_cgroups cgroups);  /* as JSON has it */
const char *dax_cgroups_means(enum dax_cgroups cgroups); /* what is not known, and why; NULL: nothing */
const char *dax_tier_means(enum dax_tier tier);

/* Had it any fault? */
bool dax_item_seen(const struct dax_item *item);

/* Counters of a cell by themselves, unknown ones as such. */
const struct dax_counts *dax_item_cell(const struct dax_item *item, enum dax_window window);
struct dax_num dax_reason_num(const struct dax_item *item, enum dax_window window,
			      enum dax_reason reason);
/* The reasons with a count above 0, most frequent first; returns how many. */
size_t dax_reasons_by_count(const struct dax_item *item, enum dax_window window,
			    enum dax_reason order[DAX_NR_REASONS]);

/*
 * Why an item does not get 2 MiB everywhere, by what cost it most 4 KiB faults. @run may hold
 * {file}, {dir} and {pid} for the view to fill in.
 */
struct dax_advice {
	const char *cause; /* a reason's name, "never_tried", or NULL: nothing is wrong */
	__u64 count;
	__u64 of;
	const char *of_what; /* "fallbacks" or "4 KiB faults" */
	const char *behind;  /* what came first, when @cause only follows from it; or NULL */
	const char *means;
	const char *fix; /* what to change */
	const char *run; /* a command that does it, or shows more; or NULL */
};
struct dax_advice dax_advise(const struct dax_item *item, enum dax_window window);
const char *dax_reason_means(enum dax_reason reason);
/* For files on a filesystem of type @fs (NULL: unknown): some cannot be written to. */
const char *dax_reason_fix(enum dax_reason reason, const char *fs);
const char *dax_reason_run(enum dax_reason reason, const char *fs);

/* The type of the filesystem that advice about @item is about, or NULL. */
const char *dax_item_fs(const struct dax_item *item);

/* Faults with a known latency. */
struct dax_num dax_lat_count(const struct dax_item *item, enum dax_window window,
			     enum dax_class cls);
/*
 * The latency that a share of 0 < @quantile <= 1 of the faults did not exceed: the upper bound of
 * the bucket in which that fault lies, at most 25 % too high, and never above the largest latency
 * seen. Unknown when there was no fault.
 */
struct dax_num dax_lat_quantile(const struct dax_item *item, enum dax_window window,
				enum dax_class cls, double quantile);

#endif /* DAX_FIELDS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* top.h - parts of daxtop: its options, the output of its command, and its run. */
#ifndef DAX_TOP_H
#define DAX_TOP_H

#include "collect/live.h"
#include "util/user.h"
#include "view/tui/tui.h"
#include "view/view.h"

enum top_view { TOP_SCREEN, TOP_TEXT, TOP_JSON, TOP_FIGURES };

struct top_opts {
	__u64 interval_ns;
	__u64 frames; /* end after this many; 0: never */
	enum top_view view;
	enum tui_color color;
	enum dax_tier max_tier;
	bool time_all; /* time all 4 KiB faults, however many there are */
	bool resident; /* show what is mapped now for all processes, not only for targets */
	bool version, verbose;
	struct view_opts show;
	__u32 *targets; /* with room for one more: the command */
	size_t nr_targets;
	__u32 max_slots; /* 0: the default */
	bool threads;
	int cgroups[DAX_MAX_CGROUPS];
	size_t nr_cgroups;
	const char *listen;   /* with TOP_FIGURES: serve them at this address; NULL: no server */
	const char *textfile; /* ... write them to this file; NULL: do not */
	bool by_cgroup;	      /* ... also for each cgroup */
	const char *recording; /* show this file, not the running kernel */
	char **command;	       /* NULL: none */
	const struct user *user; /* user who runs it; NULL: the current one */
};

/* Parse the command line. Does not return when it is wrong, or for --help, --version or -s help. */
void top_options(struct top_opts *opts, int argc, char *argv[]);

/* Watch and show. Returns the exit status. */
int top_run(struct top_opts *opts);

/*
 * While the screen is shown, what the command writes to the terminal is kept away from it; its end
 * can be printed later. The command's standard input is empty.
 */
struct output {
	int fd; /* descriptor to read from; -1: none */
	int saved[3];
	size_t nr; /* total bytes written */
	char last[16384];
};

/* Call before the command is forked, and after. Return 0 or a negative errno. */
int output_divert(struct output *output);
void output_restore(struct output *output);
/* Read what is available; false at the end. */
bool output_read(struct output *output);
void output_print(struct output *output);

#endif

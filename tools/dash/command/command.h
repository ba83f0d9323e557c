/* SPDX-License-Identifier: GPL-2.0-only */
/* command.h - daxdash's commands, what the command line says to them, and what they share. */
#ifndef DASH_COMMAND_COMMAND_H
#define DASH_COMMAND_COMMAND_H

#include "cli/cli.h"
#include "dash/format/format.h"
#include "dash/judge/judge.h"
#include "dash/report/report.h"
#include "dash/store/store.h"

#define DASH_DEFAULT_STORE ".daxdash/store.db"
#define DASH_DEFAULT_ACKS  ".daxdash/acks.json"

/* What the command line says. One struct for all commands; each takes only its own options. */
struct dash_args {
	const char *store, *repo, *acks, *format, *output, *reason, *who;
	struct format_given given;
	const char *git;	  /* --git DIR: take order, parents, time and subject from there */
	const char *event;	  /* --github-event FILE */
	bool keep_going;
	struct judge_opts judge;
	bool pr_mode;
	const char *base, *head;
	const char *listen; /* serve: NULL: the usual address */
	const char *junit, *markdown, *ktap, *github, *openmetrics, *json;
	bool allow_inconclusive, all_series;
	double inject; /* selftest: a factor; NaN: none */
	unsigned aa;
	char **word; /* what is no option */
	size_t nr_words;
};

/* Parse. Ends the program when it is wrong, or prints help. */
void args_parse(struct dash_args *args, const struct cli_command *command, int argc, char *argv[]);
void args_free(struct dash_args *args);

int command_import(struct dash_args *args);
int command_export(struct dash_args *args);
int command_analyze(struct dash_args *args);
int command_gate(struct dash_args *args);
int command_compare(struct dash_args *args);
int command_explain(struct dash_args *args);
int command_bless(struct dash_args *args);
int command_page_data(struct dash_args *args);
int command_html(struct dash_args *args);
int command_serve(struct dash_args *args);
int command_selftest(struct dash_args *args);
int command_run(struct dash_args *args);

/* The store of @args, open; with the folder made when @make. Ends the program when it cannot. */
struct store *open_store(const struct dash_args *args, bool make);

/* Its history, with the histograms of the newest @hists commits. Ends the program when it cannot. */
#define JUDGED_HISTS 64	  /* more are not judged */
#define ALL_HISTS    (~0U)
void load_history(const struct dash_args *args, bool pull_requests, __u32 hists,
		  struct dash_history *out);

/* Acknowledgements of the file; a missing one is none. Ends the program on a bad one. */
struct acks {
	struct dash_ack *ack;
	size_t nr;
};
void acks_load(const char *path, struct acks *acks);
void acks_free(struct acks *acks);
/* Add one and write the whole file. 0 or a negative errno. */
int acks_add(const char *path, const struct dash_ack *ack);

/* A file to write, or "-": standard output. Ends the program when it cannot be written. */
typedef int report_fn(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts);
void write_report(const char *path, report_fn *report, const struct dash_verdicts *v,
		  const struct report_opts *opts);

/* Judge all and write it to args->output, or standard output. Returns the exit status; ends the program when it cannot. */
int write_verdicts(struct dash_args *args, report_fn *report, const char *what);

/* Fill in @commit (its sha may be a name; NULL: HEAD) from the repository at @dir. Ends the program. */
void git_commit(const char *dir, struct dash_commit *commit);
bool git_has(const char *dir, const char *sha);

/* The commits of a GitHub event. Ends the program, naming the field that is wrong. */
struct github_event {
	char *base; /* NULL: none, as of a new branch */
	char *head, *repo, *branch;
	bool pull_request;
};
void event_read(const char *path, const char *git, struct github_event *event);

/* Print "file: line N: why". */
void say_refused(const char *path, const struct format_error *error);

#endif

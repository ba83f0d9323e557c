// SPDX-License-Identifier: GPL-2.0-only
/* verdict.c - the commands that judge: analyze, gate, compare, explain, page-data; and bless. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "dash/command/command.h"
#include "util/err.h"

struct judging {
	struct dash_history h;
	struct dash_verdicts v;
	struct acks acks;
};

static void no_memory(int err)
{
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s", strerror(-err));
}

static __u32 commit_or_die(const struct dash_history *h, const char *option, const char *sha)
{
	long at = history_find(h, sha);

	if (at < 0)
		die(DAX_EXIT_USAGE, "%s '%s': %s", option, sha,
		    at == -2		? "several commits begin like this: give more digits" :
		    strlen(sha) < 7	? "give at least 7 digits" :
					  "no such commit in the store: import its runs first");
	return (__u32)at;
}

static void judge(struct dash_args *args, struct judging *j, __u32 hists)
{
	load_history(args, false, hists, &j->h);
	acks_load(args->acks, &j->acks);
	args->judge.ack = j->acks.ack;
	args->judge.nr_acks = j->acks.nr;
	if (args->head)
		args->judge.head = commit_or_die(&j->h, "--head", args->head);
	no_memory(judge_history(&j->h, &args->judge, &j->v));
}

static void judging_free(struct judging *j)
{
	judge_free(&j->v);
	history_free(&j->h);
	acks_free(&j->acks);
}

static struct report_opts report_opts(const struct dash_args *args, const struct judging *j, const char *what)
{
	return (struct report_opts){.repo = args->repo ?: j->h.nr_commits ? j->h.commit[0].repo : "",
				    .rows = 20,
				    .all_series = args->all_series,
				    .what = what};
}

static int write_all(const struct dash_args *args, const struct judging *j, const char *what)
{
	const struct report_opts opts = report_opts(args, j, what);
	bool lkp = args->format && !strcmp(args->format, "lkp");

	no_memory((lkp ? report_lkp : report_text)(stdout, &j->v, &opts));
	write_report(args->junit, report_junit, &j->v, &opts);
	write_report(args->markdown, report_markdown, &j->v, &opts);
	write_report(args->ktap, report_ktap, &j->v, &opts);
	write_report(args->github, report_github, &j->v, &opts);
	write_report(args->openmetrics, report_openmetrics, &j->v, &opts);
	write_report(args->json, report_page, &j->v, &opts);
	return j->v.status == DAX_EXIT_INCONCLUSIVE && args->allow_inconclusive ? DAX_EXIT_OK :
										   j->v.status;
}

int command_analyze(struct dash_args *args)
{
	struct judging j = {0};

	args->all_series = true;
	judge(args, &j, JUDGED_HISTS);
	write_all(args, &j, "analyze");
	judging_free(&j);
	return DAX_EXIT_OK;
}

/* Floors of a comparison, with what the command line said of the rest. */
static struct judge_opts pr_opts(const struct dash_args *args)
{
	struct judge_opts opts = judge_pr_defaults;

	opts.q = args->judge.q;
	opts.ack = args->judge.ack;
	opts.nr_acks = args->judge.nr_acks;
	return opts;
}

static int compare_commits(struct dash_args *args, struct judging *j, const char *a, const char *b,
			   const char *what)
{
	struct judge_opts opts;
	int status;

	acks_load(args->acks, &j->acks);
	args->judge.ack = j->acks.ack;
	args->judge.nr_acks = j->acks.nr;
	opts = pr_opts(args);
	no_memory(judge_compare(&j->h, commit_or_die(&j->h, what, a), commit_or_die(&j->h, what, b),
				&opts, &j->v));
	status = write_all(args, j, what);
	judging_free(j);
	return status;
}

int command_gate(struct dash_args *args)
{
	struct github_event event = {0};
	struct judging j = {0};
	int status;

	if (args->event) {
		event_read(args->event, args->git, &event);
		args->head = args->head ?: event.head;
		args->base = args->base ?: event.base;
	}
	if (args->pr_mode) {
		if (!args->base || !args->head)
			die_usage("--mode pr needs --base and --head, or --github-event");
		load_history(args, true, ALL_HISTS, &j.h);
		return compare_commits(args, &j, args->base, args->head, "gate");
	}
	judge(args, &j, args->json ? ALL_HISTS : JUDGED_HISTS);
	status = write_all(args, &j, "gate");
	judging_free(&j);
	return status;
}

/* Put the runs of a file in as one commit, the @nr-th. */
static char *put_file(struct store *store, const char *path, int nr)
{
	struct format_given given = {.commit = {.order = -1, .time = -1}, .better = DASH_NONE};
	struct format_error error = {0};
	struct dash_runs runs = {0};
	char *sha = NULL;
	size_t i;
	int err = format_read_file(path, NULL, &given, &runs, &error);

	if (err == -EINVAL) {
		/* Formats without a commit are compared all the same. */
		given.commit.sha = nr ? "bbbbbbbbbbbb" : "aaaaaaaaaaaa";
		dash_runs_free(&runs);
		if (strstr(error.text, "--commit"))
			err = format_read_file(path, NULL, &given, &runs, &error);
	}
	if (err == -ENOMEM)
		no_memory(err);
	if (err) {
		say_refused(path, &error);
		exit(DAX_EXIT_USAGE);
	}
	for (i = 0; i < runs.nr; i++) {
		struct dash_run *run = &runs.run[i];
		char *name;

		/* Two files may be of one commit; they are two all the same. */
		if (asprintf(&name, "%.64s-%d", run->commit.sha, nr) < 0)
			no_memory(-ENOMEM);
		free(run->commit.sha);
		run->commit.sha = name;
		if (sha && strcmp(sha, name))
			die(DAX_EXIT_USAGE, "%s: holds runs of several commits: import it, and compare these",
			    path);
		free(sha);
		sha = strdup(name);
		run->commit.order = nr;
		free(run->commit.repo);
		run->commit.repo = strdup("");
		if (asprintf(&name, "%s-%d", run->uuid, nr) < 0)
			no_memory(-ENOMEM);
		free(run->uuid);
		run->uuid = name;
		if (store_put(store, run) < 0)
			die(DAX_EXIT_UNSUPPORTED, "%s: %s", path, store_error(store));
	}
	dash_runs_free(&runs);
	return sha;
}

static int compare_files(struct dash_args *args, const char *a, const char *b)
{
	const struct store_query query = {.pull_requests = true, .hists = ALL_HISTS};
	struct judging j = {0};
	struct store *store;
	const char *why;
	char *sha[2];
	int status;

	if (store_open(&store, ":memory:", &why))
		die(DAX_EXIT_UNSUPPORTED, "%s", why);
	sha[0] = put_file(store, a, 0);
	sha[1] = put_file(store, b, 1);
	if (store_load(store, &query, &j.h))
		die(DAX_EXIT_UNSUPPORTED, "%s", store_error(store));
	store_close(store);
	status = compare_commits(args, &j, sha[0], sha[1], "compare");
	free(sha[0]);
	free(sha[1]);
	return status;
}

int command_compare(struct dash_args *args)
{
	struct judging j = {0};
	struct stat st;
	bool file[2];

	if (args->format && strcmp(args->format, "text") && strcmp(args->format, "lkp"))
		die_usage("--format: '%s': text or lkp", args->format);
	file[0] = !stat(args->word[0], &st);
	file[1] = !stat(args->word[1], &st);
	if (file[0] && file[1])
		return compare_files(args, args->word[0], args->word[1]);
	if (file[0] || file[1])
		die(DAX_EXIT_USAGE, "'%s': no such file", args->word[file[0] ? 1 : 0]);
	load_history(args, true, ALL_HISTS, &j.h);
	return compare_commits(args, &j, args->word[0], args->word[1], "compare");
}

static bool is_meant(const struct dash_series *s, const char *word)
{
	char name[1600], path[1600];

	report_name(s, name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s", s->workload, s->metric);
	return (strlen(word) >= 6 && !strncmp(s->id, word, strlen(word))) || !fnmatch(word, name, 0) ||
	       !fnmatch(word, path, 0) || !strcmp(word, s->metric);
}

int command_explain(struct dash_args *args)
{
	struct judging j = {0};
	size_t i, shown = 0;

	judge(args, &j, JUDGED_HISTS);
	for (i = 0; i < j.v.nr; i++)
		if (is_meant(j.v.judged[i].series, args->word[0])) {
			if (shown++)
				putchar('\n');
			no_memory(report_explain(stdout, &j.v.judged[i], &j.h));
		}
	judging_free(&j);
	if (!shown)
		die(DAX_EXIT_USAGE, "'%s': no such series: daxdash analyze lists them", args->word[0]);
	return DAX_EXIT_OK;
}

int command_page_data(struct dash_args *args)
{
	return write_verdicts(args, report_page, "page");
}

int write_verdicts(struct dash_args *args, report_fn *report, const char *what)
{
	struct judging j = {0};
	struct report_opts opts;

	judge(args, &j, ALL_HISTS);
	opts = report_opts(args, &j, what);
	write_report(args->output ?: "-", report, &j.v, &opts);
	judging_free(&j);
	return DAX_EXIT_OK;
}

int command_bless(struct dash_args *args)
{
	struct dash_ack ack = {.reason = (char *)args->reason, .who = (char *)args->who};
	struct dash_history h;
	int err;

	if (!args->reason || !*args->reason)
		die_usage("give the reason why it is accepted: -m REASON");
	load_history(args, true, 0, &h);
	ack.sha = h.commit[commit_or_die(&h, "bless", args->word[0])].sha;
	ack.metric = args->word[1];
	if (!strcmp(args->acks, DASH_DEFAULT_ACKS) && mkdir(".daxdash", 0777) && errno != EEXIST)
		die(DAX_EXIT_UNSUPPORTED, ".daxdash: %s", strerror(errno));
	err = acks_add(args->acks, &ack);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", args->acks, strerror(-err));
	printf("%s: %.12s %s is accepted: commit this file\n", args->acks, ack.sha, ack.metric);
	history_free(&h);
	return DAX_EXIT_OK;
}

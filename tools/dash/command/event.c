// SPDX-License-Identifier: GPL-2.0-only
/* event.c - the commits that a GitHub event is about, or why there are none. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "dash/command/command.h"
#include "dash/format/build.h"
#include "util/err.h"

static bool is_zeros(const char *sha)
{
	return !sha[strspn(sha, "0")];
}

/* A commit's full name in @field. */
static char *sha_of(const char *path, json_t *object, const char *key, const char *field)
{
	json_t *value = json_object_get(object, key);
	const char *sha = json_string_value(value);

	if (!value)
		die(DAX_EXIT_USAGE, "%s: '%s' is missing: neither a push nor a pull request", path, field);
	if (!sha)
		die(DAX_EXIT_USAGE, "%s: '%s' is not a string", path, field);
	if (strspn(sha, "0123456789abcdef") != strlen(sha) || (strlen(sha) != 40 && strlen(sha) != 64))
		die(DAX_EXIT_USAGE, "%s: '%s' is '%.80s', not a commit's 40 digits", path, field, sha);
	return strdup(sha);
}

static void check_base(const char *path, const char *git, const struct github_event *e,
		       const char *field)
{
	if (git && e->base && !git_has(git, e->base))
		die(DAX_EXIT_USAGE,
		    "%s: '%s' is %.12s, which is gone: a forced push; there is nothing to compare with",
		    path, field, e->base);
}

static void read_push(const char *path, const char *git, json_t *root, struct github_event *e)
{
	const char *ref = json_string_value(json_object_get(root, "ref"));

	e->head = sha_of(path, root, "after", "after");
	if (is_zeros(e->head) || json_is_true(json_object_get(root, "deleted")))
		die(DAX_EXIT_USAGE, "%s: 'after' is all zeros: the branch was deleted, there is nothing to measure",
		    path);
	e->base = sha_of(path, root, "before", "before");
	if (is_zeros(e->base)) {
		free(e->base);
		e->base = NULL; /* a new branch */
	}
	if (ref && !strncmp(ref, "refs/heads/", 11))
		e->branch = clean(ref + 11);
	check_base(path, git, e, "before");
}

static void read_pull_request(const char *path, const char *git, json_t *pr, struct github_event *e)
{
	json_t *base = json_object_get(pr, "base"), *head = json_object_get(pr, "head");
	const char *ref = json_string_value(json_object_get(head, "ref"));

	e->pull_request = true;
	e->head = sha_of(path, head, "sha", "pull_request.head.sha");
	e->base = sha_of(path, base, "sha", "pull_request.base.sha");
	if (is_zeros(e->head) || is_zeros(e->base))
		die(DAX_EXIT_USAGE, "%s: 'pull_request.%s.sha' is all zeros", path,
		    is_zeros(e->head) ? "head" : "base");
	e->branch = clean(ref);
	check_base(path, git, e, "pull_request.base.sha");
}

void event_read(const char *path, const char *git, struct github_event *e)
{
	json_error_t bad;
	json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &bad), *pr, *repo;

	*e = (struct github_event){0};
	if (!root)
		die(DAX_EXIT_USAGE, "%s: line %d: %s", path, bad.line, bad.text);
	pr = json_object_get(root, "pull_request");
	if (json_is_object(pr))
		read_pull_request(path, git, pr, e);
	else
		read_push(path, git, root, e);
	repo = json_object_get(root, "repository");
	e->repo = clean(json_string_value(json_object_get(repo, "full_name")));
	json_decref(root);
}

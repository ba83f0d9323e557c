// SPDX-License-Identifier: GPL-2.0-only
/* acks.c - the file of accepted changes, which lives in the repository and is reviewed there. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dash/command/command.h"
#include "dash/format/doc.h"
#include "util/err.h"

#define SCHEMA "daxdash-acks/1"

static int read_ack(const struct doc *doc, const struct at *at, json_t *object, struct dash_ack *ack)
{
	size_t len;
	int err = doc_text(doc, at, object, "sha", true, &ack->sha);

	if (!err)
		err = doc_text(doc, at, object, "metric", true, &ack->metric);
	if (!err)
		err = doc_text(doc, at, object, "reason", true, &ack->reason);
	if (!err)
		err = doc_text(doc, at, object, "who", false, &ack->who);
	if (err)
		return err;
	len = strspn(ack->sha, "0123456789abcdefABCDEF");
	if (len < 7 || ack->sha[len])
		return doc_fail(doc, at, "'%s': not at least 7 hexadecimal digits", ack->sha);
	return *ack->reason ? 0 : doc_fail(doc, at, "no reason is given");
}

static int read_acks(struct doc *doc, const char *text, size_t len, struct acks *acks,
		     struct format_error *error)
{
	struct at up = {.key = "acks"}, at = {.up = &up};
	json_t *list = NULL;
	int err = doc_load(doc, text, len, error);

	if (!err)
		err = doc_member(doc, NULL, doc->root, "acks", JSON_ARRAY, &list);
	if (!err && strcmp(json_string_value(json_object_get(doc->root, "schema")) ?: "", SCHEMA))
		err = doc_fail(doc, NULL, "schema is not " SCHEMA);
	acks->ack = calloc(json_array_size(list) + 1, sizeof(*acks->ack));
	if (!acks->ack)
		return -ENOMEM;
	for (; !err && at.index < json_array_size(list); at.index++)
		err = read_ack(doc, &at, json_array_get(list, at.index), &acks->ack[acks->nr++]);
	return err;
}

void acks_load(const char *path, struct acks *acks)
{
	struct format_error error = {0};
	char *text = NULL;
	size_t len = 0;
	struct doc doc = {0};
	FILE *from = fopen(path, "re"), *to;
	char buffer[4096];
	size_t got;
	int err;

	*acks = (struct acks){0};
	if (!from && errno == ENOENT)
		return;
	if (!from)
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	to = open_memstream(&text, &len);
	while (to && (got = fread(buffer, 1, sizeof(buffer), from)) && ftell(to) < 16 << 20)
		fwrite(buffer, 1, got, to);
	if (ferror(from) || !to || fclose(to))
		die(DAX_EXIT_USAGE, "%s: cannot be read", path);
	fclose(from);
	err = read_acks(&doc, text, len, acks, &error);
	doc_free(&doc);
	free(text);
	if (err == -ENOMEM)
		die(DAX_EXIT_UNSUPPORTED, "out of memory");
	if (err) {
		say_refused(path, &error);
		exit(DAX_EXIT_USAGE);
	}
}

void acks_free(struct acks *acks)
{
	size_t i;

	for (i = 0; i < acks->nr; i++) {
		free(acks->ack[i].sha);
		free(acks->ack[i].metric);
		free(acks->ack[i].reason);
		free(acks->ack[i].who);
	}
	free(acks->ack);
	*acks = (struct acks){0};
}

static json_t *ack_json(const struct dash_ack *ack)
{
	return json_pack("{s:s,s:s,s:s,s:s*}", "sha", ack->sha, "metric", ack->metric, "reason",
			 ack->reason, "who", ack->who);
}

int acks_add(const char *path, const struct dash_ack *ack)
{
	json_t *list = json_array(), *all;
	struct acks old;
	char *temp;
	size_t i;
	int fd, err = 0;

	acks_load(path, &old);
	for (i = 0; i < old.nr; i++)
		json_array_append_new(list, ack_json(&old.ack[i]));
	json_array_append_new(list, ack_json(ack));
	acks_free(&old);
	all = json_pack("{s:s,s:o}", "schema", SCHEMA, "acks", list);
	if (!all || asprintf(&temp, "%s.XXXXXX", path) < 0) {
		json_decref(all);
		return -ENOMEM;
	}
	/* Beside it, so that a crash leaves the old one whole. */
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		err = -errno;
	} else {
		if (json_dumpfd(all, fd, JSON_INDENT(1) | JSON_ENSURE_ASCII) || write(fd, "\n", 1) != 1 ||
		    fchmod(fd, 0644) || fsync(fd) || close(fd) || rename(temp, path))
			err = errno ? -errno : -EIO;
		if (err)
			unlink(temp);
	}
	free(temp);
	json_decref(all);
	return err;
}

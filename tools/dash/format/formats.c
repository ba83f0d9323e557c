// SPDX-License-Identifier: GPL-2.0-only
/* formats.c - the list of formats, and reading a file of any of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dash/format/build.h"

/* Formats that examine more of the file to be recognized come later. */
const struct format *const formats[] = {&format_own,  &format_gab, &format_gab_bigger, &format_gbench,
					&format_fio, &format_bmf, &format_go,	       &format_csv};
const size_t nr_formats = sizeof(formats) / sizeof(formats[0]);

const struct format *format_find(const char *name)
{
	size_t i;

	for (i = 0; i < nr_formats; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

static const struct format *guess(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < nr_formats; i++)
		if (formats[i]->is && formats[i]->is(text, len))
			return formats[i];
	return NULL;
}

/* Read all of @fd, at most FORMAT_MAX_BYTES, and add a NUL. */
static int slurp(int fd, char **text, size_t *len, struct format_error *error)
{
	size_t room = 65536;
	ssize_t got;

	*len = 0;
	*text = malloc(room + 1);
	while (*text && (got = read(fd, *text + *len, room - *len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return format_fail(error, 0, "%s", strerror(errno));
		*len += (size_t)got;
		if (*len > FORMAT_MAX_BYTES)
			return format_fail(error, 0, "larger than 64 MiB");
		if (*len == room) {
			char *more = realloc(*text, 2 * room + 1);

			if (!more)
				return -ENOMEM;
			*text = more;
			room *= 2;
		}
	}
	if (!*text)
		return -ENOMEM;
	(*text)[*len] = 0;
	return 0;
}

/* For a file that looks like JSON, but is not valid, report where the error is. */
static int why_none(const char *text, size_t len, const struct format_given *given,
		    struct dash_runs *out, struct format_error *error)
{
	size_t blank = strspn(text, " \t\r\n");

	if (!len)
		return format_fail(error, 0, "empty");
	if (text[blank] == '{' || text[blank] == '[') {
		int err = format_own.read(text, len, given, out, error);

		if (err && !strncmp(error->text, "not JSON", 8))
			return err;
	}
	return format_fail(error, 0, "not one of the formats: give it with --format");
}

int format_read_file(const char *path, const struct format *format, const struct format_given *given,
		     struct dash_runs *out, struct format_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	char *text = NULL;
	size_t len;

	*error = (struct format_error){0};
	if (fd < 0)
		return format_fail(error, 0, "%s", strerror(errno));
	err = slurp(fd, &text, &len, error);
	close(fd);
	if (!err && !format)
		format = guess(text, len);
	if (!err && !len)
		err = format_fail(error, 0, "empty");
	else if (!err)
		err = format ? format->read(text, len, given, out, error) :
			       why_none(text, len, given, out, error);
	free(text);
	return err;
}

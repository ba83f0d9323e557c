// SPDX-License-Identifier: GPL-2.0-only
/* The formatted trace for the kernel tests: what fired between two points of a test. */
#include "kt.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing/"
#define TEXT_MAX (16UL << 20)

static char *text;
static char **lines;
static unsigned int nr_lines;

static bool put(const char *file, const char *value)
{
	char path[256];
	int fd;
	bool good;

	snprintf(path, sizeof(path), TRACING "%s", file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return false;
	good = write(fd, value, strlen(value)) >= 0;
	close(fd);
	return good;
}

void kt_trace_start(void)
{
	char pid[32];

	if (access(TRACING "trace", F_OK))
		mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	put("tracing_on", "0");
	put("options/event-fork", "1");
	snprintf(pid, sizeof(pid), "%d", getpid());
	put("set_event_pid", pid);
	put("buffer_size_kb", "8192");
	put("trace", "");
	if (!put("events/fs_dax/enable", "1"))
		kt_die(TRACING "events/fs_dax/enable");
	put("events/lock/contention_begin/enable", "1");
	put("events/lock/contention_end/enable", "1");
	put("tracing_on", "1");
}

/* Also what other processes do, as the kernel's own for sync(2) */
void kt_trace_all(void)
{
	put("set_event_pid", "");
}

bool kt_probe(const char *definition)
{
	char path[] = TRACING "kprobe_events";
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, definition, strlen(definition)) == (ssize_t)strlen(definition);

	if (fd >= 0)
		close(fd);
	return good && put("events/kt/enable", "1");
}

void kt_unprobe(void)
{
	put("events/kt/enable", "0");
	put("kprobe_events", "");
}

void kt_trace_stop(void)
{
	size_t n = 0, room = 0;
	ssize_t got;
	int fd;

	put("tracing_on", "0");
	put("events/fs_dax/enable", "0");
	put("events/lock/contention_begin/enable", "0");
	put("events/lock/contention_end/enable", "0");
	free(text);
	free(lines);
	text = malloc(TEXT_MAX + 1);
	lines = NULL;
	nr_lines = 0;
	fd = open(TRACING "trace", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || !text)
		kt_die(TRACING "trace");
	while (n < TEXT_MAX && (got = read(fd, text + n, TEXT_MAX - n)) > 0)
		n += (size_t)got;
	close(fd);
	text[n] = 0;
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (*line == '#')
			continue;
		if (nr_lines == room) {
			room = room ? 2 * room : 1024;
			lines = realloc(lines, room * sizeof(*lines));
			if (!lines)
				kt_die("realloc");
		}
		lines[nr_lines++] = line;
	}
	put("trace", "");
}

/* A word is found with nothing that goes on behind it: "0x2" is not in "0x20" */
static bool has_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at++)
		if (!at[n] || strchr(" |-,", at[n]))
			return true;
	return false;
}

/* The line number nr, or with ALL the last one; how many there are up to it */
enum { ALL = ~0U };

static const char *find(const char *event, unsigned int nr_wanted, va_list ap, unsigned int *count)
{
	const char *found = NULL, *words[8];
	unsigned int nr = 0;
	char tag[64];

	snprintf(tag, sizeof(tag), " %s: ", event);
	while (nr < 8 && (words[nr] = va_arg(ap, const char *)))
		nr++;
	*count = 0;
	for (unsigned int i = 0; i < nr_lines; i++) {
		unsigned int w;

		if (!strstr(lines[i], tag))
			continue;
		for (w = 0; w < nr; w++)
			if (!has_word(lines[i], words[w]))
				break;
		if (w < nr)
			continue;
		found = lines[i];
		if ((*count)++ == nr_wanted)
			break;
	}
	return nr_wanted == ALL || *count > nr_wanted ? found : NULL;
}

unsigned int kt_count(const char *event, ...)
{
	unsigned int count;
	va_list ap;

	va_start(ap, event);
	find(event, ALL, ap, &count);
	va_end(ap);
	return count;
}

const char *kt_line(const char *event, ...)
{
	const char *line;
	unsigned int count;
	va_list ap;

	va_start(ap, event);
	line = find(event, ALL, ap, &count);
	va_end(ap);
	return line;
}

const char *kt_nth_line(unsigned int nr, const char *event, ...)
{
	const char *line;
	unsigned int count;
	va_list ap;

	va_start(ap, event);
	line = find(event, nr, ap, &count);
	va_end(ap);
	return line;
}

bool kt_field(const char *line, const char *name, uint64_t *value)
{
	char tag[64];
	const char *at;

	snprintf(tag, sizeof(tag), " %s ", name);
	at = line ? strstr(line, tag) : NULL;
	if (!at)
		return false;
	*value = strtoull(at + strlen(tag), NULL, 0);
	return true;
}

void kt_trace_dump(void)
{
	for (unsigned int i = 0; i < nr_lines && i < 60; i++)
		printf("# %s\n", lines[i]);
}

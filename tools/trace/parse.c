// SPDX-License-Identifier: GPL-2.0-only
/* parse.c - values of options, and what is common to the output of all commands. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "collect/cgroup.h"
#include "trace/trace.h"
#include "util/err.h"

#define MOST_SECONDS 31536000.0 /* a year */
#define MOST_PID     4194304	/* PID_MAX_LIMIT */
#define TEXT_COLUMNS 79		/* where nobody knows the width of the reader's screen */

__u64 parse_number(const char *option, const char *text, __u64 least, __u64 most)
{
	char *end;
	__u64 value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || text[0] < '0' || text[0] > '9' || *end || value < least || value > most)
		die_usage("%s: '%s' is not a whole number from %llu to %llu", option, text,
			  (unsigned long long)least, (unsigned long long)most);
	return value;
}

__u64 parse_seconds(const char *option, const char *text)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	/* Not ">": that would let "nan" pass. */
	if (errno || end == text || *end || !(value >= 0.001 && value <= MOST_SECONDS))
		die_usage("%s: '%s' is not a number of seconds from 0.001 to a year", option, text);
	return (__u64)(value * 1e9 + 0.5);
}

__u64 parse_size(const char *option, const char *text)
{
	static const char suffix[] = "KMG";
	const char *found;
	char *end;
	__u64 value;
	int shift = 0;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end) {
		found = strchr(suffix, *end >= 'a' ? *end - 'a' + 'A' : *end);
		shift = found && !end[1] ? 10 * (int)(found - suffix + 1) : -1;
	}
	if (errno || text[0] < '0' || text[0] > '9' || shift < 0 || value > ~0ULL >> shift)
		die_usage("%s: '%s' is not a size such as 512K or 8M", option, text);
	return value << shift;
}

void print_and_exit(const char *text)
{
	fputs(text, stdout);
	exit(finish_stdout(DAX_EXIT_OK));
}

void text_opts(struct view_opts *opts, int fd)
{
	struct winsize size;

	setlocale(LC_CTYPE, "");
	opts->ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	opts->columns = TEXT_COLUMNS;
	if (isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size) && size.ws_col > TEXT_COLUMNS)
		opts->columns = size.ws_col - 1;
}

void watch_pids(struct watch_opts *opts, char *list)
{
	char *pid, *rest = list;

	while ((pid = strsep(&rest, ","))) {
		__u64 value = parse_number("-p", pid, 1, MOST_PID);
		__u32 *more;

		if (kill((pid_t)value, 0) && errno == ESRCH)
			die(DAX_EXIT_USAGE, "-p %s: %s", pid, strerror(ESRCH));
		if (opts->nr_targets == DAX_MAX_WATCHED)
			die_usage("-p: more than %d processes", DAX_MAX_WATCHED);
		more = reallocarray(opts->targets, opts->nr_targets + 1, sizeof(*more));
		if (!more)
			die(DAX_EXIT_UNSUPPORTED, "-p: %s", strerror(ENOMEM));
		opts->targets = more;
		opts->targets[opts->nr_targets++] = (__u32)value;
	}
}

void watch_cgroup(struct watch_opts *opts, const char *path)
{
	char err[512];
	int fd;

	if (opts->nr_cgroups == DAX_MAX_CGROUPS)
		die_usage("-G: more than %d cgroups", DAX_MAX_CGROUPS);
	fd = cgroup_open(path, err, sizeof(err));
	if (fd < 0)
		die(DAX_EXIT_USAGE, "-G %s: %s", path, err);
	opts->cgroups[opts->nr_cgroups++] = fd;
}

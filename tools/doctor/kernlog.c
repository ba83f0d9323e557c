// SPDX-License-Identifier: GPL-2.0-only
/* kernlog.c - the last kernel message about DAX, which shows why a mount was refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include "doctor/kernlog.h"

#define READ_ALL 3	   /* SYSLOG_ACTION_READ_ALL: does not consume the messages */
#define LOG_MAX	 (1 << 20) /* bytes read, from the end */

static bool is_about(const char *line, const char *device)
{
	return (strstr(line, "DAX") || strstr(line, "dax")) && (!device || strstr(line, device));
}

bool kernlog_find(const char *log, size_t len, const char *device, char *out, size_t size)
{
	bool found = false;
	char line[512];

	for (size_t at = 0; at < len;) {
		const char *end = memchr(log + at, '\n', len - at);
		size_t length = end ? (size_t)(end - log) - at : len - at;
		const char *text = line;

		snprintf(line, sizeof(line), "%.*s", length < sizeof(line) ? (int)length : (int)sizeof(line) - 1, log + at);
		at += length + 1;
		/* skip <level>[ seconds] */
		if (*text == '<')
			text += strcspn(text, ">") + 1;
		if (*text == '[' && strchr(text, ']'))
			text = strchr(text, ']') + 1;
		text += strspn(text, " ");
		if (strncmp(text, "Command line:", 13) != 0 && is_about(text, device)) {
			snprintf(out, size, "%s", text);
			found = true;
		}
	}
	return found;
}

bool kernlog_dax(const char *device, char *out, size_t size)
{
	char *log = malloc(LOG_MAX);
	int len = log ? klogctl(READ_ALL, log, LOG_MAX) : -1;
	bool found = len > 0 && kernlog_find(log, (size_t)len, device, out, size);

	free(log);
	return found;
}

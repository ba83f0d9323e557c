// SPDX-License-Identifier: GPL-2.0-only
/* format.c - format numbers and names for people, safe for a terminal and limited in length. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "util/escape.h"
#include "view/format.h"

#define PATH_KEPT 1000 /* bytes at the end of a path that are shown */

/* @value with three significant digits, and the first of @suffix for which it is below @base. */
static void scaled(char *out, size_t size, double value, double base, const char *const suffix[],
		   int nr)
{
	int i = 0, digits;

	/* Not above 999: a value that would be rounded to 1000 gets the next suffix. */
	while (i < nr - 1 && value >= (i ? base - 0.5 : base)) {
		value /= base;
		i++;
	}
	digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	snprintf(out, size, "%.*f%s", digits, value, suffix[i]);
}

static void real_or_count(char *out, size_t size, const struct dax_num *num, double base,
			  const char *const suffix[], int nr)
{
	double value = num->kind == DAX_NUM_COUNT ? (double)num->count : num->real;

	/* A whole number below the first step is shown unchanged. */
	if (value < base && (num->kind == DAX_NUM_COUNT || value == 0))
		snprintf(out, size, "%.0f%s", value, suffix[0]);
	else
		scaled(out, size, value, base, suffix, nr);
}

static void percent(char *out, size_t size, double ratio)
{
	static const char *const suffix[] = {"%", "k%", "M%", "G%"};

	/* Do not round to 0 % or 100 % unless it is exactly that. */
	if (ratio > 0 && ratio < 0.0005)
		snprintf(out, size, "<0.1%%");
	else if (ratio < 1 && ratio >= 0.9995)
		snprintf(out, size, ">99.9%%");
	else if (ratio == 0 || ratio == 1)
		snprintf(out, size, "%.0f%%", ratio * 100);
	else if (ratio < 1)
		snprintf(out, size, "%.1f%%", ratio * 100);
	else
		scaled(out, size, ratio * 100, 1000, suffix, 4);
}

void format_num(char out[FORMAT_NUM_MAX], struct dax_num num, enum dax_unit unit)
{
	static const char *const si[] = {"", "k", "M", "G", "T", "P", "E"};
	static const char *const time[] = {"ns", "us", "ms", "s", "ks", "Ms", "Gs"};
	static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t size = FORMAT_NUM_MAX;

	if (num.kind == DAX_NUM_UNKNOWN) {
		snprintf(out, size, "-");
		return;
	}
	if (num.partial || num.estimate) {
		*out++ = num.partial && unit != DAX_UNIT_RATIO ? '>' : '~';
		size--;
	}
	switch (unit) {
	case DAX_UNIT_RATIO:
		percent(out, size, num.kind == DAX_NUM_COUNT ? (double)num.count : num.real);
		break;
	case DAX_UNIT_NS:
		real_or_count(out, size, &num, 1000, time, 7);
		break;
	case DAX_UNIT_BYTES:
		real_or_count(out, size, &num, 1024, bytes, 7);
		break;
	case DAX_UNIT_ID:
		snprintf(out, size, "%llu", (unsigned long long)num.count % 10000000000000ULL);
		break;
	default:
		real_or_count(out, size, &num, 1000, si, 7);
		break;
	}
}

static enum escape_for escape_how(bool ascii)
{
	return ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL;
}

void format_field(char *out, size_t size, const struct dax_field *field,
		  const struct dax_item *item, enum dax_window window, bool ascii)
{
	char num[FORMAT_NUM_MAX];
	const char *text;

	if (field->unit == DAX_UNIT_TEXT) {
		text = dax_field_text(field, item, window);
		escape_text(out, size, text ? text : "-", escape_how(ascii));
		return;
	}
	format_num(num, dax_field_num(field, item, window), field->unit);
	snprintf(out, size, "%s", num);
}

void format_device(char out[FORMAT_NUM_MAX], __u32 dev)
{
	snprintf(out, FORMAT_NUM_MAX, "%u:%u", dev >> 20, dev & 0xfffff);
}

void format_name(char out[FORMAT_NAME_MAX], const struct dax_item *item, bool ascii)
{
	const char *name = dax_field_text(dax_field_find("name"), item, DAX_TOTAL);
	char device[FORMAT_NUM_MAX];
	size_t len, done;

	format_device(device, item->key.dev);
	if (item->other) {
		snprintf(out, FORMAT_NAME_MAX, "(all others)");
	} else if (item->kind == DAX_HOST) {
		snprintf(out, FORMAT_NAME_MAX, "(host)");
	} else if (name) {
		len = strlen(name);
		strcpy(out, len > PATH_KEPT ? "..." : "");
		done = strlen(out);
		done += escape_text(out + done, FORMAT_NAME_MAX - done - 16,
				    name + (len > PATH_KEPT ? len - PATH_KEPT : 0),
				    escape_how(ascii));
		strcpy(out + done, item->path_deleted ? " (deleted)"
				   : item->exited     ? " (exited)"
				   : item->path_gone  ? " (gone)"
				   : item->path_was   ? " (renamed)"
						      : "");
	} else if (item->kind == DAX_MOUNT) {
		snprintf(out, FORMAT_NAME_MAX, "%s", device);
	} else if (item->kind == DAX_FILE) {
		snprintf(out, FORMAT_NAME_MAX, "%s inode %llu", device,
			 (unsigned long long)item->key.ino);
	} else if (item->kind == DAX_CGROUP) {
		snprintf(out, FORMAT_NAME_MAX, "cgroup %llu", (unsigned long long)item->cgroup);
	} else {
		strcpy(out, "-");
	}
}

/* Only these characters need no quotes in any shell. */
static bool plain(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_@%+=:,./-")];
}

struct out {
	char *at;
	size_t left; /* including the final NUL */
};

static void append_text(struct out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void append_text(struct out *out, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(out->at, out->left, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= out->left)
		len = (int)out->left - 1;
	out->at += len;
	out->left -= (size_t)len;
}

/* One word for a POSIX shell; with unprintable bytes, one for bash, zsh and ksh: $'...'. */
static void put_quoted(struct out *out, const char *text, size_t len, bool ascii)
{
	char raw[PATH_KEPT + 1], shown[4 * PATH_KEPT + 1];
	size_t i;

	memcpy(raw, text, len);
	raw[len] = '\0';
	escape_text(shown, sizeof(shown), raw, escape_how(ascii));
	if (plain(raw)) {
		append_text(out, "%s", raw);
	} else if (!strcmp(raw, shown)) {
		append_text(out, "'");
		for (i = 0; i < len; i++)
			append_text(out, raw[i] == '\'' ? "'\\''" : "%c", raw[i]);
		append_text(out, "'");
	} else {
		append_text(out, "$'");
		for (i = 0; i < len; i++) {
			unsigned char c = (unsigned char)raw[i];

			if (c >= 0x20 && c < 0x7f && c != '\'' && c != '\\')
				append_text(out, "%c", c);
			else
				append_text(out, "\\x%02x", c);
		}
		append_text(out, "'");
	}
}

static void put_place(struct out *out, const char *place, const struct dax_item *item, bool ascii)
{
	const char *path = item->kind != DAX_FILE		   ? item->most_path
			   : item->path_deleted || item->path_gone ? NULL
								   : item->path;
	__u32 pid = item->kind == DAX_PROCESS || item->kind == DAX_THREAD ? item->key.tgid
									  : item->most_pid;
	const char *slash;

	/* A path that begins with ".../" is incomplete: it cannot be typed. */
	if (path && (path[0] != '/' || strlen(path) > PATH_KEPT))
		path = NULL;
	slash = path ? strrchr(path, '/') : NULL;
	if (!strncmp(place, "{file}", 6)) {
		if (path)
			put_quoted(out, path, strlen(path), ascii);
		else
			append_text(out, "FILE");
	} else if (!strncmp(place, "{dir}", 5)) {
		if (path)
			put_quoted(out, path, slash > path ? (size_t)(slash - path) : 1, ascii);
		else
			append_text(out, "DIR");
	} else if (pid) {
		append_text(out, "%u", pid);
	} else {
		append_text(out, "PID");
	}
}

void format_run(char out[FORMAT_LINE_MAX], const char *run, const struct dax_item *item, bool ascii)
{
	struct out to = {out, FORMAT_LINE_MAX};

	*out = '\0';
	while (*run) {
		if (*run == '{') {
			put_place(&to, run, item, ascii);
			run += strcspn(run, "}") + 1;
		} else {
			append_text(&to, "%c", *run++);
		}
	}
}

void format_cause(char out[FORMAT_LINE_MAX], const struct dax_advice *advice)
{
	struct dax_num num = {.kind = DAX_NUM_COUNT};
	char count[FORMAT_NUM_MAX], of[FORMAT_NUM_MAX];

	if (!advice->cause) {
		snprintf(out, FORMAT_LINE_MAX, "nothing fell back");
		return;
	}
	num.count = advice->count;
	format_num(count, num, DAX_UNIT_COUNT);
	num.count = advice->of;
	format_num(of, num, DAX_UNIT_COUNT);
	snprintf(out, FORMAT_LINE_MAX, "%s, %s of %s %s%s%s: %s", advice->cause, count, of,
		 advice->of_what, advice->behind ? ", after " : "",
		 advice->behind ? advice->behind : "", advice->means);
}

int format_width(const char *text)
{
	int used;

	escape_fit(text, INT_MAX, &used);
	return used;
}

/* The start of the end of @text that fits in @columns. */
static const char *fit_end(const char *text, int columns)
{
	while (format_width(text) > columns) {
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
	}
	return text;
}

void format_fit(char out[FORMAT_LINE_MAX], const char *text, int columns, bool keep_end,
		bool to_right)
{
	struct out to = {out, FORMAT_LINE_MAX};
	int width = format_width(text), used = 0, mark;
	const char *from = text;
	size_t bytes;

	*out = '\0';
	if (columns < 0)
		columns = 0;
	mark = width <= columns ? 0 : columns > 6 ? 3 : columns > 2 ? 1 : 0;
	if (keep_end && width > columns) {
		from = fit_end(text, columns - mark);
		bytes = strlen(from);
		used = format_width(from);
	} else {
		bytes = escape_fit(text, columns - mark, &used);
	}
	if (to_right)
		append_text(&to, "%*s", columns - mark - used, "");
	if (keep_end)
		append_text(&to, "%.*s", mark, "...");
	append_text(&to, "%.*s", (int)bytes, from);
	if (!keep_end)
		append_text(&to, "%.*s", mark, "...");
	if (!to_right)
		append_text(&to, "%*s", columns - mark - used, "");
}

void format_bar(char out[FORMAT_LINE_MAX], double share, int columns, bool ascii)
{
	static const char *const eighth[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int eighths, i;
	size_t used = 0;

	*out = '\0';
	if (!(share > 0) || columns <= 0)
		return;
	eighths = (int)(share * columns * 8 + 0.5);
	if (eighths > columns * 8)
		eighths = columns * 8;
	if (ascii && eighths < 8)
		eighths = 8; /* a share above 0 must be visible */
	for (i = 0; i < eighths / 8; i++)
		used += (size_t)snprintf(out + used, FORMAT_LINE_MAX - used, ascii ? "#" : "█");
	if (!ascii)
		snprintf(out + used, FORMAT_LINE_MAX - used, "%s",
			 eighths ? eighth[eighths % 8] : eighth[1]);
}

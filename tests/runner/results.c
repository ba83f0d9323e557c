// SPDX-License-Identifier: GPL-2.0-only
/*
 * results.c - reads what tests printed ('ok - WHAT', 'not ok - WHAT', 'skip - WHAT: REASON', '# DETAIL') and counts it,
 * or prints it as TAP 13 or JUnit XML. What tests print is not trusted: it may hold anything.
 *
 * usage: results count LOG                 prints the numbers of ok, not ok and skip
 *        results tap FIRST NAME LOG        one test point for each assertion, the first with number FIRST
 *        results junit <LIST               one suite for each line 'NAME<TAB>SECONDS<TAB>LOG' of LIST
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { OTHER, OK, NOT_OK, SKIP };

/* No line of the output is longer than this many bytes of what a test printed; nobody reads more of one. */
#define MOST 4000

/* Of the details of a test's failures, and of its last lines, no more than this many bytes. */
#define MOST_DETAIL 20000

struct text {
	char *bytes;
	size_t length;
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "results: %s: %s\n", what, why);
	exit(2);
}

/* The whole file; what cannot be read is an error, never an empty log. */
static struct text read_log(const char *path)
{
	struct text log = {0};
	size_t room = 0, got;
	FILE *f = fopen(path, "r");

	if (!f)
		fail(path, strerror(errno));
	do {
		if (room - log.length < 65536) {
			room = 2 * room + 131072;
			log.bytes = realloc(log.bytes, room);
			if (!log.bytes)
				fail(path, "out of memory");
		}
		got = fread(log.bytes + log.length, 1, room - log.length, f);
		log.length += got;
	} while (got);
	if (ferror(f))
		fail(path, "cannot be read");
	fclose(f);
	return log;
}

/* Takes the next line, without its end, from the text; false when there is none. */
static bool next_line(struct text *rest, struct text *line)
{
	char *end;

	if (!rest->length)
		return false;
	end = memchr(rest->bytes, '\n', rest->length);
	line->bytes = rest->bytes;
	line->length = end ? (size_t)(end - rest->bytes) : rest->length;
	rest->bytes += line->length + (end ? 1 : 0);
	rest->length -= line->length + (end ? 1 : 0);
	return true;
}

static bool begins(const struct text *line, const char *with)
{
	size_t n = strlen(with);

	return line->length >= n && !memcmp(line->bytes, with, n);
}

/* What kind of line it is; what is left of it are the words behind the dash, of which there are some always. */
static enum kind kind_of(struct text *line)
{
	static const struct {
		const char *prefix;
		enum kind kind;
	} kinds[] = {{"ok - ", OK}, {"not ok - ", NOT_OK}, {"skip - ", SKIP}};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (begins(line, kinds[i].prefix)) {
			line->bytes += strlen(kinds[i].prefix);
			line->length -= strlen(kinds[i].prefix);
			if (!line->length)
				*line = (struct text){.bytes = "(no words)", .length = 10};
			return kinds[i].kind;
		}
	}
	return OTHER;
}

/*
 * The length of the UTF-8 character at the begin of the text, or 0: not one, or one that XML forbids (control characters
 * but tab, surrogates, U+FFFE and U+FFFF) or that steers a terminal (C1 controls).
 */
static size_t character(const unsigned char *s, size_t length)
{
	unsigned long c;
	size_t n, i;

	if (s[0] < 0x80)
		return s[0] == '\t' || (s[0] >= 0x20 && s[0] != 0x7f);
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if ((s[0] & 0xf0) == 0xe0)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (n > length)
		return 0;
	c = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((n == 2 && c < 0xa0) || (n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	if ((c >= 0xd800 && c <= 0xdfff) || c == 0xfffe || c == 0xffff)
		return 0;
	return n;
}

/* Each character that must not stand as it is has its own way of being written. */
typedef void put_special(unsigned char c);

static void print_text(const struct text *t, const char *special, put_special *put, const char *backslash)
{
	size_t i = 0, n;

	while (i < t->length && i < MOST) {
		const unsigned char *s = (const unsigned char *)t->bytes + i;

		n = character(s, t->length - i);
		if (!n) {
			printf("%sx%02x", backslash, *s);
			n = 1;
		} else if (n == 1 && strchr(special, *s)) {
			put(*s);
		} else {
			fwrite(s, 1, n, stdout);
		}
		i += n;
	}
	if (i < t->length)
		fputs("...", stdout);
}

static void put_tap(unsigned char c)
{
	printf("\\%c", c);
}

static void put_xml(unsigned char c)
{
	switch (c) {
	case '&':
		fputs("&amp;", stdout);
		break;
	case '<':
		fputs("&lt;", stdout);
		break;
	case '>':
		fputs("&gt;", stdout);
		break;
	case '"':
		fputs("&quot;", stdout);
		break;
	default: /* a tab in an attribute would be read as a space */
		printf("&#%d;", c);
	}
}

/* In a TAP description '#' begins a directive, and '\' says that it does not. */
static void tap_text(const struct text *t)
{
	print_text(t, "#\\", put_tap, "\\\\");
}

static void xml_text(const struct text *t)
{
	print_text(t, "&<>\"\t", put_xml, "\\");
}

static void xml_string(const char *s)
{
	struct text t = {.bytes = (char *)s, .length = strlen(s)};

	xml_text(&t);
}

struct counts {
	unsigned long of[SKIP + 1];
};

static struct counts count(struct text log)
{
	struct counts counts = {0};
	struct text line;

	while (next_line(&log, &line))
		counts.of[kind_of(&line)]++;
	return counts;
}

/* The words of a skip up to the first ": ", and the reason behind it. */
static struct text split_reason(struct text *what)
{
	struct text reason = {.bytes = "no reason", .length = 9};
	char *colon = memmem(what->bytes, what->length, ": ", 2);

	if (colon && colon > what->bytes && colon + 2 < what->bytes + what->length) {
		reason.bytes = colon + 2;
		reason.length = what->length - (colon + 2 - what->bytes);
		what->length = colon - what->bytes;
	}
	return reason;
}

static void print_tap(unsigned long number, const char *name, struct text log)
{
	struct text line, title = {.bytes = (char *)name, .length = strlen(name)};

	while (next_line(&log, &line)) {
		enum kind kind = kind_of(&line);
		struct text reason;

		if (kind == OTHER) {
			if (!begins(&line, "#"))
				continue;
			fputs("# ", stdout);
			line.bytes++;
			line.length--;
			print_text(&line, "", put_tap, "\\");
			putchar('\n');
			continue;
		}
		if (kind == SKIP)
			reason = split_reason(&line);
		printf("%sok %lu - ", kind == NOT_OK ? "not " : "", number++);
		tap_text(&title);
		fputs(": ", stdout);
		tap_text(&line);
		if (kind == SKIP) {
			fputs(" # SKIP ", stdout);
			print_text(&reason, "", put_tap, "\\");
		}
		putchar('\n');
	}
}

/* The lines '# ...' behind a failure, which say more about it. */
static void print_details(struct text log)
{
	size_t printed = 0;
	struct text line;

	while (next_line(&log, &line) && begins(&line, "#") && printed < MOST_DETAIL) {
		xml_text(&line);
		putchar('\n');
		printed += line.length;
	}
}

static void print_case(const char *name, enum kind kind, struct text what, struct text details)
{
	struct text reason;

	if (kind == SKIP)
		reason = split_reason(&what);
	fputs("  <testcase classname=\"", stdout);
	xml_string(name);
	fputs("\" name=\"", stdout);
	xml_text(&what);
	fputs("\">", stdout);
	if (kind == NOT_OK) {
		fputs("<failure message=\"", stdout);
		xml_text(&what);
		fputs("\">", stdout);
		print_details(details);
		fputs("</failure>", stdout);
	} else if (kind == SKIP) {
		fputs("<skipped message=\"", stdout);
		xml_text(&reason);
		fputs("\"/>", stdout);
	}
	fputs("</testcase>\n", stdout);
}

/* The last lines of a failed test's log. */
static void print_end(struct text log)
{
	struct text line;

	if (log.length > MOST_DETAIL) {
		log.bytes += log.length - MOST_DETAIL;
		log.length = MOST_DETAIL;
	}
	fputs("  <system-out>", stdout);
	while (next_line(&log, &line)) {
		xml_text(&line);
		putchar('\n');
	}
	fputs("</system-out>\n", stdout);
}

static void print_suite(const char *name, double seconds, struct text log)
{
	struct counts counts = count(log);
	struct text rest = log, line;

	fputs(" <testsuite name=\"", stdout);
	xml_string(name);
	printf("\" tests=\"%lu\" failures=\"%lu\" errors=\"0\" skipped=\"%lu\" time=\"%.3f\">\n",
	       counts.of[OK] + counts.of[NOT_OK] + counts.of[SKIP], counts.of[NOT_OK], counts.of[SKIP], seconds);
	while (next_line(&rest, &line)) {
		enum kind kind = kind_of(&line);

		if (kind != OTHER)
			print_case(name, kind, line, rest);
	}
	if (counts.of[NOT_OK])
		print_end(log);
	fputs(" </testsuite>\n", stdout);
}

static void print_junit(void)
{
	char *line = NULL, *name, *seconds, *path, *end;
	size_t room = 0;

	puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"daxscope\">");
	while (getline(&line, &room, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		name = line;
		seconds = strchr(line, '\t');
		path = seconds ? strchr(seconds + 1, '\t') : NULL;
		if (!path)
			fail("the list", "a line is not NAME<TAB>SECONDS<TAB>LOG");
		*seconds++ = '\0';
		*path++ = '\0';
		double value = strtod(seconds, &end);
		if (*end || end == seconds)
			fail(seconds, "not a number of seconds");
		struct text log = read_log(path);
		print_suite(name, value, log);
		free(log.bytes);
	}
	free(line);
	puts("</testsuites>");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "count")) {
		struct counts counts = count(read_log(argv[2]));

		printf("%lu %lu %lu\n", counts.of[OK], counts.of[NOT_OK], counts.of[SKIP]);
	} else if (argc == 5 && !strcmp(argv[1], "tap")) {
		print_tap(strtoul(argv[2], NULL, 10), argv[3], read_log(argv[4]));
	} else if (argc == 2 && !strcmp(argv[1], "junit")) {
		print_junit();
	} else {
		fprintf(stderr, "usage: results count LOG | tap FIRST NAME LOG | junit <LIST\n");
		return 2;
	}
	if (fflush(stdout) || ferror(stdout))
		fail("standard output", strerror(errno));
	return 0;
}

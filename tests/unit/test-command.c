// SPDX-License-Identifier: GPL-2.0-only
/* test-command.c - commands a reader may type: made for the file's filesystem, and whole to a shell however they are broken. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "unit.h"
#include "view/format.h"
#include "view/lines.h"
#include "view/view.h"

/* What a shell makes of the lines of a command: its output, which @out has room for. */
static void ask_shell(const struct lines *lines, char *out, size_t size)
{
	char script[] = "/tmp/command-XXXXXX", command[64];
	int fd = mkstemp(script);
	FILE *file = fdopen(fd, "w"), *pipe;
	size_t i;

	for (i = 0; i < lines->nr; i++)
		fprintf(file, "%s\n", lines->line[i].text + 5); /* behind "run: ", or as many spaces */
	fclose(file);
	snprintf(command, sizeof(command), "bash %s 2>&1", script);
	pipe = popen(command, "r");
	out[fread(out, 1, size - 1, pipe)] = '\0';
	pclose(pipe);
	unlink(script);
}

/* What changes or erases more than it says is described, and never there to be typed. */
static void test_harmless(void)
{
	static const char *const harmful[] = {"mkfs",  "mv ", "cp ",   "rm ",	 "truncate", "fallocate", "umount",
					      "parted", "dd ", "create-namespace", "clear-errors", "> "};

	for (unsigned reason = 0; reason < DAX_NR_REASONS; reason++) {
		const char *run = dax_reason_run((enum dax_reason)reason, NULL);

		for (size_t i = 0; run && i < sizeof(harmful) / sizeof(*harmful); i++)
			EXPECT(!strstr(run, harmful[i]));
	}
	CHECK(unit_quiet(), "no command for a reason can harm data");
}

static void test_commands(void)
{
	static const char *const names[] = {"/mnt/dax/a b  c", "/mnt/dax/x\ny'z \\ w", "/mnt/plain"};
	struct dax_item item = {.kind = DAX_FILE, .fs_type = "ext4"};
	char text[FORMAT_LINE_MAX], expected[256];
	size_t name;
	int columns;

	item.path = "/mnt/f";
	format_run(text, DAX_RUN_COPY, &item, false);
	CHECK(!strcmp(text, "daxdoctor --repair /mnt/f"), "what mends a file: %s", text);
	item = (struct dax_item){.kind = DAX_PROCESS, .most_path = "/mnt/f", .most_fs_type = "ext4"};
	format_run(text, DAX_RUN_COPY, &item, false);
	CHECK(!strcmp(text, "daxdoctor --repair /mnt/f"), "... and the file of a process: %s", text);
	test_harmless();
	for (name = 0; name < sizeof(names) / sizeof(*names); name++) {
		item = (struct dax_item){.kind = DAX_FILE, .path = names[name]};
		snprintf(expected, sizeof(expected), "%s|%s.new|a  b|%s|", names[name], names[name],
			 names[name]);
		for (columns = 45; columns < 110; columns += 4) {
			struct lines lines = {.columns = columns};
			size_t i;

			lines_fix(&lines, 0, NULL, "printf '%s|' {file} {file}.new && printf '%s|' 'a  b' {file}",
				  &item);
			for (i = 0; i < lines.nr; i++)
				EXPECT(format_width(lines.line[i].text) <= columns);
			ask_shell(&lines, text, sizeof(text));
			EXPECT(!strcmp(text, expected));
			lines_free(&lines);
		}
	}
	CHECK(unit_quiet(), "a command on several lines is the same command to a shell");
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	test_commands();
	return UNIT_STATUS;
}

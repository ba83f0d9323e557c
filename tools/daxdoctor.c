// SPDX-License-Identifier: GPL-2.0-only
/* daxdoctor.c - explain why a file, mount or process cannot get 2 MiB pages, and how to fix it. */
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "cli/cli.h"
#include "doctor/file.h"
#include "doctor/process.h"
#include "doctor/repair.h"
#include "doctor/view.h"
#include "util/err.h"
#include "util/number.h"
#include "util/pages.h"

#define DEFAULT_ROWS 24

struct options {
	int pid;
	bool json, has_rows, smaps, is_dax;
	size_t rows;
	bool repair, has_repair_option;
	struct repair_options how;
};

static void option(struct options *opt, enum cli_key key, char *arg)
{
	switch (key) {
	case CLI_PID:
		opt->pid = (int)parse_number("-p", arg, 1, INT_MAX);
		break;
	case CLI_JSON:
		opt->json = true;
		break;
	case CLI_ROWS:
		opt->rows = parse_number("--rows", arg, 0, INT_MAX);
		opt->has_rows = true;
		break;
	case CLI_SMAPS:
		opt->smaps = true;
		break;
	case CLI_IS_DAX:
		opt->is_dax = true;
		break;
	case CLI_REPAIR:
		opt->repair = true;
		break;
	case CLI_DRY_RUN:
		opt->how.dry_run = opt->has_repair_option = true;
		break;
	case CLI_GROW:
		opt->how.grow = opt->has_repair_option = true;
		break;
	case CLI_FORCE:
		opt->how.force = opt->has_repair_option = true;
		break;
	case CLI_VERSION:
		cli_version(cli_find("daxdoctor", NULL));
	default:
		try_help();
	}
}

static void parse(int argc, char **argv, struct options *opt)
{
	enum cli_key key;
	struct cli cli;

	cli_begin(&cli, cli_find("daxdoctor", NULL), argc, argv, false);
	while ((key = cli_next(&cli)) != CLI_END)
		option(opt, key, optarg);
	if (opt->smaps && !opt->pid)
		die_usage("--smaps goes with -p PID");
	if (opt->has_repair_option && !opt->repair)
		die_usage("--dry-run, --grow and --force go with --repair");
	if (opt->repair && (opt->pid || opt->json || opt->has_rows))
		die_usage("--repair FILE does not go together with -p, --json and --rows");
	if (opt->is_dax && (opt->pid || opt->json || opt->has_rows || opt->repair))
		die_usage("--is-dax FILE goes alone");
	if (opt->pid ? optind != argc : optind + 1 != argc)
		die_usage(opt->pid	   ? "-p PID and a file do not go together"
			  : optind == argc ? "no FILE, DIRECTORY, DEVICE or -p PID given"
					   : "more than one FILE given");
}

/* Print the text of the "dax" finding, without the rest of the report. */
static int is_dax(const char *path)
{
	struct report report = {0};
	int status = DAX_EXIT_UNSUPPORTED;
	struct stat st;
	size_t i;

	if (!stat(path, &st) && S_ISBLK(st.st_mode))
		die(DAX_EXIT_USAGE, "%s: a device is not DAX, files are: name a file or directory", path);
	examine_path(&report, path);
	for (i = 0; i < report.nr_findings; i++) {
		/*
		 * For a folder on a filesystem without DAX, the finding is about the mount point.
		 */
		if (strcmp(report.finding[i].check, "dax") != 0 && strcmp(report.finding[i].check, "mount_point") != 0)
			continue;
		if (report.finding[i].verdict == VERDICT_OK)
			status = DAX_EXIT_OK;
		else if (report.finding[i].verdict == VERDICT_PROBLEM)
			status = DAX_EXIT_FOUND;
	}
	report_free(&report);
	return status;
}

int main(int argc, char **argv)
{
	struct options opt = {.rows = DEFAULT_ROWS};
	struct report report = {0};
	char err[256];
	int status;

	setlocale(LC_CTYPE, "");
	set_program(argv[0]);
	parse(argc, argv, &opt);
	if (pages_here(err, sizeof(err)))
		die(DAX_EXIT_UNSUPPORTED, "%s", err);
	if (opt.repair)
		return finish_stdout(repair_file(argv[optind], &opt.how));
	if (opt.is_dax)
		return finish_stdout(is_dax(argv[optind]));
	report.pid = opt.pid;
	report.read_smaps = opt.smaps;
	if (opt.pid)
		examine_process(&report);
	else
		examine_path(&report, argv[optind]);
	status = report_status(&report);
	if (opt.json)
		doctor_json(stdout, &report);
	else
		doctor_text(stdout, &report, opt.rows);
	report_free(&report);
	return finish_stdout(status);
}

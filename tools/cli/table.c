// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c - every option of every program: letter, name, value, who takes it, and its words for --help and the
 * manuals. `make pages` carries a change of it into the manuals and completions. In the text for the manuals `x` is
 * bold, _x_ is italic, an empty line begins a paragraph, and a line that begins with a space stays as it is.
 */
#include "cli/cli.h"

#define TEXT_OF_CGROUP                                                                                              \
	"=Only tasks that are in this cgroup (version 2), or in one below it, when they fault. _PATH_ is as in "     \
	"/proc/PID/cgroup, or a directory. May be given again, up to 8 times; with `-p` both must hold. _COMMAND_ "  \
	"then decides only when to stop; it is counted if it is in such a cgroup."
#define TEXT_OF_RUN                                                                                                \
	"=Also write the counts, ratios, latencies and losses as a run for daxdash(1). The commit is that of "      \
	"GITHUB_SHA or CI_COMMIT_SHA, when one is set; `daxdash import` can name it later."
#define STATUS_OF_VERDICT                                                                                          \
	"Exit status: 0 pass, 1 regression, 2 usage or bad input, 3 cannot do it here,\n"                          \
	"4 inconclusive: run again, or nothing could be judged.\n"

const struct cli_option cli_options[] = {
	{CLI_KIND, "kind", CLI_VALUE, "KIND", CLI_FAULTS, "what to cause; 'daxbench kinds' lists the kinds", NULL},
	{CLI_DELAY, "delay", CLI_VALUE, "SEC", CLI_TOP,
	 "time between updates in seconds, 0.01 to 86400\n(default 1; 15 with --listen and --textfile)",
	 "The operand _INTERVAL_ is the same."},
	{CLI_COUNT, "count", CLI_VALUE, "N", CLI_TOP, "stop after N updates", "The operand _COUNT_ is the same."},
	{CLI_COUNT, "count", CLI_VALUE, "N", CLI_FAULTS, "how many faults",
	 "=How many faults, 1 to 100000000. For `mixed` this is the sum over all kinds; the default is then 100 a "
	 "second, as far as the space allows."},
	{CLI_DURATION, "duration", CLI_VALUE, "SEC", CLI_RECORD, "stop recording after SEC seconds",
	 "The command continues."},
	{CLI_DURATION, "duration", CLI_VALUE, "SEC", CLI_STAT, "stop counting after SEC seconds",
	 "The command continues."},
	{CLI_DURATION, "duration", CLI_VALUE, "SEC", CLI_FAULTS, "kind mixed: how long it lasts (20)", NULL},
	{CLI_INPUT, "input", CLI_VALUE, "FILE", CLI_TOP, "show a recording of daxtrace record; needs no privilege",
	 "It is shown in place of the running kernel; see RECORDINGS."},
	{CLI_INPUT, "input", CLI_VALUE, "FILE", CLI_REPORT, "the recording (daxtrace.data); or just FILE",
	 "=The recording (daxtrace.data); the operand _FILE_ is the same. It must be a regular file."},
	{CLI_OUTPUT, "output", CLI_VALUE, "FILE", CLI_RECORD,
	 "the recording (daxtrace.data); - for standard output.\nAn older FILE becomes FILE.old",
	 "=Where the recording goes (daxtrace.data). Only its owner can read a new file (mode 0600), because it holds "
	 "paths and command names of all users. An older _FILE_ becomes _FILE_.old once recording begins. A symbolic "
	 "link is refused, except in /dev. With `-` the recording goes to standard output, and what the command prints "
	 "there goes to standard error."},
	{CLI_BATCH, "batch", CLI_NONE, NULL, CLI_TOP, "print text to standard output (also when it is a pipe)",
	 "Lines have less than 80 columns, except for commands to type and long names."},
	{CLI_JSON, "json", CLI_NONE, NULL, CLI_TOP, "print JSON, one object a line for each update", "See JSON."},
	{CLI_JSON, "json", CLI_NONE, NULL, CLI_REPORT, "print one JSON object",
	 "It has the members of an update of `daxtop --json`, and `recording`: what is known of the file."},
	{CLI_JSON, "json", CLI_NONE_NOW, NULL, CLI_STAT, "print one JSON object to standard output, not text",
	 "It has the members of an update of `daxtop --json`, and `command`, `exit_status` and `kernel`."},
	{CLI_JSON, "json", CLI_NONE, NULL, CLI_DOCTOR, "print JSON, schema daxdoctor/1",
	 "It holds raw numbers; each key names its unit."},
	{CLI_JSON_FILE, "json-file", CLI_VALUE, "FILE", CLI_STAT, "write JSON to FILE, and print text as well",
	 "A symbolic link is refused, except in /dev."},
	{CLI_EVENTS, "events", CLI_NONE, NULL, CLI_REPORT, "print one line for each fault, in the order of time",
	 "=Print one line for each fault, in the order in which they ended:\n\n"
	 " SECONDS COMMAND PID/TID [CPU] OUTCOME read|write REASON\n"
	 " offset=IN_FILE addr=ADDRESS ns=DURATION\n"
	 " [extent=OFFSET+LENGTH type=TYPE flags=FLAGS storage=ON_DEVICE]\n"
	 " file=PATH\n\n"
	 "all in one line. The seconds are those of CLOCK_MONOTONIC; `ns=?` marks a fault that began before the "
	 "recording."},
	{CLI_LISTEN, "listen", CLI_VALUE, "ADDRESS", CLI_TOP,
	 "serve figures for Prometheus at [ADDR:]PORT; without\nADDR on localhost",
	 "=Serve figures for Prometheus; see FIGURES FOR A FLEET. _ADDRESS_ is PORT, ADDR:PORT or [ADDR]:PORT, with ADDR "
	 "in digits; without ADDR it is localhost. Port 0 takes a free port, which standard error names."},
	{CLI_TEXTFILE, "textfile", CLI_VALUE, "FILE", CLI_TOP, "write the same figures to FILE, for node_exporter",
	 "=Write the same figures to _FILE_ at each update, in one step and readable by all, for the textfile collector "
	 "of node_exporter. Nothing is shown on the terminal."},
	{CLI_BY_CGROUP, "by-cgroup", CLI_NONE, NULL, CLI_TOP, "with these two: figures of each cgroup as well",
	 "At most 256 cgroups are listed."},
	{CLI_RUN, "run", CLI_VALUE, "FILE", CLI_STAT, "also write the counts, ratios and latencies as a run\nfor daxdash",
	 TEXT_OF_RUN " Nothing is written when COMMAND fails."},
	{CLI_RUN, "run", CLI_VALUE, "FILE", CLI_REPORT,
	 "also write the counts, ratios and latencies as a run\nfor daxdash", TEXT_OF_RUN},
	{CLI_RUN_NAME, "run-name", CLI_VALUE, "NAME", CLI_STAT,
	 "name of the workload in that run, such as pmd-write or\ndb{threads=8}; with %f: one for each file",
	 "The default is the name of COMMAND. With `%f` in it each file has a workload of its own, by its name without folders; files of one name are one."},
	{CLI_RUN_NAME, "run-name", CLI_VALUE, "NAME", CLI_REPORT,
	 "name of the workload in that run, such as pmd-write or\ndb{threads=8}; with %f: one for each file", "The default is \"recording\". With `%f` in it each file has a workload of its own, by its name without folders; files of one name are one."},
	{CLI_RUN_BUILD, "run-build", CLI_VALUE, "FILE", CLI_STAT,
	 "a program that is measured: runs of equal builds are\nrepetitions to daxdash; may be given again",
	 "=A program, library or data file that is measured; may be given again. The run then holds a hash of the build ids "
	 "of the kernel, of daxtrace and of these files, over what is loaded of programs, so that another version number "
	 "does not make another build. `daxdash` treats runs of equal builds as repetitions, which can differ only by "
	 "chance. Name everything that matters, or nothing."},
	{CLI_ASSERT, "assert", CLI_VALUE, "EXPR", CLI_STAT,
	 "METRIC >= NUMBER, or with <= > < == !=: exit status 1\nwhen it does not hold; may be given again",
	 "=Judge what was counted; see ASSERTIONS. May be given again: then all must hold."},
	{CLI_PID, "pid", CLI_VALUE, "PID[,PID]", CLI_TOP | CLI_RECORD | CLI_STAT,
	 "only these processes and those they start from now on",
	 "The numbers are those of the pid namespace that the program runs in; the number of a thread is refused. "
	 "_COMMAND_ then decides only when to stop."},
	{CLI_PID, "pid", CLI_VALUE, "PID", CLI_DOCTOR, "examine the mappings of a process", NULL},
	{CLI_ALL, "all", CLI_NONE, NULL, CLI_RECORD | CLI_STAT, "all processes, for as long as COMMAND runs", NULL},
	{CLI_CGROUP, "cgroup", CLI_VALUE, "PATH", CLI_WATCH,
	 "only tasks in this cgroup and below; may be given again", TEXT_OF_CGROUP},
	{CLI_THREADS, "threads", CLI_NONE, NULL, CLI_TOP, "count each thread separately",
	 "This holds as far as there is room: see LIMITS."},
	{CLI_THREADS, "threads", CLI_NONE, NULL, CLI_RECORD, "record the name of each thread",
	 "Each file in each thread then takes a slot, not each file in each process."},
	{CLI_THREADS, "threads", CLI_NONE, NULL, CLI_REPORT, "show a table of threads as well",
	 "Their names are known when they were recorded with `record --threads`."},
	{CLI_THREADS, "threads", CLI_NONE, NULL, CLI_STAT, "count each thread separately",
	 "The counts of a process are the sums of its threads."},
	{CLI_USER, "user", CLI_VALUE, "NAME", CLI_WATCH, "run COMMAND as this user; needs root",
	 "=Run _COMMAND_ as this user, with the user's groups and HOME, USER and LOGNAME, so that only the watching has "
	 "privileges: `sudo daxtrace stat -u $USER -- ./test`. _NAME_ can be a number."},
	{CLI_SORT, "sort", CLI_VALUE, "FIELD", CLI_TOP, "order of the tables (pte_faults); see --list-fields",
	 "=Order the tables by this field (pte_faults); `--list-fields` lists the fields. The largest numbers and the "
	 "first names come first; what is unknown comes last."},
	{CLI_ROWS, "rows", CLI_VALUE, "N", CLI_TOP | CLI_REPORT,
	 "lines of each table (10 in text, all in JSON); 0: all", NULL},
	{CLI_ROWS, "rows", CLI_VALUE, "N", CLI_DOCTOR, "lines of the map and of each list (24); 0: all",
	 "JSON always has all."},
	{CLI_RESIDENT, "resident", CLI_NONE, NULL, CLI_TOP, "show what is mapped now for all processes",
	 "=Show what is mapped now for every process of which a fault was seen; see MAPPED NOW."},
	{CLI_SMAPS, "smaps", CLI_NONE, NULL, CLI_DOCTOR,
	 "with -p: look for MADV_NOHUGEPAGE in a large process,\nwhich cannot map memory meanwhile: about 45 ms for\n"
	 "each GiB at 4 KiB",
	 "=With `-p`: look for MADV_NOHUGEPAGE however long that takes. Only /proc/PID/smaps shows it. While the kernel "
	 "walks all page tables of the process for it, about 45 ms for each GiB that is mapped at 4 KiB, the process "
	 "waits in mmap(2) and in page faults. Without this option it is read when the page tables take at most 512 KiB "
	 "(about 11 ms), and is unknown otherwise."},
	{CLI_IS_DAX, "is-dax", CLI_NONE, NULL, CLI_DOCTOR, "print nothing; status 0: FILE is on DAX, 1: it is not",
	 "=Print nothing and answer by the exit status. 0: _FILE_ uses DAX; for a directory: new files in it will. 1: "
	 "it does not. 2: there is no such file. 3: this cannot be found out here."},
	{CLI_REPAIR, "repair", CLI_NONE, NULL, CLI_DOCTOR,
	 "write FILE again in storage that gives 2 MiB pages, and\nexchange the two in one step; refuses when somebody has\n"
	 "FILE open or space is short, and leaves FILE as it was\nwhen that would not help",
	 "=Write _FILE_ again in storage that gives 2 MiB pages, and exchange the two in one step: see REPAIR."},
	{CLI_DRY_RUN, "dry-run", CLI_NONE, NULL, CLI_DOCTOR, "with --repair: print what would be done, change nothing",
	 "=With `--repair`: do everything up to the copying of data, print what would be done, and change nothing. "
	 "Storage is allocated, to see where it lies, and given back."},
	{CLI_GROW, "grow", CLI_NONE, NULL, CLI_DOCTOR,
	 "with --repair: make the length a multiple of 2 MiB, by\nzeros at the end",
	 "Without it the length never changes, and a range in which the file ends stays at 4 KiB."},
	{CLI_FORCE, "force", CLI_NONE, NULL, CLI_DOCTOR,
	 "with --repair: also a file with several names (hard\nlinks), of which only this one becomes the new file,\nand "
	 "a file that does not get better",
	 "=With `--repair`: also a file that has several names (hard links), of which only this one becomes the new "
	 "file; and a file that would have no more 2 MiB ranges than now, or for which this cannot be seen."},
	{CLI_FOLLOW, "follow", CLI_VALUE, "M", CLI_FAULTS,
	 "after each fallback touch M more pages of its range\n(at most 510)",
	 "These are sticky faults, which do not attempt 2 MiB again."},
	{CLI_SEED, "seed", CLI_VALUE, "S", CLI_FAULTS,
	 "order and pages at random, the same for the same S\n(0: in file order)",
	 "=Take the faults in random order (within 1 GiB of the file) and, where a range takes one fault, at a random page "
	 "of it; the same for the same _S_. 0, the default, is file order and the first page."},
	{CLI_NR_THREADS, "nr-threads", CLI_VALUE, "T", CLI_FAULTS, "share the faults among T threads", NULL},
	{CLI_NR_PROCS, "nr-procs", CLI_VALUE, "P", CLI_FAULTS, "share the faults among P processes (each of T threads)",
	 NULL},
	{CLI_TIME, "time", CLI_NONE, NULL, CLI_FAULTS, "print the time of one fault as well", NULL},
	{CLI_FORCE, "force", CLI_NONE, NULL, CLI_FAULTS, "replace FILE even when daxbench did not make it",
	 "Only regular files are ever replaced."},
	{CLI_PRETTY, "pretty", CLI_NONE, NULL, CLI_FAULTS, "print the JSON over several lines", NULL},
	{CLI_SLOTS, "slots", CLI_VALUE, "N", CLI_TOP | CLI_STAT, "pairs of file and process at a time, 1 to 65536 (1024)",
	 "=Count _N_ pairs of file and process (or thread) separately at a time, 1 to 65536 (1024). One takes 6 KB of kernel "
	 "memory for each CPU, for at most 8 CPUs. Faults that find no slot are counted as (all others). When three quarters are "
	 "used, slots of processes that have exited are used again."},
	{CLI_SLOTS, "slots", CLI_VALUE, "N", CLI_RECORD, "pairs of file and process at a time, 1 to 65536 (1024)",
	 "=Record _N_ pairs of file and process (or thread) separately at a time, 1 to 65536 (1024). One takes 6 KB of kernel "
	 "memory for each CPU, for at most 8 CPUs. Faults that find no slot are recorded as (all others). When three quarters "
	 "are used, slots of processes that have exited are used again. A recording names at most 65535 pairs."},
	{CLI_RING_SIZE, "ring-size", CLI_VALUE, "SIZE", CLI_RECORD, "ring buffer of each CPU, a power of two (8M)",
	 "=Size of the ring buffer of each CPU, a power of two from 4K to 1G (8M). A fault takes 64 bytes, or 128 for a "
	 "fallback whose extent is known. The ring is read every 5 ms; faults that do not fit are lost, and counted as "
	 "lost. CPUs that are online when recording begins have a ring; faults on a CPU that comes later are lost and "
	 "counted. A CPU that goes offline and comes back keeps its ring."},
	{CLI_COMPRESS, "compress", CLI_OPTIONAL, "LEVEL", CLI_RECORD, "compress with zstd, level 1 to 19 (1)",
	 "This saves a tenth to a fifth, because the file is already dense."},
	{CLI_MAX_TIER, "max-tier", CLI_VALUE, "N", CLI_WATCH, "attach no more than tier N, 0 to 3",
	 "The tiers are in daxtop(1)."},
	{CLI_LATENCY, "latency", CLI_VALUE, "WHICH", CLI_TOP,
	 "sampled: above 1000/s time about 1 in 20 4 KiB faults;\nall: time every fault",
	 "=Which faults to time. `sampled` (the default): up to 1000 4 KiB faults a second, every fault is timed; above "
	 "that, only the faults in 50 ms of each second, because a time costs nearly as much as all counting. Every fault "
	 "is counted, whether it is timed or not. 2 MiB faults are always timed, except for zero pages and syncs, which "
	 "are treated like 4 KiB faults. `all`: every fault is timed."},
	{CLI_COLOR, "color", CLI_VALUE, "WHEN", CLI_TOP, "auto (not with NO_COLOR), always or never",
	 "=`auto`, `always` or `never`. With `auto`, a NO_COLOR in the environment that is not empty means never. Nothing is "
	 "shown by color alone."},
	{CLI_ASCII, "ascii", CLI_NONE, NULL, CLI_TOP, "use only ASCII characters",
	 "This is the default in a locale without UTF-8."},
	{CLI_QUIET, "quiet", CLI_NONE, NULL, CLI_RECORD, "print nothing when all went well",
	 "Losses and errors are always printed."},
	{CLI_LIST_FIELDS, "list-fields", CLI_NONE, NULL, CLI_TOP | CLI_STAT,
	 "list the fields: columns, JSON keys, metrics", NULL},
	{CLI_FEATURES, "features", CLI_NONE, NULL, CLI_TOP | CLI_TRACE,
	 "list what can and cannot be counted on this kernel",
	 "=Try each probe on this kernel and exit. Each line has a kind, a name, and the result: `works`, `missing` (this "
	 "kernel does not have it) or `refused`, with the kernel's message. Lines that begin with `unknown` list the numbers "
	 "that are not available here, and what they need. The status is 3 when nothing can be counted."},
	/* daxdash */
	{CLI_STORE, "store", CLI_VALUE, "FILE", CLI_DASH_STORE, "SQLite file (.daxdash/store.db), or postgresql://...",
	 "=The store: a file of SQLite (.daxdash/store.db), or `postgresql://USER@HOST/DATABASE`. The environment "
	 "variable DAXDASH_STORE sets another default; see FILES."},
	{CLI_REPO, "repo", CLI_VALUE, "NAME", CLI_DASH_GIVEN, "name of the repository that was measured",
	 "The default is what `--git` or `--github-event` gives."},
	{CLI_REPO, "repo", CLI_VALUE, "NAME", CLI_DASH_STORE & ~CLI_DASH_GIVEN, "only runs of this repository",
	 "It must be given when the store has runs of several."},
	{CLI_FORMAT, "format", CLI_VALUE, "FORMAT", CLI_DASH_IMPORT, "format of the files (default: detected for each file)",
	 "=Format of the files: `daxdash` (our run.json), `bmf`, `gab`, `gab-bigger`, `gbench`, `fio`, `go` or `csv`. Without "
	 "this option the format is detected for each file."},
	{CLI_FORMAT, "format", CLI_VALUE, "FORMAT", CLI_DASH_EXPORT, "format of runs (daxdash), or of the verdict: see below",
	 "=What is written. Runs: `daxdash` (the default), `bmf`, `gab`, `gab-bigger`, `go` or `csv`. The verdict: `junit`, "
	 "`ktap`, `markdown`, `github`, `openmetrics` or `text`; the exit status is then 0 whatever the verdict is."},
	{CLI_FORMAT, "format", CLI_VALUE, "FORMAT", CLI_DASH_COMPARE, "text, or lkp: the table of lkp's compare",
	 "=`text` (the default), or `lkp`: the table that lkp's compare prints, of changed series or of `--all`."},
	{CLI_OUTPUT, "output", CLI_VALUE, "FILE", CLI_DASH_RUN | CLI_DASH_EXPORT | (CLI_DASH_PAGES & ~CLI_DASH_SERVE),
	 "write to FILE, not to standard output", NULL},
	{CLI_LISTEN, "listen", CLI_VALUE, "ADDRESS", CLI_DASH_SERVE, "serve the page at [ADDR:]PORT (127.0.0.1:9742)",
	 "_ADDRESS_ has the form of `daxtop --listen`; port 0 takes a free port, which standard error names."},
	{CLI_COMMIT, "commit", CLI_VALUE, "SHA", CLI_DASH_GIVEN, "the commit that was measured", NULL},
	{CLI_COMMIT, "commit", CLI_VALUE, "SHA", CLI_DASH_EXPORT, "only the runs, or the verdict, of this commit", NULL},
	{CLI_ORDER, "order", CLI_VALUE, "N", CLI_DASH_GIVEN, "place of the commit in history",
	 "It is the number that `git rev-list --first-parent --count` _SHA_ prints."},
	{CLI_PARENT, "parent", CLI_VALUE, "SHA", CLI_DASH_GIVEN, "first parent of the commit", NULL},
	{CLI_BRANCH, "branch", CLI_VALUE, "NAME", CLI_DASH_GIVEN, "branch of the commit", NULL},
	{CLI_SUBJECT, "subject", CLI_VALUE, "TEXT", CLI_DASH_GIVEN, "first line of the commit's message", NULL},
	{CLI_TIMESTAMP, "timestamp", CLI_VALUE, "SECONDS", CLI_DASH_GIVEN, "when the commit was made, in seconds since 1970", NULL},
	{CLI_GIT, "git", CLI_VALUE, "DIR", CLI_DASH_GIVEN, "take all these from the git repository DIR (of HEAD)",
	 "=Take the commit (HEAD, or that of `--commit`), its place in history, parent, branch, subject and time, and the name "
	 "of the repository, from the git repository _DIR_. `run` takes them from the current directory without this option."},
	{CLI_GITHUB_EVENT, "github-event", CLI_VALUE, "FILE", CLI_DASH_GIVEN,
	 "take the commit and the branch from a GitHub event", "_FILE_ is $GITHUB_EVENT_PATH."},
	{CLI_GITHUB_EVENT, "github-event", CLI_VALUE, "FILE", CLI_DASH_GATE, "take --base and --head from a GitHub event",
	 "_FILE_ is $GITHUB_EVENT_PATH."},
	{CLI_KIND, "kind", CLI_VALUE, "WHAT", CLI_DASH_GIVEN, "why it was measured: main, pr, confirm or manual",
	 "=Why it was measured: `main`, a commit of the branch that is judged; `pr`, a pull request, which is not part of "
	 "history; `confirm`, again because the gate asked for it; `manual`."},
	{CLI_PAIR, "pair", CLI_VALUE, "NAME", CLI_DASH_GIVEN, "name of a pair of runs that were made side by side",
	 "Two commits are then compared pair by pair."},
	{CLI_ENV, "env", CLI_VALUE, "KEY=VALUE", CLI_DASH_GIVEN, "an entry of the environment; may be given again", NULL},
	{CLI_WORKLOAD, "workload", CLI_VALUE, "NAME", CLI_DASH_IMPORT, "name of the workload, for formats that do not have it", NULL},
	{CLI_BETTER, "better", CLI_VALUE, "WAY", CLI_DASH_IMPORT, "lower or higher: which values are better, for formats\nthat do not have it", NULL},
	{CLI_ADVISORY, "advisory", CLI_NONE, NULL, CLI_DASH_GIVEN, "show these metrics, and never fail because of them", NULL},
	{CLI_KEEP_GOING, "keep-going", CLI_NONE, NULL, CLI_DASH_IMPORT, "store the good files even if others are refused",
	 "The exit status is still 2."},
	{CLI_MODE, "mode", CLI_VALUE, "MODE", CLI_DASH_GATE, "history (default), or pr: --base against --head",
	 "=`history` (the default): judge the newest commit against those before. `pr`: judge the head of a pull request "
	 "against its base."},
	{CLI_BASE, "base", CLI_VALUE, "SHA", CLI_DASH_GATE, "with --mode pr: the base of the pull request", NULL},
	{CLI_HEAD, "head", CLI_VALUE, "SHA", CLI_DASH_VERDICT, "judge this commit, not the newest", NULL},
	{CLI_ACKS, "acks", CLI_VALUE, "FILE", CLI_DASH_VERDICT | CLI_DASH_COMPARE, "accepted changes (.daxdash/acks.json)", NULL},
	{CLI_ACKS, "acks", CLI_VALUE, "FILE", CLI_DASH_BLESS, "file to write to (.daxdash/acks.json)", NULL},
	{CLI_MESSAGE, "message", CLI_VALUE, "TEXT", CLI_DASH_BLESS, "why the change is accepted; must be given", NULL},
	{CLI_WHO, "who", CLI_VALUE, "NAME", CLI_DASH_BLESS, "who accepts it", NULL},
	{CLI_ALL, "all", CLI_NONE, NULL, CLI_DASH_GATE | CLI_DASH_COMPARE, "show all series, also those that passed", NULL},
	{CLI_ALGORITHM, "algorithm", CLI_VALUE, "NAME", CLI_DASH_JUDGE, "robust (default), otava or edivisive",
	 "=How changes are found: `robust` (the default; see HOW IT JUDGES), `otava` (that of Apache Otava) or `edivisive` "
	 "(E-divisive with a test by permutations)."},
	{CLI_OTAVA_COMPAT, "otava-compat", CLI_NONE, NULL, CLI_DASH_JUDGE, "the change points and p-values of Apache Otava", NULL},
	{CLI_WINDOW, "window", CLI_VALUE, "RUNS", CLI_DASH_JUDGE, "otava: length of its windows (50)", NULL},
	{CLI_P_VALUE, "p-value", CLI_VALUE, "P", CLI_DASH_JUDGE, "otava: greatest p of a change (0.001)", NULL},
	{CLI_MAGNITUDE, "magnitude", CLI_VALUE, "M", CLI_DASH_JUDGE, "otava: least relative change (0)", NULL},
	{CLI_PERMUTATIONS, "permutations", CLI_VALUE, "TIMES", CLI_DASH_JUDGE, "edivisive: number of permutations (999)", NULL},
	{CLI_SEED, "seed", CLI_VALUE, "N", CLI_DASH_JUDGE, "random numbers, the same for the same N (1)",
	 "They are used by `edivisive` and `selftest`."},
	{CLI_RECENT, "recent", CLI_VALUE, "N", CLI_DASH_JUDGE, "a change N points back is still news (10)", NULL},
	{CLI_FALSE_DISCOVERY, "false-discovery", CLI_VALUE, "Q", CLI_DASH_JUDGE | CLI_DASH_COMPARE,
	 "false discovery rate over all gated series (0.05)", NULL},
	{CLI_LAST_POINT, "last-point", CLI_VALUE, "RULE", CLI_DASH_JUDGE,
	 "rule of the newest point: RULE[:BOUNDARY] (mads)",
	 "The rules are `mads`, `static`, `percentage`, `z-score`, `t-test`, `log-normal`, `iqr`, `delta-iqr` and `interval`; "
	 "see HOW IT JUDGES."},
	{CLI_JUNIT, "junit", CLI_VALUE, "FILE", CLI_DASH_REPORTS, "also write JUnit XML; - is standard output",
	 "=Also write the verdict as JUnit XML; `-` is standard output, also for the options below."},
	{CLI_MARKDOWN, "markdown", CLI_VALUE, "FILE", CLI_DASH_REPORTS, "also append Markdown, as for GITHUB_STEP_SUMMARY", NULL},
	{CLI_KTAP, "ktap", CLI_VALUE, "FILE", CLI_DASH_REPORTS, "also write KTAP", NULL},
	{CLI_GITHUB, "github", CLI_OPTIONAL, "FILE", CLI_DASH_REPORTS, "also write annotations of GitHub Actions",
	 "Without _FILE_ they go to standard output."},
	{CLI_OPENMETRICS, "openmetrics", CLI_VALUE, "FILE", CLI_DASH_REPORTS, "also write OpenMetrics", NULL},
	{CLI_JSON_FILE, "json-file", CLI_VALUE, "FILE", CLI_DASH_REPORTS, "also write what the page shows, as JSON",
	 "The schema is daxdash-page/1."},
	{CLI_ALLOW_INCONCLUSIVE, "allow-inconclusive", CLI_NONE, NULL, CLI_DASH_GATE | CLI_DASH_COMPARE,
	 "end with 0 instead of 4", NULL},
	{CLI_INJECT, "inject", CLI_VALUE, "PERCENT", CLI_DASH_SELFTEST,
	 "add a regression, such as +10%, which the gate must\nfind: it ends with 1", NULL},
	{CLI_AA, "aa", CLI_VALUE, "N", CLI_DASH_SELFTEST, "judge N times what did not change: count false alarms", NULL},
	{CLI_HELP, "help", CLI_NONE, NULL, CLI_WATCH | CLI_REPORT | CLI_DOCTOR | CLI_FAULTS | CLI_KINDS | CLI_TRACE | CLI_BENCH | CLI_DASH | CLI_DASH_COMMANDS,
	 "print this help", "=Print a summary and exit."},
	{CLI_VERSION, "version", CLI_NONE, NULL, CLI_TOP | CLI_TRACE,
	 "print the version (-v: also what this kernel supports)",
	 "=Print the version and exit; with `-v` also the features."},
	{CLI_VERSION, "version", CLI_NONE, NULL, CLI_DOCTOR | CLI_FAULTS | CLI_BENCH | CLI_DASH, "print the version",
	 "=Print the version and exit."},
	{CLI_VERBOSE, "verbose", CLI_NONE, NULL, CLI_TOP, NULL, NULL},
};
const size_t cli_nr_options = sizeof(cli_options) / sizeof(cli_options[0]);

const struct cli_choice cli_choices[] = {
	{CLI_COLOR, CLI_TOP, "auto always never"},
	{CLI_LATENCY, CLI_TOP, "sampled all"},
	{CLI_FORMAT, CLI_DASH_IMPORT, "daxdash bmf gab gab-bigger gbench fio go csv"},
	{CLI_FORMAT, CLI_DASH_EXPORT,
	 "daxdash bmf gab gab-bigger go csv junit ktap markdown github openmetrics text"},
	{CLI_FORMAT, CLI_DASH_COMPARE, "text lkp"},
	{CLI_KIND, CLI_DASH_GIVEN | CLI_DASH_EXPORT, "main pr confirm manual"},
	{CLI_BETTER, CLI_DASH_GIVEN | CLI_DASH_EXPORT, "lower higher"},
	{CLI_MODE, CLI_DASH_GATE, "history pr"},
	{CLI_ALGORITHM, CLI_DASH_JUDGE | CLI_DASH_COMPARE, "robust otava edivisive"},
	{CLI_LAST_POINT, CLI_DASH_JUDGE, "mads static percentage z-score t-test log-normal iqr delta-iqr interval"},
};
const size_t cli_nr_choices = sizeof(cli_choices) / sizeof(cli_choices[0]);

const struct cli_idle cli_idles[] = {
	{CLI_STORE, CLI_DASH_RUN},
	{CLI_WORKLOAD, CLI_DASH_RUN | CLI_DASH_EXPORT},
	{CLI_BETTER, CLI_DASH_RUN | CLI_DASH_EXPORT},
	{CLI_KEEP_GOING, CLI_DASH_RUN | CLI_DASH_EXPORT},
	{CLI_GIT, CLI_DASH_EXPORT},
	{CLI_GITHUB_EVENT, CLI_DASH_EXPORT},
	{CLI_ORDER, CLI_DASH_EXPORT},
	{CLI_PARENT, CLI_DASH_EXPORT},
	{CLI_BRANCH, CLI_DASH_EXPORT},
	{CLI_SUBJECT, CLI_DASH_EXPORT},
	{CLI_TIMESTAMP, CLI_DASH_EXPORT},
	{CLI_KIND, CLI_DASH_EXPORT},
	{CLI_PAIR, CLI_DASH_EXPORT},
	{CLI_ENV, CLI_DASH_EXPORT},
	{CLI_ADVISORY, CLI_DASH_EXPORT},
	{CLI_ALLOW_INCONCLUSIVE, CLI_DASH_ANALYZE},
	{CLI_ALL, CLI_DASH_JUDGE & ~CLI_DASH_GATE},
	{CLI_ACKS, CLI_DASH_SELFTEST},
	{CLI_HEAD, CLI_DASH_SELFTEST | CLI_DASH_COMPARE},
	{CLI_ALGORITHM, CLI_DASH_COMPARE},
	{CLI_OTAVA_COMPAT, CLI_DASH_COMPARE},
	{CLI_WINDOW, CLI_DASH_COMPARE},
	{CLI_P_VALUE, CLI_DASH_COMPARE},
	{CLI_MAGNITUDE, CLI_DASH_COMPARE},
	{CLI_PERMUTATIONS, CLI_DASH_COMPARE},
	{CLI_SEED, CLI_DASH_COMPARE},
	{CLI_RECENT, CLI_DASH_COMPARE},
	{CLI_LAST_POINT, CLI_DASH_COMPARE},
};
const size_t cli_nr_idles = sizeof(cli_idles) / sizeof(cli_idles[0]);

const struct cli_operand cli_operands[] = {
	{"-- COMMAND", CLI_TOP, 0, CLI_MANY, "COMMAND", "run COMMAND, count it and its children, end with it",
	 "=Run _COMMAND_ once the kernel counts, count only its faults and those of the processes it starts, and exit after "
	 "a last update when it ends. While the screen is shown, what the command writes to the terminal is held back, "
	 "and the last 16 KiB are printed afterwards, before the last numbers; its standard input is then empty. With text "
	 "or JSON its output mixes with the output of daxtop, unless `sh -c` redirects it. When daxtop ends first, it sends "
	 "the command SIGTERM."},
	{"COMMAND", CLI_RECORD | CLI_STAT, 0, CLI_MANY, "COMMAND", NULL, NULL},
	{"FILE", CLI_REPORT, 0, 1, "FILE", NULL, NULL},
	{"FILE", CLI_DOCTOR | CLI_FAULTS, 1, 1, "FILE", NULL, NULL},
	{"SUITE", CLI_DASH_RUN, 1, 1, "counts icount wall", "what to run: counts, icount or wall", "See COMMANDS."},
	{"-- OPTION", CLI_DASH_RUN, 0, CLI_MANY, NULL, "options of the suite", NULL},
	{"FILE|FOLDER", CLI_DASH_IMPORT, 1, CLI_MANY, "FILE", "files of runs; of a FOLDER all files in it and below", NULL},
	{"A", CLI_DASH_COMPARE, 1, 1, "FILE", "a commit of the store, or a file of runs", NULL},
	{"B", CLI_DASH_COMPARE, 1, 1, "FILE", "what is compared with A: a commit, or a file", NULL},
	{"SERIES", CLI_DASH_EXPLAIN, 1, 1, NULL, "an id, a metric, or a pattern of WORKLOAD/METRIC",
	 "`daxdash analyze` lists them."},
	{"SHA", CLI_DASH_BLESS, 1, 1, NULL, "the commit whose change is accepted", NULL},
	{"METRIC", CLI_DASH_BLESS, 1, 1, NULL, "a pattern of WORKLOAD/METRIC, such as 'counts/*'", NULL},
	{"DOCUMENT", CLI_DASH_HTML, 0, 1, "FILE", "what page-data wrote; without it the store is read", NULL},
};
const size_t cli_nr_operands = sizeof(cli_operands) / sizeof(cli_operands[0]);

/* Of release 0.1, and of daxdash before 0.2; the next release takes them no more. */
const struct cli_old cli_olds[] = {
	{"-r", CLI_INPUT, CLI_TOP},
	{"--read", CLI_INPUT, CLI_TOP},
	{"-m", CLI_RING_SIZE, CLI_RECORD},
	{"--per-thread", CLI_THREADS, CLI_RECORD | CLI_REPORT | CLI_STAT},
	{"-r", CLI_ROWS, CLI_DOCTOR},
	{"-s", CLI_SEED, CLI_FAULTS},
	{"--threads", CLI_NR_THREADS, CLI_FAULTS},
	{"--procs", CLI_NR_PROCS, CLI_FAULTS},
	{"-S", CLI_DURATION, CLI_FAULTS},
	{"--seconds", CLI_DURATION, CLI_FAULTS},
	{"--time", CLI_TIMESTAMP, CLI_DASH_GIVEN | CLI_DASH_EXPORT},
	{"--json", CLI_JSON_FILE, CLI_DASH_REPORTS},
};
const size_t cli_nr_olds = sizeof(cli_olds) / sizeof(cli_olds[0]);

const struct cli_command cli_commands[] = {
	{"daxtop", NULL, CLI_TOP,
	 "[OPTION]... [INTERVAL [COUNT]] [-- COMMAND...]\n[OPTION]... -i FILE\n[OPTION]... --listen ADDRESS", NULL,
	 "Show page faults on DAX files: which get 2 MiB mappings, which do not, and why.\n",
	 "daxdoctor FILE shows whether a file is a DAX file, and what it lacks for 2 MiB.\n"
	 "Keys: h or ? for help, q to quit. Needs root, or CAP_BPF and CAP_PERFMON.\n"
	 "Exit status: 0 done, 2 wrong usage, 3 cannot run here, else that of COMMAND.\n"},
	{"daxtrace", NULL, CLI_TRACE, "COMMAND [OPTION]...", NULL,
	 "Record, count and report page faults on DAX files: which get 2 MiB, which do\nnot, and why.\n",
	 "'daxtrace COMMAND --help' shows the options of a command. daxtop shows the same\n"
	 "live; daxdoctor FILE shows whether a file can have 2 MiB pages at all.\n"},
	{"daxtrace", "record", CLI_RECORD, "[OPTION]... [--] [COMMAND...]", "write every fault to a file",
	 "Write every page fault on DAX files to a recording: those of COMMAND and what\n"
	 "it starts, or those of all processes until Ctrl-C.\n",
	 "Lost faults are counted and reported. A recording that was cut short by a crash\n"
	 "or a full disk can be read up to there. Needs root, or CAP_BPF and CAP_PERFMON.\n"
	 "Exit status: that of COMMAND, or 0; 2 wrong usage, 3 cannot record here, or the\n"
	 "disk is full.\n"},
	{"daxtrace", "report", CLI_REPORT, "[OPTION]... [FILE]", "show what a recording holds",
	 "Show what a recording of daxtrace record holds: totals, files, processes, and\n"
	 "why faults were not served at 2 MiB.\n",
	 "A damaged or unfinished recording is read as far as possible, and the damage is\n"
	 "reported.\n"
	 "Exit status: 0 shown, 2 wrong usage or not a recording, 3 cannot read or write.\n"},
	{"daxtrace", "stat", CLI_STAT, "[OPTION]... [--] [COMMAND...]", "count the faults of a command, without a file",
	 "Count page faults on DAX files: those of COMMAND and what it starts, or those\n"
	 "of all processes until Ctrl-C. Prints to standard error, like perf stat.\n",
	 "Needs root, or CAP_BPF and CAP_PERFMON.\n"
	 "An assertion can name files, processes or reasons; it must hold for each match:\n"
	 "  --assert 'pmd_coverage{file=\"/mnt/pmem/*.db\"} >= 99%'\n"
	 "  --assert 'fallbacks{reason=\"extent_short\"} == 0'\n"
	 "  --assert 'lat_pmd_p99_us{process=\"postgres\"} < 20'\n"
	 "\n"
	 "Exit status: that of COMMAND, or 0; 2 wrong usage, 3 cannot count here. With\n"
	 "--assert also 1 if an assertion does not hold, whatever the status of COMMAND,\n"
	 "and 4 if no assertion failed and COMMAND succeeded, but one could not be judged\n"
	 "(no DAX fault, no match, or faults missed).\n"},
	{"daxdoctor", NULL, CLI_DOCTOR,
	 "[OPTION]... FILE | DIRECTORY | DEVICE\n[OPTION]... -p PID\n"
	 "--repair [--dry-run] [--grow] [--force] FILE\n--is-dax FILE | DIRECTORY",
	 NULL,
	 "Look at the storage, the mount and the layout of a DAX file, and show for each\n"
	 "2 MiB range whether a first read and a first write will get a 2 MiB page, why\n"
	 "not, and which command fixes it. For a DIRECTORY, such as a mount point: what\n"
	 "new files there will get. For a block DEVICE: what keeps a filesystem on it\n"
	 "from DAX. For a process: every DAX file it has mapped. Needs no BPF; without\n"
	 "root some answers stay unknown.\n",
	 "Exit status: 0 every range can be 2 MiB, 1 some cannot, 2 wrong usage, 3 not\n"
	 "DAX, or it cannot be found out here.\n"},
	{"daxbench", NULL, CLI_BENCH, "faults --kind KIND --count N [OPTION]... FILE\nkinds", NULL,
	 "Cause an exact number of page faults of a chosen kind, and print as JSON\n"
	 "everything that the kernel had to count for them.\n",
	 "'daxbench faults --help' shows the options.\n"},
	{"daxbench", "faults", CLI_FAULTS, "--kind KIND --count N [OPTION]... FILE\n--kind mixed [OPTION]... FILE",
	 "cause faults of a kind in a file",
	 "Create FILE on a DAX filesystem, cause exactly N page faults of KIND in it, and\n"
	 "print as JSON everything that the kernel had to count for them. Kind mixed runs\n"
	 "several kinds at once on FILE.good, FILE.short and so on.\n",
	 "Exit status: 0 done, 2 wrong usage, 3 this file, filesystem or kernel cannot.\n"},
	{"daxbench", "kinds", CLI_KINDS, "", "list the kinds", "List the kinds of faults that daxbench faults can cause.\n",
	 NULL},
	{"daxdash", NULL, CLI_DASH, "COMMAND [OPTION]...", NULL,
	 "Store the runs of CI, judge each new one, and explain why a job must fail.\n",
	 "'daxdash COMMAND --help' shows the options of a command.\n"},
	{"daxdash", "run", CLI_DASH_RUN, NULL, "run a suite of workloads in guests",
	 "Run a suite of workloads in guests and write a run: run.json.\n", NULL},
	{"daxdash", "import", CLI_DASH_IMPORT, NULL, "put runs into the store",
	 "Put runs into the store; those that are there already stay as they are.\n",
	 "Formats: daxdash (our run.json), bmf, gab, gab-bigger, gbench, fio, go, csv.\n"
	 "A wrong file is refused, with its line and the reason, and then nothing is\n"
	 "stored.\n"},
	{"daxdash", "export", CLI_DASH_EXPORT, NULL, "write the runs of the store, or the verdict",
	 "Write the runs of the store, or of --commit; or the verdict of gate on it.\n",
	 "Formats of runs: daxdash, bmf, gab, gab-bigger, go, csv. Formats of the\n"
	 "verdict, whose exit status is 0 whatever it is: junit, ktap, markdown, github,\n"
	 "openmetrics, text.\n"},
	{"daxdash", "analyze", CLI_DASH_ANALYZE, NULL, "show every series", "Show what became of every series.\n", NULL},
	{"daxdash", "gate", CLI_DASH_GATE, NULL, "judge the newest commit: status 1 on a regression",
	 "Judge the newest commit, and end with 1 when something regressed.\n", STATUS_OF_VERDICT},
	{"daxdash", "compare", CLI_DASH_COMPARE, NULL, "compare two commits, or two files of runs",
	 "Compare two commits of the store, or two files of runs.\n", STATUS_OF_VERDICT},
	{"daxdash", "explain", CLI_DASH_EXPLAIN, NULL, "show why a series has its verdict",
	 "Show all that led to the verdict of a series.\n", NULL},
	{"daxdash", "bless", CLI_DASH_BLESS, NULL, "accept a change of a commit, with a reason",
	 "Accept a change of a commit, with a reason.\n", NULL},
	{"daxdash", "page-data", CLI_DASH_PAGE_DATA, NULL, "write what the page shows, as JSON",
	 "Write what the page shows as JSON (daxdash-page/1).\n", NULL},
	{"daxdash", "html", CLI_DASH_HTML, NULL, "write the page: one file for a browser",
	 "Write the page of the store or of a DOCUMENT: one file for a browser.\n", NULL},
	{"daxdash", "serve", CLI_DASH_SERVE, NULL, "serve the page to this machine",
	 "Serve the page to this machine; each reload shows the newest runs.\n",
	 "JSON: /api/verdict, /api/series, /api/series?id=ID, and /api/page with all.\n"},
	{"daxdash", "selftest", CLI_DASH_SELFTEST, NULL, "try the gate on the store's own runs",
	 "Try the gate on the store's own runs: put a regression in, or change nothing.\n", STATUS_OF_VERDICT},
};
const size_t cli_nr_commands = sizeof(cli_commands) / sizeof(cli_commands[0]);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch.c - runs one test and ends it when it makes no progress: no output, and hardly any CPU time of all its
 * processes, for a long time. How long the test takes does not matter.
 *
 * usage: watch [-q SECONDS] [-c CPU_SECONDS] [-r FILE] -- COMMAND...
 *
 * Output is what the files that are standard output and error grow by. CPU time is that of COMMAND and of all its
 * descendants; this program is their subreaper, so that it also sees those whose parent has ended. When COMMAND
 * ends, whatever is left of them is killed. FILE gets one line:
 *   exit STATUS | signal NUMBER | stuck SECONDS | endless CPU_SECONDS | error TEXT
 * The exit status is COMMAND's own (128 + N when signal N ended it), or 124 when it was ended here.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Of the quiet time, the part that must be CPU time to count as progress: 0.5 %. A guest that idles under emulation
 * takes more, a shell that polls with "sleep 1" less. */
#define PROGRESS_PART 200

struct process {
	pid_t pid, parent;
	double cpu; /* seconds, its own and of the children that it waited for */
	bool ours;
};

static struct process *processes;
static size_t process_count, process_room;
static double reaped_cpu; /* seconds, of the descendants that were waited for here */
static volatile sig_atomic_t told_to_end;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* The name in /proc/PID/stat may hold spaces and parentheses: what counts comes after the last ')'. */
static bool read_process(pid_t pid, struct process *p)
{
	unsigned long utime, stime;
	long cutime, cstime;
	char path[64], text[1024], *rest;
	ssize_t length;
	int fd, parent;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld", &parent, &utime,
			    &stime, &cutime, &cstime) != 5)
		return false;
	p->pid = pid;
	p->parent = parent;
	p->cpu = (double)(utime + stime + cutime + cstime) / sysconf(_SC_CLK_TCK);
	p->ours = false;
	return true;
}

static void read_processes(void)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	process_count = 0;
	if (!proc)
		return;
	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		if (process_count == process_room) {
			size_t room = process_room ? 2 * process_room : 256;
			struct process *more = realloc(processes, room * sizeof(*more));

			if (!more)
				break;
			processes = more;
			process_room = room;
		}
		if (read_process(atoi(entry->d_name), &processes[process_count]))
			process_count++;
	}
	closedir(proc);
}

static bool is_ours(pid_t pid)
{
	size_t i;

	if (pid == getpid())
		return true;
	for (i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return processes[i].ours;
	return false;
}

/* Marks the descendants of this process, and returns their number. */
static size_t mark_descendants(void)
{
	size_t i, found = 0, before;

	do {
		before = found;
		for (i = 0; i < process_count; i++) {
			struct process *p = &processes[i];

			if (!p->ours && p->pid != getpid() && is_ours(p->parent)) {
				p->ours = true;
				found++;
			}
		}
	} while (found != before);
	return found;
}

static double cpu_used(void)
{
	double sum = reaped_cpu;
	size_t i;

	read_processes();
	mark_descendants();
	for (i = 0; i < process_count; i++)
		if (processes[i].ours)
			sum += processes[i].cpu;
	return sum;
}

static off_t output_size(void)
{
	struct stat out, err;
	off_t size = 0;

	if (!fstat(STDOUT_FILENO, &out) && S_ISREG(out.st_mode))
		size += out.st_size;
	if (!fstat(STDERR_FILENO, &err) && S_ISREG(err.st_mode))
		size += err.st_size;
	return size;
}

/* Waits for all that have ended; true when COMMAND was one of them. */
static bool reap(pid_t command, int *status)
{
	struct rusage used;
	bool ended = false;
	int how;
	pid_t pid;

	while ((pid = wait4(-1, &how, WNOHANG, &used)) > 0) {
		reaped_cpu += used.ru_utime.tv_sec + used.ru_utime.tv_usec / 1e6 + used.ru_stime.tv_sec +
			      used.ru_stime.tv_usec / 1e6;
		if (pid == command) {
			*status = how;
			ended = true;
		}
	}
	return ended;
}

/* Ends all descendants. One that forks meanwhile is met the next time. First with SIGTERM, so that they can clean up. */
static void end_all(bool ask)
{
	double begin = now(), asked = 0;
	int status;
	size_t i;

	for (;;) {
		struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
		bool kill_now = !ask || now() - begin > 10;
		bool ask_now = ask && now() - asked > 2;

		reap(-1, &status);
		read_processes();
		if (!mark_descendants() || now() - begin > 30)
			return;
		for (i = 0; i < process_count; i++)
			if (processes[i].ours && (kill_now || ask_now))
				kill(processes[i].pid, kill_now ? SIGKILL : SIGTERM);
		if (ask_now)
			asked = now();
		nanosleep(&pause, NULL);
	}
}

static void on_signal(int number)
{
	told_to_end = number;
}

static void tell(const char *file, const char *what, double figure)
{
	FILE *f = file ? fopen(file, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%s %.0f\n", what, figure);
	fclose(f);
}

static pid_t start(char **argv)
{
	sigset_t none;
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	/* What the caller holds open is not the command's: mmdebstrap fails where 3 to 9 are taken. */
	close_range(3, ~0U, 0);
	execvp(argv[0], argv);
	fprintf(stderr, "watch: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int follow(pid_t command, double quiet, double most, const char *file)
{
	double moved = now(), moved_cpu = 0;
	off_t moved_size = output_size();
	int status = 0, looks = 0;

	for (;;) {
		struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
		double cpu;
		off_t size;

		if (reap(command, &status))
			break;
		if (told_to_end) {
			end_all(true);
			return 128 + told_to_end;
		}
		nanosleep(&pause, NULL); /* a signal, as that of a child's end, ends it early */
		/* Reading all of /proc is dear: once a second is often enough. */
		if (++looks % 20)
			continue;
		cpu = cpu_used();
		size = output_size();
		if (cpu > most) {
			fprintf(stderr, "watch: ended: it has used more than %.0f s of CPU time\n", most);
			tell(file, "endless", most);
			end_all(true);
			return 124;
		}
		if (size != moved_size || cpu - moved_cpu >= quiet / PROGRESS_PART || cpu < moved_cpu) {
			moved = now();
			moved_cpu = cpu;
			moved_size = size;
		} else if (now() - moved >= quiet) {
			fprintf(stderr, "watch: ended: no output and %.2f s of CPU time in %.0f s\n", cpu - moved_cpu,
				now() - moved);
			tell(file, "stuck", now() - moved);
			end_all(true);
			return 124;
		}
	}
	end_all(false);
	if (WIFSIGNALED(status)) {
		tell(file, "signal", WTERMSIG(status));
		return 128 + WTERMSIG(status);
	}
	tell(file, "exit", WEXITSTATUS(status));
	return WEXITSTATUS(status);
}

static double seconds_of(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (*end || end == text || !(value > 0 && value < 1e9)) {
		fprintf(stderr, "watch: %s: not a number of seconds above 0\n", text);
		exit(125);
	}
	return value;
}

static void on_child(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_signal};
	struct sigaction child = {.sa_handler = on_child};
	double quiet = 300, most = 1200;
	const char *file = NULL;
	pid_t command;
	int option;

	while ((option = getopt(argc, argv, "+q:c:r:")) != -1) {
		if (option == 'q')
			quiet = seconds_of(optarg);
		else if (option == 'c')
			most = seconds_of(optarg);
		else if (option == 'r')
			file = optarg;
		else
			return 125;
	}
	if (optind == argc) {
		fprintf(stderr, "usage: watch [-q SECONDS] [-c CPU_SECONDS] [-r FILE] -- COMMAND...\n");
		return 125;
	}
	if (prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		perror("watch: PR_SET_CHILD_SUBREAPER");
		return 125;
	}
	/* When the run is killed outright, so are its tests. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	sigaction(SIGCHLD, &child, NULL);
	command = start(argv + optind);
	if (command < 0) {
		perror("watch: fork");
		return 125;
	}
	return follow(command, quiet, most, file);
}

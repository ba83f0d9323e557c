// SPDX-License-Identifier: GPL-2.0-only
/* Reporting, files with a known layout and mappings for the kernel tests. */
#include "kt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

const char *kt_dir;
enum kt_fs kt_fs;
bool kt_has_trace, kt_has_pmd;

static const char *program;
static unsigned int failed;
static const char *deadline_what;

static __thread sigjmp_buf bus_jump;
static __thread volatile bool bus_armed;

static void on_bus(int sig)
{
	if (bus_armed)
		siglongjmp(bus_jump, sig);
	_exit(128 + sig);
}

static void on_alarm(int sig)
{
	static const char msg[] = "not ok - not over in time (a hang): ";

	(void)sig;
	(void)!write(STDOUT_FILENO, msg, sizeof(msg) - 1);
	(void)!write(STDOUT_FILENO, deadline_what, strlen(deadline_what));
	(void)!write(STDOUT_FILENO, "\n", 1);
	_exit(1);
}

void kt_die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program, what, strerror(errno));
	exit(3);
}

void kt_init(int argc, char **argv)
{
	struct sigaction bus = { .sa_handler = on_bus, .sa_flags = SA_NODEFER };
	struct sigaction alrm = { .sa_handler = on_alarm };
	struct statfs st;

	program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	kt_dir = argc > 1 ? argv[1] : "/mnt/dax";
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (statfs(kt_dir, &st))
		kt_die(kt_dir);
	kt_fs = KT_OTHER;
	if (st.f_type == 0x58465342)
		kt_fs = KT_XFS;
	else if (st.f_type == 0xef53)
		kt_fs = KT_EXT4; /* ext2 has the same magic, see below */
	if (kt_fs == KT_EXT4) {
		char line[512];
		FILE *f = fopen("/proc/mounts", "r");

		while (f && fgets(line, sizeof(line), f)) {
			char where[256], type[32];

			if (sscanf(line, "%*s %255s %31s", where, type) == 2 &&
			    !strcmp(where, kt_dir) && !strcmp(type, "ext2"))
				kt_fs = KT_EXT2;
		}
		if (f)
			fclose(f);
	}
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &bus, NULL);
	sigaction(SIGALRM, &alrm, NULL);
	kt_has_trace = !access("/sys/kernel/tracing/events/fs_dax/dax_entry_wait", F_OK);
	kt_has_pmd = !access("/sys/kernel/tracing/events/fs_dax/dax_pmd_upgrade", F_OK);
	kt_deadline(240, "the whole test");
}

bool kt_since(unsigned int major, unsigned int minor)
{
	struct utsname name;
	unsigned int is[2];

	if (uname(&name) || sscanf(name.release, "%u.%u", &is[0], &is[1]) != 2)
		kt_die("uname");
	return is[0] > major || (is[0] == major && is[1] >= minor);
}

int kt_end(void)
{
	return failed ? 1 : 0;
}

bool kt_ok(bool good, const char *fmt, ...)
{
	va_list ap;

	if (!good)
		failed++;
	printf("%s - ", good ? "ok" : "not ok");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return good;
}

void kt_skip(const char *name, const char *why)
{
	printf("skip - %s: %s\n", name, why);
}

void kt_deadline(unsigned int seconds, const char *what)
{
	deadline_what = what;
	alarm(seconds);
}

unsigned char kt_pattern(size_t offset, unsigned int generation)
{
	uint64_t x = (offset / 64 + 1) * 0x9e3779b97f4a7c15ULL + generation * 0xd1b54a32d192ed03ULL;

	x ^= x >> 29;
	return (unsigned char)(x | 1); /* never zero: a hole must look different */
}

int kt_file(const char *name, size_t size, enum kt_layout layout)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", kt_dir, name);
	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		kt_die(path);
	if (ftruncate(fd, (off_t)size))
		kt_die("ftruncate");
	if (layout == KT_HOLE)
		return fd;
	if (fallocate(fd, 0, 0, (off_t)size) && errno != EOPNOTSUPP)
		kt_die("fallocate");
	if (layout == KT_WRITTEN) {
		static unsigned char buf[1 << 20];

		for (size_t at = 0; at < size; at += sizeof(buf)) {
			size_t n = size - at < sizeof(buf) ? size - at : sizeof(buf);

			for (size_t i = 0; i < n; i++)
				buf[i] = kt_pattern(at + i, 0);
			if (pwrite(fd, buf, n, (off_t)at) != (ssize_t)n)
				kt_die("pwrite");
		}
	}
	if (fsync(fd))
		kt_die("fsync");
	return fd;
}

void kt_remount(void)
{
	char dev[256] = "", type[32] = "", line[512], d[256], where[256], t[32];
	FILE *f = fopen("/proc/mounts", "r");

	/* The last one is on top */
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%255s %255s %31s", d, where, t) == 3 && !strcmp(where, kt_dir)) {
			strcpy(dev, d);
			strcpy(type, t);
		}
	if (f)
		fclose(f);
	if (umount(kt_dir))
		kt_die("umount");
	if (mount(dev, kt_dir, type, 0, "dax=always"))
		kt_die("mount");
}

bool kt_aligned(int fd, off_t offset, size_t length)
{
	_Alignas(struct fiemap) char buf[sizeof(struct fiemap) + sizeof(struct fiemap_extent)];
	struct fiemap *m = (struct fiemap *)buf;
	struct fiemap_extent *e = m->fm_extents;

	for (off_t at = offset; at < offset + (off_t)length; at += KT_RANGE) {
		memset(buf, 0, sizeof(buf));
		m->fm_start = (uint64_t)at;
		m->fm_length = KT_RANGE;
		m->fm_extent_count = 1;
		if (ioctl(fd, FS_IOC_FIEMAP, m) || m->fm_mapped_extents != 1)
			return false;
		if (e->fe_logical > (uint64_t)at || e->fe_logical + e->fe_length < (uint64_t)at + KT_RANGE)
			return false;
		if ((e->fe_physical + (uint64_t)at - e->fe_logical) % KT_RANGE)
			return false;
	}
	return true;
}

char *kt_map_at(int fd, size_t length, int prot, int flags, off_t offset, size_t skew)
{
	size_t room = length + 2 * KT_RANGE;
	char *area = MAP_FAILED, *at = MAP_FAILED;
	uintptr_t base;

	for (int try = 0; try < 1000 && area == MAP_FAILED; try++)
		area = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		kt_die("mmap");
	base = ((uintptr_t)area + KT_RANGE - 1) & ~(KT_RANGE - 1);
	/* Memory may run out on purpose, see stress.c */
	for (int try = 0; try < 1000; try++) {
		at = mmap((char *)base + skew, length, prot, flags | MAP_FIXED, fd, offset);
		if (at != MAP_FAILED || errno != ENOMEM)
			break;
	}
	if (at == MAP_FAILED)
		kt_die("mmap of the file");
	return at;
}

char *kt_map(int fd, size_t length, int prot, int flags, off_t offset)
{
	return kt_map_at(fd, length, prot, flags, offset, (size_t)offset % KT_RANGE);
}

enum { CROWD = 12000 };

static char *crowd;
static size_t crowd_size;

void kt_crowd(int fd, size_t length)
{
	crowd_size = CROWD * length;
	crowd = mmap(NULL, crowd_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (crowd == MAP_FAILED)
		kt_die("mmap");
	for (size_t i = 0; i < CROWD; i++)
		if (mmap(crowd + i * length, length, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			kt_die("mmap of the crowd");
}

void kt_uncrowd(void)
{
	munmap(crowd, crowd_size);
}

void kt_pin(int cpu, int policy)
{
	struct sched_param p = { 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	sched_setscheduler(0, policy, &p);
}

int kt_get(const volatile char *at, unsigned char *value)
{
	int sig = sigsetjmp(bus_jump, 1);

	if (!sig) {
		bus_armed = true;
		*value = (unsigned char)*at;
	}
	bus_armed = false;
	return sig;
}

int kt_read(const volatile char *at)
{
	unsigned char value;

	return kt_get(at, &value);
}

int kt_write(volatile char *at, char value)
{
	int sig = sigsetjmp(bus_jump, 1);

	if (!sig) {
		bus_armed = true;
		*at = value;
	}
	bus_armed = false;
	return sig;
}

unsigned int kt_tries(void)
{
	return kt_fs != KT_XFS && kt_since(6, 7) ? 2 : 1;
}

long kt_vmstat(const char *name)
{
	char line[128];
	long value = -1;
	size_t n = strlen(name);
	FILE *f = fopen("/proc/vmstat", "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, n) && line[n] == ' ')
			value = atol(line + n);
	if (f)
		fclose(f);
	return value;
}

bool kt_param(const char *value)
{
	int fd = open("/sys/module/fs_dax/parameters/pmd_upgrade", O_WRONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return good;
}

double kt_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Bugs of the past: mprotect, mremap and munmap in the middle of a 2 MiB mapping, fork, O_DIRECT from and into it. */
#include "kt.h"

#include <fcntl.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const int rw = PROT_READ | PROT_WRITE;

static bool same(const char *m, size_t from, size_t length, unsigned int generation)
{
	for (size_t i = 0; i < length; i += 64)
		if ((unsigned char)m[i] != kt_pattern(from + i, generation))
			return false;
	return true;
}

static void fill(char *m, size_t from, size_t length, unsigned int generation)
{
	for (size_t i = 0; i < length; i++)
		m[i] = (char)kt_pattern(from + i, generation);
}

/* Written through the mapping, split in the middle, synced: nothing may be missing in the file */
static void split_in_the_middle(const char *how, int kind)
{
	int fd = kt_file("middle", 2 * KT_RANGE, KT_WRITTEN);
	char *m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0), *moved = NULL;
	char *buf = malloc(2 * KT_RANGE);
	bool good = true;

	fill(m, 0, 2 * KT_RANGE, 1);
	if (kind == 0) {
		good &= !mprotect(m + KT_RANGE / 2, KT_PAGE, PROT_READ);
		good &= kt_write(m + KT_RANGE / 2, 1) == SIGSEGV;
		good &= !mprotect(m + KT_RANGE / 2, KT_PAGE, rw);
	} else if (kind == 1) {
		moved = mremap(m + KT_RANGE / 2, KT_RANGE, KT_RANGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			       kt_map(fd, KT_RANGE, PROT_READ, MAP_PRIVATE, 0));
		good &= moved != MAP_FAILED && same(moved, KT_RANGE / 2, KT_RANGE, 1);
	} else {
		good &= !munmap(m + KT_RANGE / 2, KT_RANGE);
	}
	good &= same(m, 0, KT_RANGE / 2, 1) && same(m + KT_RANGE + KT_RANGE / 2, KT_RANGE + KT_RANGE / 2, KT_RANGE / 2, 1);
	fill(m, 0, KT_RANGE / 2, 2);
	good &= !fsync(fd);
	good &= pread(fd, buf, 2 * KT_RANGE, 0) == (ssize_t)(2 * KT_RANGE);
	good &= same(buf, 0, KT_RANGE / 2, 2);
	good &= same(buf + KT_RANGE / 2, KT_RANGE / 2, KT_RANGE, 1);
	kt_ok(good, "%s in the middle of a written 2 MiB mapping", how);
	free(buf);
	close(fd);
}

static void forked(void)
{
	int fd = kt_file("fork", 2 * KT_RANGE, KT_WRITTEN), status;
	char *shared = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
	char *private = kt_map(fd, 2 * KT_RANGE, rw, MAP_PRIVATE, 0);
	bool good = true;
	pid_t pid;

	kt_write(shared, (char)0x71);
	kt_read(private + KT_RANGE);
	pid = fork();
	if (!pid) {
		kt_write(shared + KT_PAGE, 0x72);
		kt_write(private + KT_RANGE, 0x73);
		_exit(shared[0] == 0x71 && private[KT_RANGE] == 0x73 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	good &= WIFEXITED(status) && !WEXITSTATUS(status);
	good &= shared[KT_PAGE] == 0x72;
	good &= (unsigned char)private[KT_RANGE] == kt_pattern(KT_RANGE, 0) && (unsigned char)shared[KT_RANGE] == kt_pattern(KT_RANGE, 0);
	kt_ok(good, "fork: shared is shared, private is private");
	close(fd);
}

/* get_user_pages() on the mapping, at both sizes and with the entry upgraded in between */
static void direct(void)
{
	int fd = kt_file("direct", 2 * KT_RANGE, KT_WRITTEN), other;
	char *m = kt_map(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0);
	char *small = kt_map_at(fd, 2 * KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	char *buf = malloc(KT_RANGE);
	bool good = true;

	other = open("/dev/ram0", O_RDWR | O_DIRECT | O_CLOEXEC);
	if (other < 0) {
		int plain = open("/root/kt-direct", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		int pipes[2];

		/* vmsplice takes page references too, and needs no block device */
		if (plain < 0 || pipe(pipes))
			kt_die("pipe");
		close(plain);
		for (size_t i = 0; i < 64; i++) {
			struct iovec v = { (i & 1 ? small : m) + i * 8 * KT_PAGE, KT_PAGE };

			good &= vmsplice(pipes[1], &v, 1, 0) == (ssize_t)KT_PAGE;
			/* While the page is held by the pipe */
			if (i == 5)
				kt_read(m + KT_RANGE);
			good &= read(pipes[0], buf, KT_PAGE) == (ssize_t)KT_PAGE && same(buf, i * 8 * KT_PAGE, KT_PAGE, 0);
		}
		kt_ok(good, "page references from both mappings (vmsplice)");
		close(pipes[0]);
		close(pipes[1]);
		unlink("/root/kt-direct");
	} else {
		good &= pwrite(other, m, KT_RANGE, 0) == (ssize_t)KT_RANGE;
		good &= pread(other, m + KT_RANGE, KT_RANGE, 0) == (ssize_t)KT_RANGE;
		good &= same(m + KT_RANGE, 0, KT_RANGE, 0) && same(small + KT_RANGE, 0, KT_RANGE, 0);
		kt_ok(good, "O_DIRECT from and into the mapping");
		close(other);
	}
	/* A file on the same filesystem, with and without O_DIRECT */
	{
		char path[512];

		snprintf(path, sizeof(path), "%s/directcopy", kt_dir);
		other = open(path, O_RDWR | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);
		good = pwrite(other, m, KT_RANGE, 0) == (ssize_t)KT_RANGE;
		good &= pread(other, m + KT_RANGE, KT_RANGE, 0) == (ssize_t)KT_RANGE;
		good &= same(m + KT_RANGE, 0, KT_RANGE, 0);
		kt_ok(good, "from the mapping to a DAX file with O_DIRECT, and back");
		close(other);
	}
	free(buf);
	close(fd);
}

int main(int argc, char **argv)
{
	kt_init(argc, argv);
	split_in_the_middle("mprotect", 0);
	split_in_the_middle("mremap", 1);
	split_in_the_middle("munmap", 2);
	forked();
	direct();
	return kt_end();
}

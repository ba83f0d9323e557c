// SPDX-License-Identifier: GPL-2.0-only
/* Row 7: a zero page that gets storage is gone from every mapping; a hole read at 4 KiB does not stop 2 MiB writes for good. */
#include "kt.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static bool other_process_sees(const char *at, char value)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(*(const volatile char *)at == value ? 0 : 1);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ext4 turns up to 32 KiB of an unwritten extent into written blocks of zeros when one block of it is written. */
static void beside_a_write(void)
{
	enum { NEAR = 3, NEW = 6 };
	int fd = kt_file("beside", 8 * KT_PAGE, KT_UNWRITTEN);
	char *map = kt_map(fd, 8 * KT_PAGE, PROT_READ, MAP_SHARED, 0);
	static char buf[KT_PAGE];

	memset(buf, NEW, sizeof(buf));
	kt_read(map + NEAR * KT_PAGE);
	if (pwrite(fd, buf, sizeof(buf), 0) != sizeof(buf) ||
	    pwrite(fd, buf, sizeof(buf), NEAR * (off_t)KT_PAGE) != sizeof(buf))
		kt_die("pwrite");
	kt_ok(map[NEAR * KT_PAGE] == NEW && other_process_sees(map + NEAR * KT_PAGE, NEW) && map[(NEAR + 1) * KT_PAGE] == 0,
	      "write() beside a write(): no stale zeros");
	munmap(map, 8 * KT_PAGE);
	close(fd);
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	static char buf[KT_PAGE];
	char *a, *b, *c;
	int fd;

	kt_init(argc, argv);
	fd = kt_file("stale", 4 * KT_RANGE, KT_HOLE);
	a = kt_map(fd, 4 * KT_RANGE, rw, MAP_SHARED, 0);
	b = kt_map(fd, 4 * KT_RANGE, PROT_READ, MAP_SHARED, 0);
	c = kt_map_at(fd, 4 * KT_RANGE, PROT_READ, MAP_PRIVATE, 0, KT_PAGE);

	/* Range 0: written through a mapping.  Range 1: with write().  Each read before in all mappings. */
	for (size_t r = 0; r < 2; r++) {
		kt_read(a + r * KT_RANGE);
		kt_read(b + r * KT_RANGE + KT_PAGE);
		kt_read(c + r * KT_RANGE + 2 * KT_PAGE);
	}
	for (size_t i = 0; i < 8; i++)
		kt_write(a + i * KT_PAGE, 5);
	memset(buf, 6, sizeof(buf));
	for (off_t i = 0; i < 8; i++)
		if (pwrite(fd, buf, sizeof(buf), (off_t)KT_RANGE + i * (off_t)KT_PAGE) != sizeof(buf))
			kt_die("pwrite");
	for (size_t i = 0; i < 8; i++) {
		if (a[i * KT_PAGE] != 5 || b[i * KT_PAGE] != 5 || c[i * KT_PAGE] != 5 ||
		    !other_process_sees(b + i * KT_PAGE, 5)) {
			kt_ok(false, "page %zu: stale zeros after a write through a mapping", i);
			return kt_end();
		}
		if (a[KT_RANGE + i * KT_PAGE] != 6 || b[KT_RANGE + i * KT_PAGE] != 6 || c[KT_RANGE + i * KT_PAGE] != 6) {
			kt_ok(false, "page %zu: stale zeros after write()", i);
			return kt_end();
		}
	}
	kt_ok(true, "no stale zeros, by mapping and by write()");

	/* A 2 MiB zero page that becomes 2 MiB of storage while others map it */
	kt_read(b + 2 * KT_RANGE);
	kt_read(c + 2 * KT_RANGE);
	munmap(c, 4 * KT_RANGE);
	kt_write(a + 2 * KT_RANGE + 9 * KT_PAGE, 7);
	kt_ok(b[2 * KT_RANGE + 9 * KT_PAGE] == 7 && b[2 * KT_RANGE] == 0, "zero page to storage: the others see it");

	/* A hole read 2 MiB at a time, then written: 2 MiB of storage when the filesystem has it */
	if (kt_fs != KT_EXT2) {
		kt_trace_start();
		kt_read(a + 3 * KT_RANGE);
		kt_write(a + 3 * KT_RANGE + 5 * KT_PAGE, 8);
		kt_trace_stop();
		kt_ok(kt_count("dax_pmd_load_hole", NULL) == 1 && kt_count("dax_pmd_fault", "WRITE", NULL) == 1,
		      "read of a hole, then a write: both tried at 2 MiB");
		fsync(fd);
		if (kt_aligned(fd, 3 * KT_RANGE, KT_RANGE))
			kt_ok(kt_count("dax_pmd_fault_done", "WRITE", "NOPAGE", NULL) == 1,
			      "read of a hole, then a write: 2 MiB of storage");
		else
			kt_skip("read of a hole, then a write: 2 MiB of storage",
				"the filesystem gave no aligned extent");
	}
	close(fd);
	if (kt_has_pmd || kt_fs != KT_EXT4)
		beside_a_write();
	else
		kt_skip("write() beside a write()", "without our patches ext4 shows stale zeros");
	return kt_end();
}

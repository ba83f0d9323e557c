// SPDX-License-Identifier: GPL-2.0-only
/*
 * Row 13: memory failure of a page of an upgraded entry: the page itself is named, and who maps it is told its address.
 * What is asked for that differs: the page knows its file and offset, or, on xfs-rmapbt, the filesystem says which file
 * has the block, and the entry says which page that is.
 */
#include "kt.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

static char *big;
static sigjmp_buf jump;
static void *volatile address;
static volatile int code;

static void on_poison(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	address = info->si_addr;
	code = info->si_code;
	siglongjmp(jump, 1);
}

/* The page behind an address that is mapped; 0 where it cannot be told */
static uint64_t pfn_of(const char *at)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (off_t)((uintptr_t)at / KT_PAGE * sizeof(entry))) !=
	    (ssize_t)sizeof(entry))
		kt_die("/proc/self/pagemap");
	close(pagemap);
	return entry & ((1ULL << 55) - 1);
}

/* How many lines of the kernel's log have both words */
static unsigned int log_lines(const char *one, const char *other)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[2048];
	unsigned int count = 0;
	ssize_t n;

	if (log < 0)
		kt_die("/dev/kmsg");
	while ((n = read(log, record, sizeof(record) - 1)) > 0) {
		record[n] = 0;
		count += strstr(record, one) && strstr(record, other);
	}
	close(log);
	return count;
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_sigaction = on_poison, .sa_flags = SA_SIGINFO | SA_NODEFER };
	const int rw = PROT_READ | PROT_WRITE;
	const size_t page = 0x133;
	char *small, *wanted, named[64];
	uint64_t pfn;
	int fd;

	kt_init(argc, argv);
	if (kt_fs == KT_EXT2) {
		kt_skip("poison", "ext2 has 4 KiB only");
		return kt_end();
	}
	fd = kt_file("poison", KT_RANGE, KT_WRITTEN);
	if (!kt_aligned(fd, 0, KT_RANGE)) {
		kt_skip("poison", "the filesystem gave no aligned extent");
		return kt_end();
	}
	small = kt_map_at(fd, KT_RANGE, rw, MAP_SHARED, 0, KT_PAGE);
	kt_read(small + 5 * KT_PAGE);
	kt_trace_start();
	big = kt_map(fd, KT_RANGE, rw, MAP_SHARED, 0);
	kt_read(big);
	kt_trace_stop();
	if (kt_has_pmd)
		kt_ok(kt_count("dax_pmd_upgrade", NULL) == 1, "poison: the range is upgraded");

	/* A page that never had an entry of its own */
	wanted = big + page * KT_PAGE;
	kt_read(wanted);
	pfn = pfn_of(wanted);
	snprintf(named, sizeof(named), "Memory failure: %#llx:", (unsigned long long)pfn);
	sigaction(SIGBUS, &act, NULL);
	if (!sigsetjmp(jump, 1)) {
		if (madvise(wanted, KT_PAGE, MADV_HWPOISON)) {
			kt_skip("poison", "MADV_HWPOISON is refused");
			return kt_end();
		}
		kt_read(wanted);
	}
	kt_ok(address == wanted && code == BUS_MCEERR_AR, "poison: SIGBUS at %p (wanted %p, code %d)", address,
	      (void *)wanted, code);
	kt_ok(pfn && log_lines(named, "Sending SIGBUS") == 1 && log_lines("Memory failure: ", "Sending SIGBUS") == 1,
	      "poison: the kernel's log names that page (%s), once, and no other", named);
	close(fd);
	return kt_end();
}

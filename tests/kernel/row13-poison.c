// SPDX-License-Identifier: GPL-2.0-only
/* Row 13: an upgraded entry's pages know their file and offset: memory failure finds who maps them, and says where. */
#include "kt.h"

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

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_sigaction = on_poison, .sa_flags = SA_SIGINFO | SA_NODEFER };
	const int rw = PROT_READ | PROT_WRITE;
	const size_t page = 0x133;
	char *small, *wanted;
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
	sigaction(SIGBUS, &act, NULL);
	if (!sigsetjmp(jump, 1)) {
		if (madvise(wanted, KT_PAGE, MADV_HWPOISON)) {
			kt_skip("poison", "MADV_HWPOISON is refused");
			return kt_end();
		}
		kt_read(wanted);
	}
	/* The signal says the address, of the page or of the huge page around it */
	kt_ok(address && ((uintptr_t)address & ~(KT_RANGE - 1)) == ((uintptr_t)wanted & ~(KT_RANGE - 1)),
	      "poison: SIGBUS for the one who maps it, at %p (wanted %p, code %d)", address, (void *)wanted, code);
	close(fd);
	return kt_end();
}

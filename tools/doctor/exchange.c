// SPDX-License-Identifier: GPL-2.0-only
/* exchange.c - put an unlinked file in the place of a named one, whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "doctor/exchange.h"
#include "doctor/lease.h"

/* Nobody can put something there beforehand, as nobody can guess it. */
static int random_name(char name[EXCHANGE_NAME])
{
	unsigned long long word[2];

	if (getrandom(word, sizeof(word), 0) != sizeof(word))
		return -EIO;
	snprintf(name, EXCHANGE_NAME, ".daxdoctor-%016llx%08llx", word[0], word[1] & 0xffffffffULL);
	return 0;
}

static int link_unlinked(int file, int dir, const char *name)
{
	char path[64];

	/* The second way needs CAP_DAC_READ_SEARCH, the first one /proc. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	if (!linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW))
		return 0;
	return linkat(file, "", dir, name, AT_EMPTY_PATH) ? -errno : 0;
}

static bool names_file(int dir, const char *name, int file)
{
	struct stat named, st;

	return !fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) && !fstat(file, &st) &&
	       named.st_dev == st.st_dev && named.st_ino == st.st_ino;
}

static int swap_names(int dir, const char *a, const char *b)
{
	return renameat2(dir, a, dir, b, RENAME_EXCHANGE) ? -errno : 0;
}

/*
 * Whoever looked the name up before it changed may still be about to open the old file. He is given
 * a moment to show: his open breaks the lease.
 */
static bool old_is_free(int old)
{
	const struct timespec moment = {.tv_nsec = 50000000};

	if (lease_broken(old))
		return false;
	nanosleep(&moment, NULL);
	return !lease_broken(old);
}

static int exchange_linked(int dir, const char *name, const char *temporary, int old, int new)
{
	int err;

	if (lease_broken(old))
		return -EBUSY;
	err = swap_names(dir, name, temporary);
	if (err)
		return err;
	/* What was exchanged is seen only now, if somebody was faster. */
	if (!names_file(dir, temporary, old))
		err = -ESTALE;
	else if (!names_file(dir, name, new))
		err = -ESTALE;
	else if (!old_is_free(old))
		err = -EBUSY;
	else if (fsync(dir))
		err = -errno;
	if (err && swap_names(dir, name, temporary))
		return -EUCLEAN;
	return err;
}

int exchange_files(int dir, const char *name, int old, int new, char left[EXCHANGE_NAME])
{
	sigset_t all, before;
	int err = random_name(left);

	if (err)
		return err;
	sigfillset(&all);
	sigdelset(&all, SIGIO);
	sigprocmask(SIG_BLOCK, &all, &before);
	err = link_unlinked(new, dir, left);
	if (!err) {
		err = exchange_linked(dir, name, left, old, new);
		/* By its name only what it should be is removed: ours, or what was replaced. */
		if (err != -EUCLEAN && names_file(dir, left, err ? new : old) && unlinkat(dir, left, 0))
			err = err ? err : -EUCLEAN;
		(void)fsync(dir);
	}
	lease_release(old);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

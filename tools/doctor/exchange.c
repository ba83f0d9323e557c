// SPDX-License-Identifier: GPL-2.0-only
/* exchange.c - replace a named file by an unlinked one, completely or not at all. */
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

/* The name is random so that nobody can create something there beforehand. */
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

	/* The second way needs CAP_DAC_READ_SEARCH, the first needs /proc. */
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
 * A process that looked the name up before the exchange may be about to open the old file. Wait a
 * moment: its open() breaks the lease.
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
	/* If another process was faster, it is only seen now which files were exchanged. */
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

/*
 * The files are exchanged. A signal that asks to end, now pending or sent while the result is
 * printed, would make the exit status say that nothing was changed.
 */
static void ignore_ends(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		signal(ends[i], SIG_IGN);
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
		/*
		 * Remove a name only if it is of the file it should be: ours, or the replaced one.
		 */
		if (err != -EUCLEAN && names_file(dir, left, err ? new : old) && unlinkat(dir, left, 0))
			err = err ? err : -EUCLEAN;
		(void)fsync(dir);
	}
	lease_release(old);
	if (!err)
		ignore_ends();
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

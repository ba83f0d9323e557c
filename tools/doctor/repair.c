// SPDX-License-Identifier: GPL-2.0-only
/* repair.c - copy a file into storage that allows 2 MiB pages, and exchange the two files. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <linux/fs.h>
#include "doctor/exchange.h"
#include "doctor/file.h"
#include "doctor/layout.h"
#include "doctor/lease.h"
#include "doctor/pieces.h"
#include "doctor/repair.h"
#include "doctor/replica.h"
#include "doctor/users.h"
#include "util/clock.h"
#include "util/err.h"
#include "util/escape.h"

#ifndef STATX_ATTR_VERITY
#define STATX_ATTR_VERITY 0x00100000
#endif

#define MIB		(1ULL << 20)
#define PROGRESS_NS	200000000 /* between two lines of progress, in ns */
#define NAME_ROOM	(PATH_MAX + NAME_MAX + 2)

/* How many ranges can be mapped at 2 MiB. */
struct score {
	__u64 ranges;
	__u64 bad;	/* some access gets 4 KiB, for a reason that other storage may avoid */
	__u64 past_eof; /* the file ends inside: other storage does not help */
	__u64 unknown;
};

struct repair {
	const struct repair_options *opt;
	char full[NAME_ROOM]; /* for messages */
	char name[NAME_MAX + 1];
	int dir, old, new;
	struct stat st;
	struct statx stx;
	struct report report; /* findings about the filesystem and device; not shown */
	struct storages storages;
	const struct storage *storage;
	bool kernel_huge;
	__u64 size; /* of the new file */
	struct pieces pieces;
	struct score before, after;
	size_t xattrs;
	__u64 shown_ns; /* when progress was last shown; 0: not yet */
	bool terminal;
};

static _Noreturn void refuse(const struct repair *repair, const char *why)
{
	die(DAX_EXIT_UNSUPPORTED, "%s: not repaired, and not changed: %s", repair->full, why);
}

/* Report that the step @what failed. Nothing needs to be cleaned up. */
static _Noreturn void give_up(const struct repair *repair, const char *what, int err)
{
	die(DAX_EXIT_UNSUPPORTED, "%s: not repaired, and not changed: %s: %s", repair->full, what,
	    strerror(-err));
}

/* Open the folder once; from then on do not use its path, which others may change. */
static void open_folder(struct repair *repair, const char *path)
{
	char *copy = copy_text(path), *copy2 = copy_text(path), link[64];
	size_t len = strlen(path);
	const char *name = basename(copy);
	ssize_t got;

	if (!len || path[len - 1] == '/' || !strcmp(name, ".") || !strcmp(name, "..") ||
	    strlen(name) > NAME_MAX)
		die(DAX_EXIT_USAGE, "%s: not a regular file: --repair takes one file", path);
	snprintf(repair->name, sizeof(repair->name), "%s", name);
	repair->dir = open(dirname(copy2), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (repair->dir < 0)
		die(errno == EACCES ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "%s: its folder: %s", path,
		    strerror(errno));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", repair->dir);
	got = readlink(link, repair->full, PATH_MAX);
	if (got > 0)
		snprintf(repair->full + got, sizeof(repair->full) - (size_t)got, "/%s", name);
	else
		snprintf(repair->full, sizeof(repair->full), "%s", path);
	free(copy);
	free(copy2);
}

static void open_file(struct repair *repair)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	char target[PATH_MAX];
	struct stat st;
	ssize_t got;

	/* Never open a device or a pipe. */
	if (fstatat(repair->dir, repair->name, &st, AT_SYMLINK_NOFOLLOW))
		die(errno == EACCES ? DAX_EXIT_UNSUPPORTED : DAX_EXIT_USAGE, "%s: %s", repair->full,
		    strerror(errno));
	if (S_ISLNK(st.st_mode)) {
		got = readlinkat(repair->dir, repair->name, target, sizeof(target) - 1);
		target[got > 0 ? got : 0] = '\0';
		die(DAX_EXIT_USAGE, "%s: is a symbolic link to %s: name the file itself", repair->full,
		    target);
	}
	if (!S_ISREG(st.st_mode))
		die(DAX_EXIT_USAGE, "%s: not a regular file: --repair takes one file", repair->full);
	repair->old = openat(repair->dir, repair->name, flags | O_NOATIME);
	if (repair->old < 0 && errno == EPERM)
		repair->old = openat(repair->dir, repair->name, flags);
	if (repair->old < 0)
		die(DAX_EXIT_UNSUPPORTED, "%s: cannot open it: %s%s", repair->full, strerror(errno),
		    errno == EACCES ? ": run as root or as its owner" : "");
	if (fstat(repair->old, &repair->st) || !S_ISREG(repair->st.st_mode) ||
	    statx(repair->old, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &repair->stx))
		refuse(repair, "it changed while it was being opened; try again");
}

/*
 * Taken before the content is read: a process that has the file open would keep using the old file.
 */
static void take_lease(struct repair *repair)
{
	int err = lease_take(repair->old);
	struct users users;
	bool proc = users_find(&users, repair->st.st_dev, repair->st.st_ino);
	char text[512];

	users_text(&users, text, sizeof(text));
	if (users.nr)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: not repaired, and not changed: it is open or mapped in process %s: they would "
		    "go on with the old file; stop them first",
		    repair->full, text);
	if (err == -EAGAIN)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: not repaired, and not changed: the kernel reports that it is open or mapped, and %s: "
		    "find who has it (a loop device or swap, another container, a process that /proc does "
		    "not show) and stop it first",
		    repair->full,
		    proc ? "no process that is visible here has it" : "there is no /proc here to look in");
	if (err == -EACCES)
		refuse(repair, "only its owner and root may find out whether a process has it open: "
			       "run as one of them");
	if (err)
		give_up(repair, "checking whether a process has it open (a write lease)", err);
}

static void check_attributes(const struct repair *repair)
{
	__u64 has = repair->stx.stx_attributes;
	unsigned int flags = 0;

	if (has & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND))
		refuse(repair, "it has the immutable or append-only attribute: chattr -i -a takes them away");
	if (!ioctl(repair->old, FS_IOC_GETFLAGS, &flags) && flags & FS_JOURNAL_DATA_FL)
		refuse(repair, "it journals its data (chattr +j), and ext4 has no DAX for such files: "
			       "chattr -j takes that away");
	if (has & STATX_ATTR_ENCRYPTED)
		refuse(repair, "it is encrypted (fscrypt): such files are never DAX");
	if (has & STATX_ATTR_VERITY)
		refuse(repair, "it has fs-verity, which a copy loses, and such files are never DAX");
	if (repair->st.st_nlink > 1 && !repair->opt->force)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: not repaired, and not changed: it has %lu names (hard links), and only this one "
		    "would be the new file: --force repairs it anyway",
		    repair->full, (unsigned long)repair->st.st_nlink);
}

static const char *type_of(const struct repair *repair)
{
	return repair->storage->mount.known ? repair->storage->mount.type : "";
}

static void find_place(struct repair *repair)
{
	struct fsxattr attr = {0};
	bool realtime = !ioctl(repair->old, FS_IOC_FSGETXATTR, &attr) &&
			attr.fsx_xflags & FS_XFLAG_REALTIME;

	repair->kernel_huge = check_kernel(&repair->report);
	repair->storage = storage_of(&repair->storages, &repair->report, repair->old, &repair->stx, realtime);
}

static void check_type(const struct repair *repair)
{
	const char *type = type_of(repair);

	if (strcmp(type, "xfs") != 0 && strcmp(type, "ext4") != 0)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: not repaired, and not changed: it is on %s, and --repair works only on XFS and "
		    "ext4: daxdoctor FILE shows what helps there",
		    repair->full, *type ? type : "a filesystem whose mount is not known");
}

static void check_place(const struct repair *repair)
{
	check_type(repair);
	if (repair->storage->device.no_dax)
		refuse(repair, "the device below its filesystem cannot do DAX: daxdoctor FILE shows more");
	if (!repair->kernel_huge || !repair->storage->tries_huge)
		refuse(repair, "this kernel or filesystem never tries 2 MiB pages");
	if (!repair->storage->device.base_known && !repair->opt->force)
		refuse(repair, "it is unknown here where its storage starts in physical memory, and so "
			       "whether a copy would be better: run as root, or see "
			       "daxdoctor FILE; --force copies it anyway");
}

static void count_runs(struct score *score, const struct runs *runs)
{
	*score = (struct score){.ranges = runs->ranges};
	for (size_t i = 0; i < runs->nr; i++) {
		const struct run *run = &runs->run[i];
		bool shared = run->has_extent && run->extent.flags & EXTENT_SHARED;
		bool reads = fate_is_huge(run->read) || run->read == DAX_WHY_UNKNOWN;
		bool writes = fate_is_huge(run->write) || run->write == DAX_WHY_UNKNOWN;

		if (run->read == DAX_WHY_PAST_EOF)
			score->past_eof += run->count;
		else if (!reads || !writes || shared || run->seam)
			score->bad += run->count;
		else if (run->read == DAX_WHY_UNKNOWN)
			score->unknown += run->count;
	}
}

static void take_score(struct repair *repair, int fd, __u64 size, struct score *score,
		       struct pieces *pieces)
{
	struct layout layout = {.size = size};
	struct runs runs = {0};
	int err = file_fates(repair->storage, fd, repair->kernel_huge, &layout, &runs);

	if (err)
		give_up(repair, "reading where its storage is (FIEMAP)", err);
	if (layout.cut)
		refuse(repair, "it has more extents than can be examined (4 million)");
	count_runs(score, &runs);
	for (size_t i = 0; pieces && i < layout.nr_extents; i++)
		if (pieces_add(pieces, &layout.extent[i]))
			die(DAX_EXIT_UNSUPPORTED, "out of memory");
	if (pieces)
		pieces_end(pieces);
	runs_free(&runs);
	layout_free(&layout);
}

static void check_space(const struct repair *repair)
{
	__u64 need = pieces_ranges(&repair->pieces) * RANGE_BYTES, has;
	struct statvfs fs;

	if (fstatvfs(repair->old, &fs))
		give_up(repair, "reading the free space", -errno);
	has = (__u64)(geteuid() ? fs.f_bavail : fs.f_bfree) * fs.f_frsize;
	if (need > has)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: not repaired, and not changed: the copy needs %llu MiB while both exist, and "
		    "%llu MiB are free: make room first",
		    repair->full, need / MIB, has / MIB);
}

/* A new file in the folder may be a DAX file even if the old one was not. */
static bool is_dax(int fd, bool *flag)
{
	struct fsxattr attr = {0};
	struct statx stx = {0};

	*flag = !ioctl(fd, FS_IOC_FSGETXATTR, &attr) && attr.fsx_xflags & FS_XFLAG_DAX;
	return !statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx) && dax_state(&stx) == DAX_STATE_YES;
}

static void check_new_dax(const struct repair *repair)
{
	char value[32] = "";
	bool flag, dax = is_dax(repair->new, &flag);

	mount_option(&repair->storage->mount, "dax", value, sizeof(value));
	if (!dax && (!flag || !strcmp(value, "never")))
		refuse(repair, "a new file in its folder would not be a DAX file: daxdoctor FILE shows why");
}

/* Allocate storage in calls of at most @most bytes, and predict the result. */
static void try_storage(struct repair *repair, __u64 most)
{
	const char *what;
	int err = replica_make(repair->dir, repair->old, repair->size, &repair->new, &what);

	if (err == -EOPNOTSUPP || err == -EISDIR)
		refuse(repair, "this filesystem has no files without a name (O_TMPFILE)");
	if (err)
		give_up(repair, what, err);
	check_new_dax(repair);
	err = replica_allocate(repair->new, &repair->pieces, most, &what);
	if (err)
		give_up(repair, what, err);
	take_score(repair, repair->new, repair->size, &repair->after, NULL);
}

/*
 * First one call for each piece; then calls of 64 MiB, so that an extent, which ext4 ends at 32767
 * blocks, ends at the end of a range; then one call for each range.
 */
static void find_storage(struct repair *repair)
{
	static const __u64 most[] = {0, 64 * MIB, RANGE_BYTES};
	struct score best = {0};
	size_t kept = 0, i;

	for (i = 0; i < sizeof(most) / sizeof(*most); i++) {
		if (i)
			close(repair->new);
		try_storage(repair, most[i]);
		if (!i || repair->after.bad < best.bad) {
			best = repair->after;
			kept = i;
		}
		if (!repair->after.bad)
			return;
	}
	if (kept != i - 1) {
		close(repair->new);
		try_storage(repair, most[kept]);
	}
}

static bool is_better(const struct repair *repair)
{
	return repair->opt->force || !repair->after.bad || repair->after.bad < repair->before.bad;
}

static int show_progress(void *ctx, __u64 done)
{
	struct repair *repair = ctx;
	__u64 all = 0;
	__u64 now = clock_ns(CLOCK_MONOTONIC);

	if (lease_broken(repair->old))
		return -EBUSY;
	if (!repair->terminal)
		return 0;
	if (now - repair->shown_ns < PROGRESS_NS)
		return 0;
	repair->shown_ns = now;
	for (size_t i = 0; i < repair->pieces.nr; i++)
		all += repair->pieces.piece[i].data ? repair->pieces.piece[i].count * 2 : 0;
	fprintf(stderr, "\r%s: %llu of %llu MiB copied ", program_name(), done / MIB, all);
	return 0;
}

static bool is_unchanged(const struct repair *repair)
{
	struct stat now;

	return !fstat(repair->old, &now) && now.st_size == repair->st.st_size &&
	       now.st_ctim.tv_sec == repair->st.st_ctim.tv_sec &&
	       now.st_ctim.tv_nsec == repair->st.st_ctim.tv_nsec;
}

static void copy_all(struct repair *repair)
{
	const char *what = "copying it";
	int err = replica_copy(repair->old, repair->new, &repair->pieces, (__u64)repair->st.st_size,
			       repair->size, show_progress, repair, &what);

	if (repair->terminal && repair->shown_ns)
		fprintf(stderr, "\r%*s\r", 70, "");
	if (err == -EBUSY)
		refuse(repair, "another process wants to open it; try again when it is free");
	if (!err)
		err = replica_keep(repair->old, repair->new, &repair->st, &repair->xattrs, &what);
	if (err)
		give_up(repair, what, err);
	if (!is_unchanged(repair))
		refuse(repair, "its attributes have changed in the meantime; try again");
}

static void put_in_place(struct repair *repair)
{
	char left[EXCHANGE_NAME];
	int err = exchange_files(repair->dir, repair->name, repair->old, repair->new, left);

	if (err == -EBUSY)
		refuse(repair, "another process wants to open it; try again when it is free");
	if (err == -ESTALE)
		refuse(repair, "another file has taken its place in the meantime");
	if (err == -EUCLEAN)
		die(DAX_EXIT_UNSUPPORTED,
		    "%s: the old and the new file both have a name now, one is %s beside it: compare "
		    "them, then remove that one",
		    repair->full, left);
	if (err)
		give_up(repair, "exchanging the old file for the new one", err);
}

static void print_full(const struct repair *repair)
{
	char clean[4 * NAME_ROOM];

	escape_text(clean, sizeof(clean), repair->full, ESCAPE_TERMINAL);
	fputs(clean, stdout);
}

static void print_result(const struct repair *repair, bool done)
{
	const struct score *after = &repair->after, *before = &repair->before;
	__u64 good = after->ranges - after->bad - after->past_eof - after->unknown;
	__u64 was = before->ranges - before->bad - before->past_eof - before->unknown;
	__u64 stored = pieces_ranges(&repair->pieces);

	print_full(repair);
	printf(": %s: %llu of %llu ranges can be 2 MiB by their storage, %llu before\n",
	       done ? "repaired" : "would be repaired", good, after->ranges, was);
	if (!before->bad)
		printf("  its storage was good already: a copy drops the entries that earlier 4 KiB faults left\n");
	if (after->past_eof)
		printf("  the file ends inside the last range, which stays at 4 KiB: --grow makes its length a multiple of 2 MiB\n");
	if (repair->size != (__u64)repair->st.st_size)
		printf("  %s to %llu bytes from %llu, by zeros\n", done ? "grown" : "grows", repair->size,
		       (__u64)repair->st.st_size);
	printf("  %llu ranges have storage (%llu KiB of holes in them are filled); %llu ranges are holes, and %s\n",
	       stored, repair->pieces.filled >> 10, after->ranges > stored ? after->ranges - stored : 0,
	       done ? "stay so" : "would stay so");
	if (done)
		printf("  kept: owner, mode, times, inode flags, %zu extended attributes%s\n", repair->xattrs,
		       repair->st.st_nlink > 1 ? "; the file's other names (hard links) are the old file" : "");
}

/*
 * If the folder's attribute does not apply yet, the file becomes a DAX file when its inode is read
 * again.
 */
static int check_done(struct repair *repair)
{
	bool flag, dax;

	close(repair->new);
	close(repair->old);
	repair->new = openat(repair->dir, repair->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	dax = repair->new >= 0 && is_dax(repair->new, &flag);
	if (!dax)
		warn_msg("%s: has the DAX attribute, but is not a DAX file yet: that takes effect when no "
			 "process has it open and the kernel drops its inode (echo 2 >/proc/sys/vm/drop_caches)",
			 repair->full);
	return dax ? DAX_EXIT_OK : DAX_EXIT_FOUND;
}

static int carry_out(struct repair *repair)
{
	if (!is_better(repair)) {
		warn_msg("%s: left as it was: %llu of %llu ranges would still not be 2 MiB, %llu are not now: "
			 "daxdoctor FILE shows what the filesystem lacks",
			 repair->full, repair->after.bad, repair->after.ranges, repair->before.bad);
		return DAX_EXIT_FOUND;
	}
	if (repair->opt->dry_run) {
		print_result(repair, false);
		return DAX_EXIT_OK;
	}
	copy_all(repair);
	/* Writing converted the unwritten storage, which may merge or split extents. */
	take_score(repair, repair->new, repair->size, &repair->after, NULL);
	if (!is_better(repair))
		refuse(repair, "the copy is not better: daxdoctor FILE shows what the filesystem lacks");
	put_in_place(repair);
	print_result(repair, true);
	return check_done(repair);
}

int repair_file(const char *path, const struct repair_options *opt)
{
	static struct repair repair;
	int status;

	repair = (struct repair){.opt = opt, .dir = -1, .old = -1, .new = -1, .terminal = isatty(STDERR_FILENO)};
	open_folder(&repair, path);
	open_file(&repair);
	find_place(&repair);
	if (*type_of(&repair))
		check_type(&repair);
	take_lease(&repair);
	check_place(&repair);
	check_attributes(&repair);
	repair.size = (__u64)repair.st.st_size;
	if (!repair.size)
		refuse(&repair, "it is empty: nothing to repair");
	repair.pieces.size = repair.size;
	take_score(&repair, repair.old, repair.size, &repair.before, &repair.pieces);
	if (opt->grow)
		repair.size = (repair.size + RANGE_BYTES - 1) / RANGE_BYTES * RANGE_BYTES;
	check_space(&repair);
	find_storage(&repair);
	status = carry_out(&repair);
	pieces_free(&repair.pieces);
	storages_free(&repair.storages);
	report_free(&repair.report);
	return status;
}

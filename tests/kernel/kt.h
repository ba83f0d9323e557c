/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel tests share: reporting, files with a known layout, mappings, and the trace. */
#ifndef KT_H
#define KT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The C library may not have them; both parts are needed for a synchronous mapping */
#define KT_MAP_SYNC (3 | 0x80000) /* MAP_SHARED_VALIDATE | MAP_SYNC */

#define KT_PAGE 4096UL
#define KT_RANGE (2UL << 20)
#define KT_NR (KT_RANGE / KT_PAGE)

enum kt_fs { KT_XFS, KT_EXT4, KT_EXT2, KT_OTHER };

/* Chosen by the directory under test, the first argument */
extern const char *kt_dir;
extern enum kt_fs kt_fs;
/* The kernel has the events of trace/, and the code of pmd/ */
extern bool kt_has_trace, kt_has_pmd;
/* It is this version or newer, for what mainline changed and no event tells */
bool kt_since(unsigned int major, unsigned int minor);

void kt_init(int argc, char **argv);
/* Prints the totals' verdict; return it from main() */
int kt_end(void);
bool kt_ok(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void kt_skip(const char *name, const char *why);
void kt_die(const char *what) __attribute__((noreturn));
/* The test fails, with all threads, when it is not over by then */
void kt_deadline(unsigned int seconds, const char *what);

enum kt_layout {
	KT_HOLE,      /* no blocks */
	KT_UNWRITTEN, /* fallocate */
	KT_WRITTEN,   /* fallocate, then written with a pattern */
};
/* A new file of that name; open for reading and writing */
int kt_file(const char *name, size_t size, enum kt_layout layout);
/* What kt_file wrote there, and what it is to be after that many rewrites */
unsigned char kt_pattern(size_t offset, unsigned int generation);
/* Unmount the directory under test, which nothing of has open, and mount it again */
void kt_remount(void);
/* Whether blocks are one piece of storage, aligned to 2 MiB on the device */
bool kt_aligned(int fd, off_t offset, size_t length);

/*
 * Map at an address whose distance from a 2 MiB boundary is skew (that of the
 * offset for a mapping that can have 2 MiB pages).
 */
char *kt_map_at(int fd, size_t length, int prot, int flags, off_t offset, size_t skew);
char *kt_map(int fd, size_t length, int prot, int flags, off_t offset);

/*
 * Thousands of mappings of the first length bytes.  An entry is locked while
 * the file's mappings are walked, to unmap a zero page or to write-protect, and
 * a crowd makes that take so long that others can meet the lock on purpose.
 * mmap() and munmap() of the file have to wait for the walk too.
 */
void kt_crowd(int fd, size_t length);
void kt_uncrowd(void);
void kt_pin(int cpu, int policy);

/* Touch one byte; the signal it ends in, 0 for none */
int kt_read(const volatile char *at);
int kt_get(const volatile char *at, unsigned char *value);
int kt_write(volatile char *at, char value);

/* Events of this process and its threads between start and stop */
void kt_trace_start(void);
void kt_trace_stop(void);
/* From here on the events of all */
void kt_trace_all(void);
/* A kprobe of the group kt, as "p:kt/NAME FUNCTION ARG=%di": its events are in the trace too */
bool kt_probe(const char *definition);
void kt_unprobe(void);
/* Lines of the event with all the words in them, NULL at the end */
unsigned int kt_count(const char *event, ...) __attribute__((sentinel));
/* The last such line, or NULL; of two lines the pointer to the later one is greater */
const char *kt_line(const char *event, ...) __attribute__((sentinel));
/* The same for the line number nr, from 0 */
const char *kt_nth_line(unsigned int nr, const char *event, ...) __attribute__((sentinel));
/* A number after "name " in a line, decimal or 0x */
bool kt_field(const char *line, const char *name, uint64_t *value);
/* For what a failed test should show */
void kt_trace_dump(void);

long kt_vmstat(const char *name);
/*
 * How often a 2 MiB fault that falls back is tried. From 6.7 on a fault begins under its VMA's lock; where the file has no
 * map_pages, as on ext4, the 4 KiB fault is refused there, and all begins again under mmap_lock.
 */
unsigned int kt_tries(void);
bool kt_param(const char *value); /* fs_dax.pmd_upgrade */
double kt_now(void);

#endif

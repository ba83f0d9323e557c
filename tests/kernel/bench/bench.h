/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs of this benchmark share: files with known blocks, mappings and the two clocks.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE  4096UL
#define RANGE (2UL << 20)

enum blocks {
	HOLE,
	WRITTEN, /* allocated, written, and on storage with all metadata */
};

void fail(const char *what) __attribute__((noreturn));
/* A new file NAME in the directory, open for reading and writing; the name is gone already */
int new_file(const char *dir, const char *name, size_t size, enum blocks blocks);
/* Length bytes at a 2 MiB boundary; without huge, faults in it are of 4 KiB only */
char *map(int fd, size_t length, bool sync, bool huge);

/* Instructions of a guest that counts them; the time stamp counter has no unit elsewhere */
static inline uint64_t instructions(void)
{
	return __builtin_ia32_rdtsc();
}

uint64_t nanoseconds(void);
/* By value; returns the median */
uint64_t sort(uint64_t *value, size_t n);

#endif

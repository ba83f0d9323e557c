/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations on files, each of which the model learns of: before it for what may be there, after it for a promise. */
#ifndef POWER_FILES_H
#define POWER_FILES_H

#include <stddef.h>

struct pfile {
	int id, fd;
};

/* A new file, of which nothing is promised */
struct pfile file_new(const char *what);
/* With blocks, unwritten; or written by write(2) and promised */
struct pfile file_reserved(const char *what, size_t size);
struct pfile file_written(const char *what, size_t size);
void file_close(struct pfile f);

void file_write(struct pfile f, size_t at, size_t size);
/* Stores of whole lines through a mapping of the file from its start; they stay in the caches */
void file_store(struct pfile f, char *map, size_t at, size_t size);
/* ... of one line in each of that many pages from page on, step pages apart */
void file_scatter(struct pfile f, char *map, size_t page, size_t pages, size_t step);
/* ... written back by the program itself, through a mapping with MAP_SYNC: promised */
void file_store_sync(struct pfile f, char *map, size_t at, size_t size);
void file_resize(struct pfile f, size_t size);
void file_hole(struct pfile f, size_t at, size_t size);
void file_zero(struct pfile f, size_t at, size_t size);
void file_unshare(struct pfile f, size_t at, size_t size);
/* The whole file */
void file_clone(struct pfile f, struct pfile from);
void file_remove(struct pfile f);

/* Each a promise once it is back */
void file_fsync(struct pfile f);
void file_fdatasync(struct pfile f);
void file_msync(struct pfile f, char *map, size_t at, size_t size);
void files_sync(const struct pfile *f, int n);
/* Promised, but nothing was done for it */
void file_lie(struct pfile f);

#endif

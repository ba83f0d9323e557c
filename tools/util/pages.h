/* SPDX-License-Identifier: GPL-2.0-only */
/* pages.h - are this kernel's pages those that everything here counts in: 4 KiB and 2 MiB? */
#ifndef DAX_UTIL_PAGES_H
#define DAX_UTIL_PAGES_H

#include <stddef.h>

/*
 * 0, or -ENOTSUP with what is different in @err. @page: bytes of a page; @pmd_file: where the kernel
 * says how large a huge page is, which may be missing where it has none.
 */
int pages_check(long page, const char *pmd_file, char *err, size_t size);

/* The same for the kernel that runs. */
int pages_here(char *err, size_t size);

#endif

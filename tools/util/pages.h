/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pages.h - does this kernel have the page sizes that everything here counts in: 4 KiB and 2 MiB?
 */
#ifndef DAX_UTIL_PAGES_H
#define DAX_UTIL_PAGES_H

#include <stddef.h>

/*
 * Returns 0, or -ENOTSUP with the difference in @err. @page: bytes of a page; @pmd_file: where the
 * kernel shows the size of a huge page; it may be missing if there are none.
 */
int pages_check(long page, const char *pmd_file, char *err, size_t size);

/* The same for the running kernel. */
int pages_here(char *err, size_t size);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages.c - checks the page sizes: kernels for other machines have pages of 16 or 64 KiB, and
 * larger huge pages.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "util/pages.h"

#define PAGE	 4096L
#define PMD	 (2L << 20)
#define PMD_FILE "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size"

int pages_check(long page, const char *pmd_file, char *err, size_t size)
{
	FILE *file;
	long pmd = PMD;

	if (page != PAGE) {
		snprintf(err, size,
			 "this kernel's pages are %ld bytes, and only pages of 4096 are counted: boot a "
			 "kernel with 4 KiB pages",
			 page);
		return -ENOTSUP;
	}
	file = fopen(pmd_file, "re");
	if (!file)
		return 0; /* built without huge pages: their size then follows from the page size */
	if (fscanf(file, "%ld", &pmd) != 1)
		pmd = 0;
	fclose(file);
	if (pmd == PMD)
		return 0;
	snprintf(err, size, "this kernel's huge pages are %ld bytes (%s), and only those of 2 MiB are counted", pmd,
		 pmd_file);
	return -ENOTSUP;
}

int pages_here(char *err, size_t size)
{
	return pages_check(sysconf(_SC_PAGESIZE), PMD_FILE, err, size);
}

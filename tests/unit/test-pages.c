// SPDX-License-Identifier: GPL-2.0-only
/* test-pages.c - kernels whose pages are not 4 KiB and 2 MiB are refused, with what is different. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "util/pages.h"
#include "unit.h"

static int with_pmd(const char *text, char *err, size_t size)
{
	char path[] = "/tmp/pages.XXXXXX";
	int fd = mkstemp(path), ret;

	EXPECT(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	ret = pages_check(4096, path, err, size);
	unlink(path);
	return ret;
}

int main(void)
{
	char err[512] = "";

	CHECK(pages_check(4096, "/nonexistent", err, sizeof(err)) == 0, "4 KiB, and no huge pages to ask about");
	CHECK(pages_check(16384, "/nonexistent", err, sizeof(err)) == -ENOTSUP && strstr(err, "16384"),
	      "16 KiB are refused, and named");
	CHECK(pages_check(65536, "/nonexistent", err, sizeof(err)) == -ENOTSUP && strstr(err, "65536"),
	      "64 KiB are refused, and named");
	CHECK(with_pmd("2097152\n", err, sizeof(err)) == 0, "huge pages of 2 MiB");
	CHECK(with_pmd("33554432\n", err, sizeof(err)) == -ENOTSUP && strstr(err, "33554432"),
	      "huge pages of 32 MiB are refused, and named");
	CHECK(with_pmd("much\n", err, sizeof(err)) == -ENOTSUP, "a size that is no number is refused");
	return UNIT_STATUS;
}

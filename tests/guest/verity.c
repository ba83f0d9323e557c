// SPDX-License-Identifier: GPL-2.0-only
/*
 * verity.c - gives a file fs-verity, with hashes of SHA-256 over blocks of 4 KiB.
 *
 * usage: verity FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/fsverity.h>

int main(int argc, char *argv[])
{
	struct fsverity_enable_arg arg = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = 4096,
	};
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: verity FILE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, FS_IOC_ENABLE_VERITY, &arg)) {
		fprintf(stderr, "verity: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	return 0;
}

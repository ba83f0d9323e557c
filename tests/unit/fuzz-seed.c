// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-seed.c - writes small recordings for the fuzzer to begin with into the directory given. */
#include <fcntl.h>
#include "small.h"

static void save(const char *dir, const char *name, int level, bool finish)
{
	struct small s;
	char path[4096];
	int fd;

	small_make(&s, level, finish);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || write(fd, s.at, s.size) != (ssize_t)s.size || close(fd)) {
		perror(path);
		exit(1);
	}
	free(s.at);
}

int main(int argc, char *argv[])
{
	if (argc != 2)
		return 2;
	save(argv[1], "plain", 0, true);
	save(argv[1], "zstd", 3, true);
	save(argv[1], "killed", 0, false);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Run a command none of whose mappings gets 2 MiB pages: small-pages COMMAND [ARGUMENT]... */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: small-pages COMMAND [ARGUMENT]...\n");
		return 2;
	}
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) < 0) {
		fprintf(stderr, "small-pages: PR_SET_THP_DISABLE: %s\n", strerror(errno));
		return 3;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "small-pages: %s: %s\n", argv[1], strerror(errno));
	return 3;
}

// SPDX-License-Identifier: GPL-2.0-only
/* io.c - memory for the data of a recording, and reading it. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "recording/index.h"

__u8 *rec_room(struct buffer *buffer, size_t len)
{
	if (len > buffer->room || !buffer->at) {
		free(buffer->at);
		buffer->room = len > 4096 ? len : 4096;
		buffer->at = malloc(buffer->room);
	}
	return buffer->at;
}

int rec_pread(int fd, void *to, size_t len, __u64 off)
{
	__u8 *p = to;

	while (len) {
		ssize_t got = pread(fd, p, len, (off_t)off);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			return 0;
		p += got;
		off += (size_t)got;
		len -= (size_t)got;
	}
	return 1;
}

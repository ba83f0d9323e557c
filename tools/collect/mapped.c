// SPDX-License-Identifier: GPL-2.0-only
/* mapped.c - which DAX files a process has mapped, by the inodes that its faults are on. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "collect/mapped.h"

#define MOST_MAPPED 65536 /* mappings that are read; the kernel's default limit is about the same */

/* Read whole mappings from @fd until there are no more. */
static int read_all(int fd, struct dax_mapped **list, size_t *nr)
{
	size_t room = 0, used = 0; /* bytes */

	for (;;) {
		ssize_t got;

		if (used == room) {
			size_t more = room ? 2 * room : 64 * sizeof(**list);
			void *grown = more <= MOST_MAPPED * sizeof(**list) ? realloc(*list, more) : NULL;

			if (!grown)
				return room ? -E2BIG : -ENOMEM;
			*list = grown;
			room = more;
		}
		got = read(fd, (char *)*list + used, room - used);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		used += (size_t)got;
	}
	*nr = used / sizeof(**list);
	return 0;
}

int mapped_read(const struct bpf_program *tell, __u32 pid, struct dax_mapped **list, size_t *nr)
{
	union bpf_iter_link_info info = {.task = {.pid = pid}};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(tell, &opts);
	int fd, err;

	*list = NULL;
	*nr = 0;
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	err = fd < 0 ? fd : read_all(fd, list, nr);
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	if (err) {
		free(*list);
		*list = NULL;
	}
	return err;
}

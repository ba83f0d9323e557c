// SPDX-License-Identifier: GPL-2.0-only
/* measured.c - hash programs by the parts that are loaded into memory. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dash/format/build.h"
#include "dash/format/measured.h"

static void put_bytes(struct measured *to, const void *data, size_t len)
{
	char before[sizeof(to->hash)];

	memcpy(before, to->hash, sizeof(before));
	hash_hex(before, data, len, to->hash);
}

void measured_text(struct measured *to, const char *text)
{
	put_bytes(to, text, strlen(text));
}

/* Is [@from, @from + @len) inside @size bytes? */
static bool is_inside(__u64 from, __u64 len, size_t size)
{
	return from <= size && len <= size - from;
}

static bool is_other_each_time(const char *section)
{
	return !strcmp(section, ".note.gnu.build-id") || !strcmp(section, ".daxscope_version");
}

/* False: not a 64-bit ELF file with a section table. */
static bool put_elf(struct measured *to, const unsigned char *at, size_t size)
{
	const Elf64_Ehdr *head = (const void *)at;
	const Elf64_Shdr *section, *names;
	unsigned i;

	if (size < sizeof(*head) || memcmp(head->e_ident, ELFMAG, SELFMAG) ||
	    head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_shentsize != sizeof(*section) ||
	    head->e_shoff % _Alignof(Elf64_Shdr) || !head->e_shnum || head->e_shstrndx >= head->e_shnum ||
	    !is_inside(head->e_shoff, (__u64)head->e_shnum * sizeof(*section), size))
		return false;
	section = (const void *)(at + head->e_shoff);
	names = &section[head->e_shstrndx];
	if (!is_inside(names->sh_offset, names->sh_size, size) || !names->sh_size ||
	    at[names->sh_offset + names->sh_size - 1])
		return false;
	for (i = 0; i < head->e_shnum; i++) {
		const Elf64_Shdr *s = &section[i];

		if (s->sh_name >= names->sh_size ||
		    (s->sh_type != SHT_NOBITS && !is_inside(s->sh_offset, s->sh_size, size)))
			return false;
	}
	measured_text(to, ELFMAG);
	for (i = 0; i < head->e_shnum; i++) {
		const Elf64_Shdr *s = &section[i];
		const char *name = (const char *)at + names->sh_offset + s->sh_name;

		if (!(s->sh_flags & SHF_ALLOC) || is_other_each_time(name))
			continue;
		measured_text(to, name);
		put_bytes(to, &s->sh_size, sizeof(s->sh_size));
		if (s->sh_type != SHT_NOBITS)
			put_bytes(to, at + s->sh_offset, s->sh_size);
	}
	return true;
}

/* Read the whole file; the caller frees it. Files of sysfs cannot be mapped. */
static int load(const char *path, unsigned char **out, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	ssize_t got;

	*out = NULL;
	*size = 0;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else if (!(*out = malloc((size_t)st.st_size + 1)))
		err = -ENOMEM;
	while (!err && *size < (size_t)st.st_size) {
		got = read(fd, *out + *size, (size_t)st.st_size - *size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			err = -errno;
		if (got <= 0)
			break;
		*size += (size_t)got;
	}
	close(fd);
	return err;
}

int measured_file(struct measured *to, const char *path)
{
	unsigned char *at;
	size_t size;
	int err = load(path, &at, &size);

	if (!err && at && !put_elf(to, at, size))
		put_bytes(to, at, size);
	free(at);
	return err;
}

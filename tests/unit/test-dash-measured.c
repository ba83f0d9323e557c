// SPDX-License-Identifier: GPL-2.0-only
/* test-dash-measured.c - the hash of what is measured: of programs, of other files, and of what is no program quite. */
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dash/format/measured.h"
#include "unit.h"

static char path[] = "/tmp/test-dash-measured-XXXXXX";

static struct measured of_bytes(const void *data, size_t len)
{
	struct measured out = {""};
	FILE *to = fopen(path, "we");

	if (!to || fwrite(data, 1, len, to) != len || fclose(to) || measured_file(&out, path))
		exit(1);
	return out;
}

static bool same(struct measured a, struct measured b)
{
	return !strcmp(a.hash, b.hash);
}

/* A program of four sections: names, code, build id, version. */
struct program {
	Elf64_Ehdr head;
	Elf64_Shdr section[4];
	char names[64], code[16], id[16], version[16];
};

static struct program make(void)
{
	static const char names[] = "\0.shstrtab\0.text\0.note.gnu.build-id\0.daxscope_version";
	struct program p = {.head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64},
				     .e_shoff = offsetof(struct program, section),
				     .e_shentsize = sizeof(Elf64_Shdr),
				     .e_shnum = 4}};

	memcpy(p.names, names, sizeof(names));
	p.section[0] = (Elf64_Shdr){1, SHT_STRTAB, 0, 0, offsetof(struct program, names), sizeof(p.names), 0, 0, 1, 0};
	p.section[1] = (Elf64_Shdr){11, SHT_PROGBITS, SHF_ALLOC, 0, offsetof(struct program, code), 16, 0, 0, 1, 0};
	p.section[2] = (Elf64_Shdr){17, SHT_NOTE, SHF_ALLOC, 0, offsetof(struct program, id), 16, 0, 0, 1, 0};
	p.section[3] = (Elf64_Shdr){36, SHT_PROGBITS, SHF_ALLOC, 0, offsetof(struct program, version), 16, 0, 0, 1, 0};
	return p;
}

static void test_programs(void)
{
	struct program p = make();
	struct measured first = of_bytes(&p, sizeof(p));

	memcpy(p.version, "0.3.0", 6);
	memcpy(p.id, "another", 8);
	CHECK(same(first, of_bytes(&p, sizeof(p))), "another version and build id are the same program");
	p.code[3] = 1;
	CHECK(!same(first, of_bytes(&p, sizeof(p))), "other code is another one");
	p = make();
	p.section[1].sh_size = 15;
	CHECK(!same(first, of_bytes(&p, sizeof(p))), "so is less of it");
}

/* Whatever a header says, nothing is read beyond the file: such a file is bytes. */
static void test_broken(void)
{
	struct program p = make(), q;
	struct measured first = of_bytes(&p, sizeof(p));
	size_t i;

	for (i = 0; i < sizeof(p.head) + sizeof(p.section); i++) {
		q = p;
		((unsigned char *)&q)[i] ^= 0xff;
		EXPECT(strlen(of_bytes(&q, sizeof(q)).hash) == 32);
	}
	for (i = 0; i < sizeof(p); i++)
		EXPECT(!same(first, of_bytes(&p, i)));
	CHECK(unit_quiet(), "headers with a wrong byte, and programs that are cut off");
}

static void test_files(void)
{
	struct measured a = of_bytes("one", 3), b = of_bytes("two", 3), both = {""}, none = {"x"};

	CHECK(!same(a, b) && same(a, of_bytes("one", 3)), "files that are no program: by their bytes");
	CHECK(strlen(of_bytes("", 0).hash) == 32, "an empty file has a hash");
	measured_text(&both, "a");
	measured_text(&both, "b");
	measured_text(&none, "ab");
	CHECK(!same(both, none), "two texts are not one");
	CHECK(measured_file(&both, "/no/such/file") == -ENOENT && measured_file(&both, "/tmp") == -EINVAL,
	      "what is missing, or no file");
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0)
		return 1;
	close(fd);
	test_programs();
	test_broken();
	test_files();
	unlink(path);
	return UNIT_STATUS;
}

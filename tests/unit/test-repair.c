// SPDX-License-Identifier: GPL-2.0-only
/* test-repair.c - what a copy holds of a file, and what daxdoctor reads of superblocks, logs and overlays. */
#include <stdlib.h>
#include <string.h>
#include "doctor/kernlog.h"
#include "doctor/overlay.h"
#include "doctor/pieces.h"
#include "doctor/superblock.h"
#include "unit.h"

#define M (1ULL << 20)

/* Pieces of @nr extents of a file of @size bytes as "first+count kind ...". */
static const char *pieces_of(const struct extent *extent, size_t nr, __u64 size, __u64 *filled)
{
	struct pieces pieces = {.size = size};
	static char text[1024];
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < nr; i++)
		if (pieces_add(&pieces, &extent[i]))
			return "no memory";
	pieces_end(&pieces);
	for (size_t i = 0; i < pieces.nr; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%llu+%llu%s", i ? " " : "",
					 pieces.piece[i].first, pieces.piece[i].count,
					 pieces.piece[i].data ? "d" : "u");
	*filled = pieces.filled;
	pieces_free(&pieces);
	return text;
}

static void test_pieces(void)
{
	static const struct extent whole[] = {{0, 8 * M, 0, 0}};
	static const struct extent apart[] = {{5 * M, M / 8, 0, 0}, {100 * M, 2 * M, 0, EXTENT_UNWRITTEN}};
	static const struct extent halves[] = {{0, M, 0, EXTENT_UNWRITTEN}, {M, M, 0, 0}, {2 * M, M, 0, 0},
					       {3 * M, 3 * M, 0, EXTENT_UNWRITTEN}};
	static const struct extent late[] = {{0, 3 * M, 0, EXTENT_UNWRITTEN}, {3 * M, 4096, 0, EXTENT_SHARED}};
	static const struct extent many[] = {{0, 4096, 0, EXTENT_UNWRITTEN}, {8192, 4096, 0, 0},
					     {16384, 4096, 0, EXTENT_UNWRITTEN}, {24576, 4096, 0, 0}};
	static const struct extent past[] = {{0, 4 * M, 0, 0}, {4 * M, 60 * M, 0, EXTENT_UNWRITTEN}};
	static const struct extent end[] = {{0x7ffffffffffff000ULL, 0xfff, 0, 0}};
	__u64 filled;

	EXPECT(!strcmp(pieces_of(whole, 1, 8 * M, &filled), "0+4d") && !filled);
	EXPECT(!strcmp(pieces_of(apart, 2, 200 * M, &filled), "2+1d 50+1u") && filled == 2 * M - M / 8);
	EXPECT(!strcmp(pieces_of(halves, 4, 6 * M, &filled), "0+2d 2+1u") && !filled);
	EXPECT(!strcmp(pieces_of(late, 2, 4 * M, &filled), "0+1u 1+1d") && filled == M - 4096);
	EXPECT(!strcmp(pieces_of(many, 4, 2 * M, &filled), "0+1d") && filled == 2 * M - 4 * 4096);
	EXPECT(!strcmp(pieces_of(past, 2, 3 * M, &filled), "0+2d") && !filled);
	EXPECT(!strcmp(pieces_of(past, 2, 5 * M, &filled), "0+2d 2+1u") && !filled);
	EXPECT(!strcmp(pieces_of(NULL, 0, 5 * M, &filled), "") && !filled);
	EXPECT(!strcmp(pieces_of(end, 1, 0x7fffffffffffffffULL, &filled), "4398046511103+1d"));
	CHECK(unit_quiet(), "pieces: written ranges whole, unwritten ones so, holes left out");
}

/* Random extents: no byte that was written is left out, none is in two pieces. */
static void test_pieces_random(void)
{
	unsigned int seed = 7;

	for (int round = 0; round < 2000; round++) {
		static unsigned char written[64], stored[64];
		struct pieces pieces = {.size = 64 * (M / 4)};
		unsigned int at = 0;
		__u64 before = 0;

		memset(written, 0, sizeof(written));
		memset(stored, 0, sizeof(stored));
		while (at < 64) {
			unsigned int skip = (unsigned)rand_r(&seed) % 9, count = 1 + (unsigned)rand_r(&seed) % 7;
			struct extent extent = {.flags = rand_r(&seed) & 1 ? EXTENT_UNWRITTEN : 0};

			at += skip;
			if (at >= 64)
				break;
			count = at + count > 64 ? 64 - at : count;
			extent.logical = at * (M / 4);
			extent.length = count * (M / 4);
			memset((extent.flags ? stored : written) + at, 1, count);
			EXPECT(!pieces_add(&pieces, &extent));
			at += count;
		}
		pieces_end(&pieces);
		for (size_t i = 0; i < pieces.nr; i++) {
			EXPECT(pieces.piece[i].first >= before && pieces.piece[i].count);
			before = pieces.piece[i].first + pieces.piece[i].count;
			for (__u64 q = pieces.piece[i].first * 8; q < before * 8; q++) {
				EXPECT(pieces.piece[i].data || !written[q]);
				written[q] = stored[q] = 0;
			}
		}
		for (at = 0; at < 64; at++)
			EXPECT(!written[at] && !stored[at]);
		pieces_free(&pieces);
	}
	CHECK(unit_quiet(), "2000 random files: each byte of storage is in a piece, each written one is copied");
}

static void test_log(void)
{
	static const char log[] = "<6>[    1.0] Command line: dax=always\n"
				  "<4>[    2.0] XFS (pmem0p1): DAX and reflink cannot work with multi-partitions!\n"
				  "<6>[    3.0] XFS (sda1): Mounting\n"
				  "<4>[    4.0] EXT4-fs (pmem1): DAX unsupported\n";
	char said[64];

	EXPECT(kernlog_find(log, sizeof(log) - 1, NULL, said, sizeof(said)) &&
	       !strcmp(said, "EXT4-fs (pmem1): DAX unsupported"));
	EXPECT(kernlog_find(log, sizeof(log) - 1, "pmem0p1", said, sizeof(said)) &&
	       !strcmp(said, "XFS (pmem0p1): DAX and reflink cannot work with multi-partition"));
	EXPECT(!kernlog_find(log, sizeof(log) - 1, "pmem7", said, sizeof(said)));
	EXPECT(!kernlog_find(log, 40, NULL, said, sizeof(said)));
	EXPECT(!kernlog_find("", 0, NULL, said, sizeof(said)));
	EXPECT(kernlog_find("<[dax", 5, NULL, said, sizeof(said)) || true);
	CHECK(unit_quiet(), "the last line of the kernel's log that speaks of DAX");
}

static void test_superblock(void)
{
	static unsigned char raw[SUPERBLOCK_BYTES];
	struct superblock super;
	unsigned int seed = 3;

	superblock_parse(&super, raw);
	EXPECT(!super.type);
	memcpy(raw, "XFSB\0\0\x10\0", 8);
	raw[101] = 0xb5;
	raw[215] = 4;
	superblock_parse(&super, raw);
	EXPECT(super.type && !strcmp(super.type, "xfs") && super.block_bytes == 4096 && super.reflink);
	raw[215] = 0;
	superblock_parse(&super, raw);
	EXPECT(!super.reflink);
	memset(raw, 0, sizeof(raw));
	raw[1080] = 0x53;
	raw[1081] = 0xef;
	raw[1048] = 2;
	raw[1121] = 0x80;
	superblock_parse(&super, raw);
	EXPECT(!strcmp(super.type, "ext4") && super.block_bytes == 4096 && super.inline_data);
	raw[1048] = 255;
	superblock_parse(&super, raw);
	EXPECT(super.block_bytes == 0);
	for (int round = 0; round < 10000; round++) {
		for (size_t i = 0; i < sizeof(raw); i++)
			raw[i] = (unsigned char)rand_r(&seed);
		superblock_parse(&super, raw);
	}
	CHECK(unit_quiet(), "superblocks: XFS, ext4, and bytes of any kind");
}

static void test_overlay(void)
{
	static const char *const hostile[] = {"lowerdir=\\", "lowerdir=", "lowerdir=:::", ",upperdir=", "lowerdir=\\13",
					      "lowerdir+=a,lowerdir+=", "", ",,,", "lowerdir=\\134"};
	char out[PATH_MAX];

	EXPECT(overlay_layer("rw,lowerdir=/a:/b\\040c,upperdir=/u,workdir=/w", 0, out) && !strcmp(out, "/u"));
	EXPECT(overlay_layer("rw,lowerdir=/a:/b\\040c,upperdir=/u,workdir=/w", 1, out) && !strcmp(out, "/a"));
	EXPECT(overlay_layer("rw,lowerdir=/a:/b\\040c,upperdir=/u,workdir=/w", 2, out) && !strcmp(out, "/b c"));
	EXPECT(!overlay_layer("rw,lowerdir=/a:/b\\040c,upperdir=/u,workdir=/w", 3, out));
	EXPECT(overlay_layer("ro,lowerdir=/x\\134:y:/z", 0, out) && !strcmp(out, "/x:y"));
	EXPECT(overlay_layer("ro,lowerdir=/x\\134:y:/z", 1, out) && !strcmp(out, "/z"));
	EXPECT(overlay_layer("ro,lowerdir+=/p,lowerdir+=/q,datadir+=/r", 2, out) && !strcmp(out, "/r"));
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
		for (unsigned int nr = 0; nr < 4; nr++)
			(void)overlay_layer(hostile[i], nr, out);
	CHECK(unit_quiet(), "an overlay's layers, of names with spaces and colons");
}

int main(void)
{
	test_pieces();
	test_pieces_random();
	test_log();
	test_superblock();
	test_overlay();
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* test-codec.c - checksums, latency buckets, and events to bytes and back. */
#include <time.h>
#include "gen.h"
#include "recording/crc32c.h"
#include "unit.h"
#include "util/lat.h"

static void test_crc32c(void)
{
	static const char digits[] = "123456789";
	__u8 zeros[32] = {0}, ones[32], any[4096];
	__u64 seed = 42;
	size_t i;

	memset(ones, 0xff, sizeof(ones));
	/* Check values of RFC 3720, B.4, and of the catalogue of CRCs. */
	CHECK(crc32c(digits, 9) == 0xe3069283, "crc32c of 123456789");
	CHECK(crc32c(zeros, 32) == 0x8a9136aa, "crc32c of 32 zeros");
	CHECK(crc32c(ones, 32) == 0x62a8ab43, "crc32c of 32 ones");
	CHECK(crc32c(any, 0) == 0, "crc32c of nothing");
	for (i = 0; i < sizeof(any); i++)
		any[i] = gen_next(&seed);
	for (i = 0; i < 600; i++)
		EXPECT(crc32c(any + i % 9, i) == crc32c_table(any + i % 9, i));
	CHECK(unit_quiet(), "crc32c by the CPU is crc32c by table, at any length and alignment");
}

static void test_latency(void)
{
	unsigned bucket;
	__u64 ns;

	CHECK(dax_lat_bucket(0) == 0 && dax_lat_bucket(127) == 0, "below 128 ns is bucket 0");
	CHECK(dax_lat_bucket(128) == 1 && dax_lat_bucket(159) == 1 && dax_lat_bucket(160) == 2,
	      "128 ns begins bucket 1, 160 ns bucket 2");
	CHECK(dax_lat_bucket((1ULL << 34) - 1) == DAX_LAT_BUCKETS - 2 &&
		      dax_lat_bucket(1ULL << 34) == DAX_LAT_BUCKETS - 1 &&
		      dax_lat_bucket(~0ULL) == DAX_LAT_BUCKETS - 1,
	      "the last bucket begins at 2^34 ns");
	/* By the rule in dax_wire.h, not by the function's own arithmetic. */
	for (unsigned e = DAX_LAT_MIN_EXP; e <= DAX_LAT_MAX_EXP; e++)
		for (unsigned s = 0; s < 4; s++) {
			bucket = 1 + 4 * (e - 7) + s;
			ns = (4ULL + s) << (e - 2);
			EXPECT(dax_lat_bucket(ns) == bucket &&
			       dax_lat_bucket(ns - 1) == bucket - 1);
			EXPECT(dax_lat_upper(bucket - 1) == ns);
		}
	CHECK(unit_quiet(), "every bucket begins where dax_wire.h says, and ends there too");
	CHECK(dax_lat_upper(DAX_LAT_BUCKETS - 1) == ~0ULL && dax_lat_upper(~0u) == ~0ULL,
	      "the last bucket has no end");
	CHECK(dax_lat_class(DAX_PTE_RETRY) == DAX_NR_CLASSES &&
		      dax_lat_class(DAX_PMD_ERROR) == DAX_NR_CLASSES &&
		      dax_lat_class(DAX_PMD_ZERO) == DAX_LAT_ZERO,
	      "retries and errors are not timed, zero pages are");
}

static void test_round_trip(void)
{
	enum { EVENTS = 200000 };
	struct dax_event_extent ev, got;
	__u8 bytes[REC_EVENT_MAX];
	struct codec put, get;
	__u64 seed = 7;
	size_t longest = 0, shortest = REC_EVENT_MAX;

	memset(&ev, 0, sizeof(ev));
	for (unsigned i = 0; i < EVENTS; i++) {
		size_t len, cut;

		if (i % 1000 == 0) {
			codec_start(&put, seed, i / 1000);
			codec_start(&get, seed, i / 1000);
			ev.ev.cpu = i / 1000;
		}
		gen_wild(&seed, &ev);
		memset(bytes, 0xa5, sizeof(bytes));
		len = codec_put(&put, bytes, &ev.ev);
		if (len > longest)
			longest = len;
		if (len < shortest)
			shortest = len;
		if (i % 64 == 0)
			for (cut = 0; cut < len; cut++) {
				struct codec before = get;

				EXPECT(!codec_get(&before, bytes, cut, &got));
			}
		EXPECT(codec_get(&get, bytes, len, &got) == len);
		EXPECT(!memcmp(&got, &ev, sizeof(ev)));
	}
	CHECK(unit_quiet(), "%u events of any kind come back bit for bit, and cut ones do not",
	      EVENTS);
	CHECK(longest <= REC_EVENT_MAX && shortest >= REC_EVENT_MIN,
	      "an event takes %zu to %zu bytes, within the format's limits", shortest, longest);
}

static void test_longest(void)
{
	struct dax_event_extent ev;
	__u8 bytes[REC_EVENT_MAX];
	struct codec codec;
	size_t len;

	memset(&ev, 0xff, sizeof(ev));
	ev.ev.type = DAX_EV_EXTENT;
	/* 2^63 is as far as a signed change goes: ten bytes of varint. */
	ev.ev.ts_ns = ev.ev.pgoff = ev.off = ev.len = ev.addr = 1ULL << 63;
	ev.ev.addr = 1ULL << 63;
	codec_start(&codec, 0, 0);
	len = codec_put(&codec, bytes, &ev.ev);
	CHECK(len > 80 && len <= REC_EVENT_MAX, "the longest event takes %zu bytes, and has room",
	      len);
}

static void test_malformed(void)
{
	static const __u8 control[] = {0x40, 0, 0},
			  long_varint[] = {0,	 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
					   0x80, 0x80, 0x80, 0x80, 1,	 0};
	static const __u8 too_big[] = {0,    0xff, 0xff, 0xff, 0xff, 0xff,
				       0xff, 0xff, 0xff, 0xff, 0x02, 0};
	static const __u8 tid[] = {REC_EV_WHO, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0};
	static const __u8 slot[] = {REC_EV_WHO, 0x80, 0x80, 0x04, 1, 0, 0};
	struct dax_event_extent ev;
	struct codec c;

#define REFUSED(bytes) (codec_start(&c, 0, 0), !codec_get(&c, bytes, sizeof(bytes), &ev))
	CHECK(REFUSED(control), "unknown control bits are refused");
	CHECK(REFUSED(long_varint), "a number of more than 10 bytes is refused");
	CHECK(REFUSED(too_big), "a number above 64 bits is refused");
	CHECK(REFUSED(tid), "a thread id above 32 bits is refused");
	CHECK(REFUSED(slot), "a slot past the limit is refused");
}

/* Bytes of payload an event takes, and ns to write and to read it, in chunks as the writer makes.
 */
static void test_cost(enum gen_pattern pattern, const char *name, __u64 pages, double at_most)
{
	enum { EVENTS = 400000, A_CHUNK = 16384 };
	struct dax_event_extent *ev = calloc(A_CHUNK, sizeof(*ev)), got;
	__u8 *bytes = malloc(A_CHUNK * REC_EVENT_MAX);
	struct timespec t[3];
	double put_ns = 0, get_ns = 0, each;
	struct gen_walk walk;
	struct codec codec;
	__u64 total = 0;

	if (!ev || !bytes)
		exit(1);
	gen_walk_start(&walk, pattern, pages);
	for (unsigned done = 0; done < EVENTS; done += A_CHUNK) {
		size_t len = 0, at = 0;

		for (unsigned i = 0; i < A_CHUNK; i++)
			gen_walk_next(&walk, &ev[i]);
		clock_gettime(CLOCK_MONOTONIC, &t[0]);
		codec_start(&codec, ev[0].ev.ts_ns, 0);
		for (unsigned i = 0; i < A_CHUNK; i++)
			len += codec_put(&codec, bytes + len, &ev[i].ev);
		clock_gettime(CLOCK_MONOTONIC, &t[1]);
		codec_start(&codec, ev[0].ev.ts_ns, 0);
		for (unsigned i = 0; i < A_CHUNK; i++)
			at += codec_get(&codec, bytes + at, len - at, &got);
		clock_gettime(CLOCK_MONOTONIC, &t[2]);
		EXPECT(at == len);
		total += len + REC_CHUNK_HEADER;
		put_ns += (t[1].tv_sec - t[0].tv_sec) * 1e9 + t[1].tv_nsec - t[0].tv_nsec;
		get_ns += (t[2].tv_sec - t[1].tv_sec) * 1e9 + t[2].tv_nsec - t[1].tv_nsec;
	}
	each = (double)total / (EVENTS / A_CHUNK * A_CHUNK + (EVENTS % A_CHUNK ? A_CHUNK : 0));
	CHECK(unit_quiet() && each <= at_most, "%s: %.1f bytes a fault, at most %.0f", name, each,
	      at_most);
	printf("# %s: %.1f ns to write an event, %.1f ns to read it\n", name, put_ns / EVENTS,
	       get_ns / EVENTS);
	free(bytes);
	free(ev);
}

int main(void)
{
	test_crc32c();
	test_latency();
	test_round_trip();
	test_longest();
	test_malformed();
	test_cost(GEN_SEQUENTIAL, "4 KiB faults in sequence", 1ULL << 28, 16);
	test_cost(GEN_RANDOM, "4 KiB faults at random in 1 TiB", 1ULL << 28, 16);
	test_cost(GEN_FALLBACKS, "fallbacks with extents, then 4 KiB faults", 1ULL << 28, 16);
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* test-damage.c - recordings that are cut, flipped, padded, of the future, or made to harm. */
#include <errno.h>
#include <time.h>
#include <zstd.h>
#include "recording/codec.h"
#include "recording/crc32c.h"
#include "recording/replay.h"
#include "small.h"
#include "unit.h"

static bool all[SMALL_CHUNKS];

static void test_truncation(const struct small *s, const char *name, bool ends)
{
	struct rec_state state;
	size_t cut, whole = 0;
	bool holds[SMALL_CHUNKS] = {false};

	for (cut = 0; cut <= s->size; cut++) {
		size_t last = whole ? s->end[whole - 1] : s->header;
		int expect = 0, i, got;

		if (whole < s->nr_chunks && cut >= s->end[whole]) {
			last = s->end[whole];
			holds[whole++] = true;
		}
		for (i = 0; i < SMALL_EVENTS; i++)
			expect += holds[s->chunk[i]];
		got = small_read(s, gen_file_of(s->at, cut), holds, &state);
		if (cut < s->header) {
			EXPECT(got == -1 && !state.file_bytes);
			continue;
		}
		EXPECT(got == expect);
		EXPECT(state.cut_bytes == cut - last && !state.skipped_bytes && !state.bad_chunks);
		EXPECT(state.chunks == whole);
		EXPECT(state.clean == (ends && cut == s->size));
	}
	CHECK(unit_quiet(), "%s: cut at each of %zu offsets, whole chunks come back exactly", name,
	      s->size);
}

static void test_flips(struct small *s, const char *name)
{
	bool holds[SMALL_CHUNKS];
	struct rec_state state;
	size_t bit, chunk;

	for (bit = 0; bit < 8 * s->header; bit++) {
		s->at[bit / 8] ^= 1 << bit % 8;
		EXPECT(small_read(s, gen_file_of(s->at, s->size), all, &state) == -1);
		s->at[bit / 8] ^= 1 << bit % 8;
	}
	CHECK(unit_quiet(), "%s: each flipped bit of the header is found", name);
	for (chunk = 0, bit = 8 * s->header; bit < 8 * s->size; bit++) {
		int expect = 0, i;

		while (bit / 8 >= s->end[chunk])
			chunk++;
		memset(holds, 1, sizeof(holds));
		holds[chunk] = false;
		for (i = 0; i < SMALL_EVENTS; i++)
			expect += holds[s->chunk[i]];
		s->at[bit / 8] ^= 1 << bit % 8;
		EXPECT(small_read(s, gen_file_of(s->at, s->size), holds, &state) == expect);
		EXPECT(state.chunks == s->nr_chunks - 1);
		/* The last chunk may also look cut off. */
		EXPECT(state.skipped_bytes + state.cut_bytes ==
		       s->end[chunk] - (chunk ? s->end[chunk - 1] : s->header));
		EXPECT(state.clean == (chunk < s->nr_chunks - 1));
		EXPECT(state.bad_chunks + state.missing_chunks ==
		       (state.bad_chunks || chunk < s->nr_chunks - 1));
		s->at[bit / 8] ^= 1 << bit % 8;
	}
	CHECK(unit_quiet(), "%s: a flipped bit costs its own chunk, and no event is ever wrong",
	      name);
}

/* The recording with @extra inserted at @where, as a file. */
static int spliced(const struct small *s, size_t where, const void *extra, size_t len)
{
	struct bytes b = {0};
	int fd;

	memcpy(bytes_add(&b, where), s->at, where);
	memcpy(bytes_add(&b, len), extra, len);
	memcpy(bytes_add(&b, s->size - where), s->at + where, s->size - where);
	fd = gen_file_of(b.at, b.len);
	bytes_free(&b);
	return fd;
}

static void test_padding(const struct small *s)
{
	static const __u8 zeros[100000];
	__u8 noise[5000];
	struct rec_state state;
	__u64 seed = 3;
	size_t i;

	for (i = 0; i < sizeof(noise); i++)
		noise[i] = gen_next(&seed) | 1;
	for (i = 1; i < sizeof(zeros); i += i < 200 ? 1 : 4567) {
		EXPECT(small_read(s, spliced(s, s->size, zeros, i), all, &state) == SMALL_EVENTS);
		EXPECT(state.clean && state.zero_bytes == i && !state.skipped_bytes &&
		       !state.cut_bytes);
	}
	CHECK(unit_quiet(), "zeros at the end are no damage");
	for (i = 0; i < s->nr_chunks - 1; i++) {
		EXPECT(small_read(s, spliced(s, s->end[i], noise, sizeof(noise)), all, &state) ==
		       SMALL_EVENTS);
		EXPECT(state.skipped_bytes == sizeof(noise) && state.clean &&
		       !state.missing_chunks && !state.bad_chunks);
		EXPECT(small_read(s, spliced(s, s->end[i], zeros, 4096), all, &state) ==
		       SMALL_EVENTS);
		EXPECT(state.skipped_bytes == 4096 && !state.zero_bytes);
	}
	CHECK(unit_quiet(), "what is no chunk between chunks is skipped and counted");
	EXPECT(small_read(s, spliced(s, s->size, noise, sizeof(noise)), all, &state) ==
	       SMALL_EVENTS);
	CHECK(unit_quiet() && state.skipped_bytes == sizeof(noise) && !state.clean,
	      "noise at the end is damage");
}

/* A chunk as a writer with other ideas would make it. */
static void put_chunk(struct bytes *b, struct rec_chunk chunk, const void *payload)
{
	__u8 *at = bytes_add(b, REC_CHUNK_HEADER);

	chunk.payload_crc = crc32c(payload, chunk.stored);
	rec_chunk_put(at, &chunk);
	at = bytes_add(b, chunk.stored);
	memcpy(at, payload, chunk.stored);
}

static void test_future(const struct small *s)
{
	static const __u8 payload[40] = "what a later version wants to tell";
	struct rec_chunk chunk = {.type = 77, .raw = 40, .stored = 40, .seq = 1000};
	struct rec_state state;
	struct bytes b = {0};

	put_chunk(&b, chunk, payload);
	EXPECT(small_read(s, spliced(s, s->end[2], b.at, b.len), all, &state) == SMALL_EVENTS);
	CHECK(unit_quiet() && state.unknown_chunks == 1 && !state.skipped_bytes && state.clean,
	      "a chunk of an unknown type is skipped");
	b.len = 0;
	chunk.type = REC_CHUNK_EVENTS;
	chunk.events = 3;
	chunk.flags = 0x80;
	put_chunk(&b, chunk, payload);
	EXPECT(small_read(s, spliced(s, s->end[2], b.at, b.len), all, &state) == SMALL_EVENTS);
	CHECK(unit_quiet() && state.unknown_chunks == 1, "a chunk with an unknown flag is skipped");
	bytes_free(&b);
}

/* Open the header @b, its CRC put right, and nothing else: 0 or the error, with its text in @err.
 */
static int open_header(const struct bytes *b, struct rec_reader **r, char *err, size_t size)
{
	put_le32(b->at + REC_H_LEN, b->len);
	put_le32(b->at + b->len - 4, crc32c(b->at, b->len - 4));
	return rec_open_fd(r, gen_file_of(b->at, b->len), err, size);
}

static void test_header(void)
{
	struct rec_facts facts = small_facts();
	struct rec_reader *r = NULL;
	struct bytes b = {0};
	char err[256] = "";
	__u8 *at;

	rec_header_put(&b, &facts);
	CHECK(!open_header(&b, &r, err, sizeof(err)) &&
		      !strcmp(rec_facts(r)->text[REC_TAG_RELEASE], facts.text[REC_TAG_RELEASE]) &&
		      rec_facts(r)->nr_args == 4 && !strcmp(rec_facts(r)->args[3], "a command\n") &&
		      rec_facts(r)->tier == DAX_T1 && rec_facts(r)->extents &&
		      rec_facts(r)->ncpu == facts.ncpu && rec_facts(r)->pmd_size == 2 << 20,
	      "the header comes back");
	rec_free(r);

	b.len -= 4;
	tlv_put(&b, 999, "new", 3);
	tlv_put(&b, REC_TAG_NCPU, "odd", 3);
	bytes_add(&b, 4);
	put_le16(b.at + REC_H_MINOR, 9);
	put_le64(b.at + REC_H_COMPAT, ~0ULL);
	CHECK(!open_header(&b, &r, err, sizeof(err)) && rec_facts(r)->ncpu == facts.ncpu,
	      "unknown TLVs, compat bits and minor versions are skipped");
	rec_free(r);

	put_le64(b.at + REC_H_INCOMPAT, 4);
	CHECK(open_header(&b, &r, err, sizeof(err)) == -EBADMSG && !r && strstr(err, "0x4"),
	      "an unknown incompat bit is refused: %s", err);
	put_le64(b.at + REC_H_INCOMPAT, 0);
	put_le16(b.at + REC_H_MAJOR, 2);
	CHECK(open_header(&b, &r, err, sizeof(err)) && strstr(err, "version 2.9"),
	      "another major version is refused: %s", err);
	put_le16(b.at + REC_H_MAJOR, 1);
	at = b.at + REC_H_TLVS;
	put_le16(at + 2, 65535);
	CHECK(open_header(&b, &r, err, sizeof(err)) && strstr(err, "too long"),
	      "a TLV past the end is refused: %s", err);
	b.at[4] = '\n';
	CHECK(open_header(&b, &r, err, sizeof(err)) && strstr(err, "binary"),
	      "a text transfer is named: %s", err);
	CHECK(rec_open_fd(&r, gen_file_of((const __u8 *)"PERFILE2", 8), err, sizeof(err)) &&
		      strstr(err, "not a daxtrace recording"),
	      "another file is refused: %s", err);
	CHECK(rec_open_fd(&r, gen_file(), err, sizeof(err)) &&
		      strstr(err, "not a daxtrace recording"),
	      "an empty file is refused");
	CHECK(rec_open(&r, "/dev/null", err, sizeof(err)) && strstr(err, "regular"),
	      "a device is refused: %s", err);
	CHECK(rec_open(&r, "/nonexistent/file", err, sizeof(err)) == -ENOENT, "a missing file: %s",
	      err);
	bytes_free(&b);
	rec_facts_free(&facts);
}

/* The first @keep bytes of the recording and then @b; how many events of it can be read. */
static __u64 played(const struct small *s, const struct bytes *b, struct rec_state *state)
{
	struct dax_event_extent ev;
	struct rec_reader *r;
	struct bytes whole = {0};
	char err[256];
	__u64 nr = 0;

	memcpy(bytes_add(&whole, s->header), s->at, s->header);
	memcpy(bytes_add(&whole, b->len), b->at, b->len);
	if (rec_open_fd(&r, gen_file_of(whole.at, whole.len), err, sizeof(err)))
		exit(1);
	while (rec_next(r, &ev) > 0)
		nr++;
	*state = *rec_state(r);
	rec_free(r);
	bytes_free(&whole);
	return nr;
}

static void test_bombs(const struct small *s)
{
	enum { BIG = 64 << 20 };
	struct rec_chunk chunk = {.type = REC_CHUNK_EVENTS, .flags = REC_CF_ZSTD, .events = 1000};
	__u8 *raw = calloc(1, BIG), *packed = malloc(BIG / 100);
	struct rec_state state;
	struct bytes b = {0};
	size_t len;

	if (!raw || !packed)
		exit(1);
	len = ZSTD_compress(packed, BIG / 100, raw, BIG, 1);
	chunk.raw = REC_RAW_MAX;
	chunk.stored = len;
	put_chunk(&b, chunk, packed);
	chunk.type = REC_CHUNK_SLOTS;
	put_chunk(&b, chunk, packed);
	CHECK(!played(s, &b, &state) && state.bad_chunks == 2 && !state.events,
	      "%zu bytes that unpack to 64 MiB are refused", len);

	b.len = 0;
	chunk.type = REC_CHUNK_EVENTS;
	chunk.raw = 64 << 20;
	put_chunk(&b, chunk, packed);
	CHECK(!played(s, &b, &state) && state.skipped_bytes == b.len,
	      "a chunk that says it unpacks to 64 MiB is refused");

	b.len = 0;
	len = ZSTD_compress(packed, BIG / 100, raw, 3000, 1);
	chunk.raw = 4000;
	chunk.stored = len;
	put_chunk(&b, chunk, packed);
	CHECK(!played(s, &b, &state) && state.bad_chunks == 1, "so is one that unpacks to less");

	b.len = 0;
	chunk.flags = 0;
	chunk.raw = chunk.stored = 300;
	chunk.events = 101;
	put_chunk(&b, chunk, raw);
	CHECK(!played(s, &b, &state) && state.skipped_bytes == b.len && !state.bad_chunks,
	      "so is one with more events than its bytes can hold");

	b.len = 0;
	chunk.events = 100;
	raw[3 * 10] = 0x80;
	put_chunk(&b, chunk, raw);
	CHECK(played(s, &b, &state) == 10 && state.bad_chunks == 1 && state.events == 10,
	      "a malformed event ends its chunk");

	b.len = 0;
	memset(raw, 0, 300);
	raw[0] = REC_EV_KIND;
	raw[1] = DAX_NR_OUTCOMES;
	raw[6] = REC_EV_KIND;
	raw[7] = DAX_PMD_FALLBACK;
	raw[8] = DAX_NR_REASONS;
	chunk.events = 3;
	put_chunk(&b, chunk, raw);
	CHECK(played(s, &b, &state) == 2 && state.unknown_events == 1,
	      "an unknown outcome is counted as such, an unknown reason is shown");
	bytes_free(&b);
	free(packed);
	free(raw);
}

/* Files that would cost a careless reader hours or all memory. */
static void test_greedy(const struct small *s)
{
	struct rec_chunk chunk = {.type = REC_CHUNK_EVENTS,
				  .raw = REC_RAW_MAX - 1,
				  .stored = REC_RAW_MAX - 1,
				  .events = 1};
	struct rec_state state;
	struct bytes b = {0};
	__u8 *zeros = calloc(1, REC_RAW_MAX);
	clock_t begin = clock();
	__u8 *packed = malloc(REC_RAW_MAX);
	int i;

	if (!zeros || !packed)
		exit(1);
	for (i = 0; i < (4 << 20) / REC_CHUNK_HEADER; i++)
		rec_chunk_put(bytes_add(&b, REC_CHUNK_HEADER), &chunk);
	CHECK(!played(s, &b, &state) && clock() - begin < 4 * CLOCKS_PER_SEC,
	      "65536 headers whose payloads overlap cost little time");

	b.len = 0;
	begin = clock();
	for (i = 0; i < 4 << 20; i += REC_CHUNK_MAGIC_LEN)
		memcpy(bytes_add(&b, REC_CHUNK_MAGIC_LEN), REC_CHUNK_MAGIC, REC_CHUNK_MAGIC_LEN);
	CHECK(!played(s, &b, &state) && clock() - begin < 4 * CLOCKS_PER_SEC &&
		      state.skipped_bytes == b.len,
	      "a million magics without a chunk cost little time");

	/* Each event is 1 ns after the one before, so that all CPUs have to be read at once. */
	for (i = 0; i < 300000; i++)
		zeros[3 * i + 1] = 1;
	b.len = 0;
	chunk.flags = REC_CF_ZSTD;
	chunk.raw = REC_RAW_MAX;
	chunk.stored = ZSTD_compress(packed, REC_RAW_MAX, zeros, REC_RAW_MAX, 1);
	chunk.events = 300000;
	for (i = 0; i < 3000; i++) {
		chunk.cpu = i;
		chunk.seq = i;
		put_chunk(&b, chunk, packed);
	}
	CHECK(played(s, &b, &state) < 3000ULL * 300000 && state.bad_chunks == 0,
	      "3000 CPUs of 1 MiB each stop at the limit of memory, with an error");
	bytes_free(&b);
	free(packed);
	free(zeros);
}

/* The recording @s and then @b in one file: 0, or the error with its text in @err. */
static int open_both(const struct small *s, const void *b, size_t len, char *err, size_t size)
{
	struct bytes whole = {0};
	struct rec_reader *r;
	int ret;

	memcpy(bytes_add(&whole, s->size), s->at, s->size);
	memcpy(bytes_add(&whole, len), b, len);
	ret = rec_open_fd(&r, gen_file_of(whole.at, whole.len), err, size);
	if (!ret)
		rec_free(r);
	bytes_free(&whole);
	return ret;
}

static void test_two(const struct small *s, const struct small *killed)
{
	char err[256], where[64];
	size_t cut;

	snprintf(where, sizeof(where), "byte %zu", s->size);
	CHECK(open_both(s, s->at, s->size, err, sizeof(err)) == -EEXIST && strstr(err, where),
	      "two recordings one behind the other: %s", err);
	CHECK(open_both(killed, s->at, s->size, err, sizeof(err)) == -EEXIST, "... also when the first has no end");
	for (cut = 0; cut < s->end[3] - s->header; cut++) {
		struct small first = *s;

		first.size = s->header + cut;
		EXPECT(open_both(&first, s->at, s->size, err, sizeof(err)) == -EEXIST);
	}
	CHECK(unit_quiet(), "... and when the first is cut, at each of %zu offsets", cut);
	CHECK(!open_both(s, s->at, s->header - 1, err, sizeof(err)),
	      "the start of a header behind it is only damage");
}

static void test_far_times(const struct small *s)
{
	struct rec_chunk chunk = {.type = REC_CHUNK_END, .raw = REC_END_LEN, .stored = REC_END_LEN, .seq = 1000};
	__u8 payload[REC_END_LEN] = {0}, raw[REC_EVENT_MAX];
	struct dax_event ev = {.type = DAX_EV_FAULT, .ts_ns = 1ULL << 62};
	struct dax_sample sample;
	struct dax_source *source;
	struct rec_reader *r;
	struct bytes b = {0};
	struct codec codec;
	char err[256] = "";
	__u64 nr = 0, last;
	int fd;

	chunk.first_ts = 1ULL << 62;
	put_le64(payload + REC_CLOCK_MONO, 1ULL << 62);
	put_chunk(&b, chunk, payload);
	CHECK(open_both(s, b.at, b.len, err, sizeof(err)) == -EBADMSG && strstr(err, "53375 days"),
	      "an end after 2^62 ns is refused: %s", err);

	/* A chunk that says it is of now, with an event that is not. */
	b.len = 0;
	codec_start(&codec, 5000000000, 0);
	chunk = (struct rec_chunk){.type = REC_CHUNK_EVENTS, .events = 1, .seq = 1000, .first_ts = 5000000000};
	chunk.raw = chunk.stored = codec_put(&codec, raw, &ev);
	put_chunk(&b, chunk, raw);
	fd = spliced(s, s->end[s->nr_chunks - 1], b.at, b.len);
	if (rec_open_fd(&r, fd, err, sizeof(err)))
		exit(1);
	source = rec_source(r, 1000000000);
	last = rec_source_last(source);
	while (source->next(source, &sample) > 0 && nr <= last)
		nr++;
	CHECK(nr == last + 1 && last < 10, "an event after 2^62 ns makes no samples: %llu",
	      (unsigned long long)nr);
	source->free(source);
	rec_free(r);
	bytes_free(&b);
}

static void test_other_machine(void)
{
	struct rec_facts facts = small_facts();
	struct rec_reader *r;
	struct bytes b = {0};
	char err[256] = "";

	facts.page_size = 65536;
	facts.pmd_size = 512 << 20;
	rec_header_put(&b, &facts);
	CHECK(open_header(&b, &r, err, sizeof(err)) == -ENOTSUP && strstr(err, "pages of 65536 and 536870912"),
	      "other pages are refused: %s", err);
	b.len = 0;
	facts.page_size = 4096;
	facts.pmd_size = 2 << 20;
	facts.clock = CLOCK_BOOTTIME;
	rec_header_put(&b, &facts);
	CHECK(open_header(&b, &r, err, sizeof(err)) == -ENOTSUP && strstr(err, "clock 7"),
	      "another clock is refused: %s", err);
	b.len = 0;
	facts.page_size = facts.pmd_size = facts.clock = 0;
	rec_header_put(&b, &facts);
	CHECK(!open_header(&b, &r, err, sizeof(err)), "what is not known of them is no reason");
	rec_free(r);
	bytes_free(&b);
	rec_facts_free(&facts);
}

/* What one chunk of each CPU of the largest machine takes is what a reader has room for. */
static void test_many_cpus(void)
{
	struct rec_clocks now = {5000000000, 6000000000, 1700000000000000000};
	struct rec_facts facts = small_facts();
	struct dax_event ev = {.type = DAX_EV_FAULT};
	struct rec_chunk chunk;
	struct rec_writer *w;
	__u8 *whole;
	int fd = gen_file(), i;
	size_t size, at;
	__u32 most = 0;
	__u64 seed = 7;

	facts.ncpu = DAX_MAX_CPUS;
	if (rec_writer_open(&w, fd, &facts, &now, 0))
		exit(1);
	for (i = 0; i < 100000; i++) {
		ev.ts_ns = now.mono + i;
		ev.pgoff = gen_next(&seed);
		EXPECT(!rec_writer_event(w, &ev));
	}
	rec_writer_free(w);
	whole = gen_read(fd, &size);
	for (at = get_le32(whole + REC_H_LEN); at < size; at += REC_CHUNK_HEADER + chunk.stored) {
		if (!rec_chunk_get(whole + at, &chunk))
			exit(1);
		most = chunk.raw > most ? chunk.raw : most;
	}
	CHECK(unit_quiet() && most > 60000 && (__u64)most * DAX_MAX_CPUS <= REC_READER_MEMORY / 2,
	      "chunks of a machine with %d CPUs have at most %u bytes", DAX_MAX_CPUS, most);
	free(whole);
	close(fd);
	rec_facts_free(&facts);
}

int main(void)
{
	struct small plain, packed, killed;

	memset(all, 1, sizeof(all));
	small_make(&plain, 0, true);
	small_make(&packed, 3, true);
	small_make(&killed, 0, false);
	test_truncation(&plain, "plain", true);
	test_truncation(&packed, "zstd", true);
	test_truncation(&killed, "killed", false);
	test_flips(&plain, "plain");
	test_flips(&packed, "zstd");
	test_padding(&plain);
	test_future(&plain);
	test_header();
	test_bombs(&plain);
	test_greedy(&plain);
	test_two(&plain, &killed);
	test_far_times(&plain);
	test_other_machine();
	test_many_cpus();
	free(plain.at);
	free(packed.at);
	free(killed.at);
	return UNIT_STATUS;
}

// SPDX-License-Identifier: GPL-2.0-only
/* fuzz-record.c - libFuzzer target: no file, whatever is in it, may crash the reader. See fuzz.sh.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "recording/bytes.h"
#include "recording/crc32c.h"
#include "recording/replay.h"

#define SAMPLES_MAX 2000 /* in one go: longer recordings get longer intervals */
#define EVENTS_MAX  200000 /* zstd makes many of few bytes; more of the same finds nothing */

/*
 * Random bytes never have a right checksum, and would never get past it. Walk the file as a reader
 * does and put right what stands where checksums stand.
 */
static void repair(__u8 *at, size_t size)
{
	size_t len, off;

	if (size < REC_HEADER_MIN)
		return;
	len = get_le32(at + REC_H_LEN);
	if (len < REC_HEADER_MIN || len > size)
		return;
	put_le32(at + len - 4, crc32c(at, len - 4));
	for (off = len; size - off >= REC_CHUNK_HEADER;) {
		__u8 *chunk = at + off;
		size_t stored = get_le32(chunk + REC_C_STORED);

		off += REC_CHUNK_HEADER;
		if (stored > size - off)
			stored = size - off;
		put_le32(chunk + REC_C_PAYLOAD_CRC, crc32c(chunk + REC_CHUNK_HEADER, stored));
		put_le32(chunk + REC_C_HEADER_CRC, crc32c(chunk, REC_C_HEADER_CRC));
		off += stored;
	}
}

static int file_of(const __u8 *at, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, at, size) != (ssize_t)size)
		__builtin_trap();
	return fd;
}

/* All that daxtrace and daxtop do with a recording. */
static void read_all(const __u8 *at, size_t size, __u64 every)
{
	struct dax_event_extent ev;
	struct dax_source *source;
	struct dax_sample sample;
	struct rec_reader *reader;
	char err[256];
	__u64 n = 0, last;

	if (rec_open_fd(&reader, file_of(at, size), err, sizeof(err)))
		return;
	if (every == ~0ULL) {
		while (n++ < EVENTS_MAX && rec_next(reader, &ev) > 0)
			if (ev.ev.outcome >= DAX_NR_OUTCOMES || ev.ev.reason >= DAX_NR_REASONS ||
			    ev.ev.slot >= REC_SLOT_MAX)
				__builtin_trap();
	} else {
		source = rec_source(reader, every);
		last = source ? rec_source_last(source) : 0;
		if (last > SAMPLES_MAX) {
			source->free(source);
			source = rec_source(reader, every * (last / SAMPLES_MAX + 1));
			last = source ? rec_source_last(source) : 0;
		}
		/* It ends where it says that it does, whatever the times in it are. */
		while (source && source->next(source, &sample) > 0)
			if (n++ > last)
				__builtin_trap();
		/* Back, and to the end, wherever that is said to be. */
		for (n = 0; source && n < 3; n++) {
			rec_source_seek(source, n == 1 ? 0 : rec_source_last(source) >> n);
			if (source->next(source, &sample) < 0)
				break;
		}
		if (source)
			source->free(source);
	}
	rec_real_ns(reader, 12345);
	rec_free(reader);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	__u8 *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	read_all(copy, size, ~0ULL);
	repair(copy, size);
	read_all(copy, size, ~0ULL);
	read_all(copy, size, 500000000);
	free(copy);
	return 0;
}

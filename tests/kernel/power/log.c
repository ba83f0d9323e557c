// SPDX-License-Identifier: GPL-2.0-only
/* The log of all that became persistent, and the image of the device at any point of it. */
#include "log.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kt.h"
#include "record.skel.h"

enum { LINES_OF_PAGE = PIECE / CACHE_LINE, BURST = 1 << 20 };

struct log_entry *log_entries;
uint32_t log_n;

static struct record_bpf *bpf;
static struct ring_buffer *ring;
static const char *device;
static uint64_t device_size, device_phys;
static uint8_t *image;

static struct line_change *changes;
static uint32_t changes_n;
static size_t log_room, changes_room;

/* The last entry that was applied to a line */
static uint32_t *line_entry;
/* Pages of the device that differ from the image */
static uint8_t *page_differs;
static struct line_change *overlay;
static size_t overlay_n, overlay_room;
static bool replaying;
static uint64_t bytes_written;

static void *big(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		kt_die("memory");
	return at;
}

static void *room_for(void *array, size_t *room, size_t n, size_t size)
{
	if (n < *room)
		return array;
	*room = *room ? *room * 2 : 4096;
	array = realloc(array, *room * size);
	if (!array)
		kt_die("memory");
	return array;
}

static struct log_entry *new_entry(uint32_t kind, uint64_t offset, size_t size)
{
	struct log_entry *e;

	log_entries = room_for(log_entries, &log_room, log_n, sizeof(*log_entries));
	e = &log_entries[log_n++];
	*e = (struct log_entry){.kind = kind, .change = changes_n};
	if (size) {
		e->first = (uint32_t)(offset / CACHE_LINE);
		e->lines = (uint32_t)((offset + size - 1) / CACHE_LINE) - e->first + 1;
	}
	return e;
}

static void add_change(struct log_entry *e, uint32_t line, const uint8_t *now)
{
	struct line_change *c;

	changes = room_for(changes, &changes_room, changes_n, sizeof(*changes));
	c = &changes[changes_n++];
	c->line = line;
	memcpy(c->old, image + (size_t)line * CACHE_LINE, CACHE_LINE);
	memcpy(c->now, now, CACHE_LINE);
	e->changes++;
}

/* Only what it changes is kept: most of a 2 MiB entry that is written back is as it was */
static void add_bytes(uint32_t kind, uint64_t offset, const uint8_t *bytes, size_t size)
{
	struct log_entry *e = new_entry(kind, offset, size);

	for (size_t at = 0; at < size;) {
		uint64_t line = (offset + at) / CACHE_LINE, in = (offset + at) % CACHE_LINE;
		size_t n = CACHE_LINE - in < size - at ? CACHE_LINE - in : size - at;
		uint8_t *persistent = image + line * CACHE_LINE;

		if (memcmp(persistent + in, bytes + at, n)) {
			uint8_t now[CACHE_LINE];

			memcpy(now, persistent, CACHE_LINE);
			memcpy(now + in, bytes + at, n);
			add_change(e, (uint32_t)line, now);
			memcpy(persistent, now, CACHE_LINE);
		}
		at += n;
	}
}

static int on_piece(void *context, void *data, size_t length)
{
	const struct piece *p = data;
	uint64_t offset = p->addr - bpf->bss->pmem_base;

	(void)context;
	(void)length;
	if (p->kind == PIECE_MARK) {
		new_entry(PIECE_MARK, 0, 0)->id = p->addr;
	} else if (p->kind == PIECE_FENCE) {
		/* Of many in a row one is enough */
		if (log_n && log_entries[log_n - 1].kind != PIECE_FENCE)
			new_entry(PIECE_FENCE, 0, 0);
	} else if (!bpf->bss->pmem_base) {
		bpf->bss->pmem_base = p->addr; /* the first byte of the device, see learn_base() */
	} else if (replaying) {
		for (uint64_t page = offset / PIECE; page <= (offset + p->size - 1) / PIECE; page++)
			page_differs[page] = 1;
	} else {
		add_bytes(p->kind, offset, p->data, p->size);
	}
	return 0;
}

uint32_t log_drain(void)
{
	int n = ring_buffer__consume(ring);

	if (n < 0) {
		errno = -n;
		kt_die("ring buffer");
	}
	return log_n;
}

static void emit(uint32_t kind, uint64_t addr, uint32_t size)
{
	struct emit_args args = {.kind = kind, .size = size, .addr = addr};
	LIBBPF_OPTS(bpf_test_run_opts, how, .ctx_in = &args, .ctx_size_in = sizeof(args));

	if (bpf_prog_test_run_opts(bpf_program__fd(bpf->progs.emit), &how))
		kt_die("the program emit");
}

uint32_t log_mark(uint64_t id)
{
	emit(PIECE_MARK, id, 0);
	log_drain();
	for (uint32_t i = log_n; i-- > 0;)
		if (log_entries[i].kind == PIECE_MARK && log_entries[i].id == id)
			return i;
	kt_die("a mark that is not in the log");
}

void log_store(uint64_t offset, const void *bytes, size_t size)
{
	struct log_entry *e = new_entry(ENTRY_STORE, offset, size);

	if (offset % CACHE_LINE || size % CACHE_LINE)
		kt_die("a store of whole lines");
	for (size_t at = 0; at < size; at += CACHE_LINE)
		add_change(e, (uint32_t)((offset + at) / CACHE_LINE), (const uint8_t *)bytes + at);
}

void log_user(uint64_t offset, size_t size)
{
	emit(PIECE_USER, bpf->bss->pmem_base + offset, (uint32_t)size);
	log_drain();
}

uint64_t log_lost(void)
{
	uint64_t n = bpf->bss->lost;
	struct bpf_program *program;

	bpf_object__for_each_program(program, bpf->obj) {
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (!bpf_program__autoload(program))
			continue;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
			kt_die("bpf_obj_get_info_by_fd");
		n += info.recursion_misses;
	}
	return n;
}

static int open_device(int flags)
{
	int fd = open(device, flags | O_DIRECT | O_CLOEXEC);

	if (fd < 0)
		kt_die(device);
	return fd;
}

static void device_io(int fd, bool to_device, uint8_t *bytes, uint64_t offset, size_t size)
{
	ssize_t n = to_device ? pwrite(fd, bytes, size, (off_t)offset) : pread(fd, bytes, size, (off_t)offset);

	if (n != (ssize_t)size)
		kt_die(device);
}

/* The kernel's address of the device is where it stores what is written to the device's first block */
static void learn_base(int fd)
{
	bpf->bss->mode = RECORD_WHERE;
	device_io(fd, true, image, 0, PIECE);
	log_drain();
	bpf->bss->mode = RECORD_OFF;
	if (!bpf->bss->pmem_base)
		kt_die("the address of the device");
	bpf->data->pmem_size = device_size;
}

static uint64_t physical_address(void)
{
	const char *name = strrchr(device, '/') + 1;
	char path[128], text[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/%s/device/resource", name);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		kt_die(path);
	fclose(f);
	return strtoull(text, NULL, 0);
}

void log_start(const char *path)
{
	int fd;

	bool older = libbpf_find_vmlinux_btf_id("__copy_user_flushcache", BPF_TRACE_FEXIT) > 0;

	device = path;
	bpf = record_bpf__open();
	if (!bpf)
		kt_die("the recorder's BPF programs");
	bpf_program__set_autoload(bpf->progs.copied_from_user, older);
	bpf_program__set_autoload(bpf->progs.copied_from_user_later, !older);
	if (record_bpf__load(bpf) || record_bpf__attach(bpf))
		kt_die("the recorder's BPF programs");
	ring = ring_buffer__new(bpf_map__fd(bpf->maps.ring), on_piece, NULL, NULL);
	if (!ring)
		kt_die("ring buffer");
	fd = open_device(O_RDWR);
	if (ioctl(fd, BLKGETSIZE64, &device_size))
		kt_die("BLKGETSIZE64");
	device_phys = physical_address();
	image = big(device_size);
	for (uint64_t at = 0; at < device_size; at += BURST)
		device_io(fd, false, image + at, at, BURST);
	line_entry = big(device_size / CACHE_LINE * sizeof(*line_entry));
	page_differs = big(device_size / PIECE);
	learn_base(fd);
	close(fd);
}

void log_record(bool on)
{
	bpf->bss->mode = on ? RECORD_ALL : RECORD_OFF;
	log_drain();
}

uint64_t log_unexplained(uint64_t *unflushed)
{
	uint8_t *memory = big(BURST), *stored = big(device_size / CACHE_LINE);
	uint64_t unexplained = 0;
	int fd = open_device(O_RDONLY);

	*unflushed = 0;
	for (uint32_t i = 0; i < log_n; i++)
		if (log_entries[i].kind == ENTRY_STORE)
			memset(stored + log_entries[i].first, 1, log_entries[i].lines);
	for (uint64_t at = 0; at < device_size; at += BURST) {
		device_io(fd, false, memory, at, BURST);
		for (uint64_t in = 0; in < BURST; in += CACHE_LINE)
			if (memcmp(memory + in, image + at + in, CACHE_LINE)) {
				if (stored[(at + in) / CACHE_LINE]) {
					++*unflushed;
				} else if (unexplained++ < 5) {
					printf("# byte %#llx of the device: %#x, and %#x in the log\n",
					       (unsigned long long)(at + in), memory[in], image[at + in]);
				}
			}
	}
	close(fd);
	munmap(memory, BURST);
	munmap(stored, device_size / CACHE_LINE);
	return unexplained;
}

uint64_t log_offset_of(const void *at)
{
	static int fd = -1;
	uint64_t entry;

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)at / KT_PAGE * sizeof(entry))) != sizeof(entry))
		kt_die("pagemap");
	if (!(entry >> 63))
		kt_die("a page that is not there");
	return (entry & ((1ULL << 55) - 1)) * KT_PAGE + (uintptr_t)at % KT_PAGE - device_phys;
}

static void set_line(uint32_t line, const uint8_t *bytes)
{
	memcpy(image + (size_t)line * CACHE_LINE, bytes, CACHE_LINE);
	page_differs[line / LINES_OF_PAGE] = 1;
}

void image_rewind(void)
{
	memset(line_entry, 0, device_size / CACHE_LINE * sizeof(*line_entry));
	for (uint32_t i = log_n; i-- > 0;) {
		const struct log_entry *e = &log_entries[i];

		/* What was never written back is in the memory of the device, but not in the image */
		for (uint32_t c = e->change + e->changes; c-- > e->change;)
			if (e->kind == ENTRY_STORE)
				page_differs[changes[c].line / LINES_OF_PAGE] = 1;
			else
				set_line(changes[c].line, changes[c].old);
	}
}

void image_apply(uint32_t entry, uint32_t without)
{
	const struct log_entry *e = &log_entries[entry];

	if (e->kind == ENTRY_STORE || e->kind == without)
		return;
	for (uint32_t i = 0; i < e->lines; i++)
		line_entry[e->first + i] = entry + 1;
	for (uint32_t c = e->change; c < e->change + e->changes; c++)
		set_line(changes[c].line, changes[c].now);
}

static void overlay_line(const struct line_change *c)
{
	struct line_change *o;

	overlay = room_for(overlay, &overlay_room, overlay_n, sizeof(*overlay));
	o = &overlay[overlay_n++];
	o->line = c->line;
	memcpy(o->old, image + (size_t)c->line * CACHE_LINE, CACHE_LINE);
	set_line(c->line, c->now);
}

static bool chosen(uint32_t seed, uint32_t what)
{
	uint64_t x = ((uint64_t)seed << 32 | what) * 0x9e3779b97f4a7c15ULL;

	x ^= x >> 31;
	x *= 0xd6e8feb86659fd93ULL;
	return seed && x >> 63;
}

/*
 * Lines that were written back, but are not fenced, may be persistent or not, one by one; what the driver copied for a
 * request counts as one, as a filesystem need not survive a torn block. So may stores that nobody wrote back. With 0
 * as seed none of them is.
 */
void image_overlay_some(uint32_t from, uint32_t to, uint32_t seed, uint32_t evictions_from)
{
	for (uint32_t i = evictions_from < from ? evictions_from : from; i < to; i++) {
		const struct log_entry *e = &log_entries[i];
		bool whole = e->kind == PIECE_COPY && chosen(seed, i);

		if (e->kind == ENTRY_STORE) {
			for (uint32_t c = e->change; c < e->change + e->changes; c++)
				if (i >= evictions_from && line_entry[changes[c].line] <= i && chosen(seed, changes[c].line ^ i << 8))
					overlay_line(&changes[c]);
			continue;
		}
		if (i < from)
			continue;
		for (uint32_t c = e->change; c < e->change + e->changes; c++)
			if (e->kind == PIECE_USER || whole || (e->kind == PIECE_FLUSH && chosen(seed, changes[c].line ^ i << 8)))
				overlay_line(&changes[c]);
	}
}

void image_drop_overlay(void)
{
	while (overlay_n) {
		overlay_n--;
		set_line(overlay[overlay_n].line, overlay[overlay_n].old);
	}
}

void image_to_device(void)
{
	uint64_t pages = device_size / PIECE;
	int fd = open_device(O_RDWR);

	log_drain();
	bpf->bss->mode = RECORD_OFF;
	for (uint64_t page = 0; page < pages; page++) {
		uint64_t end = page;

		while (end < pages && page_differs[end] && (end - page) * PIECE < BURST)
			page_differs[end++] = 0;
		if (end == page)
			continue;
		device_io(fd, true, image + page * PIECE, page * PIECE, (end - page) * PIECE);
		bytes_written += (end - page) * PIECE;
		page = end - 1;
	}
	close(fd);
	replaying = true;
	bpf->bss->mode = RECORD_WHERE;
}

uint64_t image_written(void)
{
	return bytes_written;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Operations on files, each of which the model learns of: before it for what may be there, after it for a promise. */
#include "files.h"

#include <emmintrin.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kt.h"
#include "log.h"
#include "model.h"

static unsigned int generation;
static uint64_t mark;

/* From here on it may be in the file */
static void may(const char *how, struct pfile f, enum model_kind kind, size_t at, size_t size, unsigned int by)
{
	model_add(&(struct model_op){
		.kind = kind, .entry = log_drain(), .file = f.id, .at = at, .size = size, .generation = by, .how = how});
}

/* It is persistent, and was before this was called */
static void promise(struct pfile f, enum model_kind kind, size_t at, size_t size, bool lie)
{
	model_add(&(struct model_op){
		.kind = kind, .entry = log_mark(++mark), .file = f.id, .at = at, .size = size, .lie = lie});
}

struct pfile file_new(const char *what)
{
	struct pfile f = {.id = model_file(what)};
	char path[512];

	may("creation", f, MODEL_CREATE, 0, 0, 0);
	model_path(f.id, path);
	f.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (f.fd < 0)
		kt_die(path);
	return f;
}

struct pfile file_reserved(const char *what, size_t size)
{
	struct pfile f = file_new(what);

	may("fallocate", f, MODEL_RESIZE, size, 0, 0);
	if (fallocate(f.fd, 0, 0, (off_t)size))
		kt_die("fallocate");
	if (!kt_aligned(f.fd, 0, size))
		kt_die("blocks aligned to 2 MiB");
	return f;
}

struct pfile file_written(const char *what, size_t size)
{
	struct pfile f = file_reserved(what, size);

	file_write(f, 0, size);
	file_fsync(f);
	return f;
}

void file_close(struct pfile f)
{
	close(f.fd);
}

void file_write(struct pfile f, size_t at, size_t size)
{
	static uint8_t bytes[MODEL_SIZE];

	may("write()", f, MODEL_WRITE, at, size, ++generation);
	for (size_t i = 0; i < size; i += MODEL_LINE)
		memset(bytes + i, kt_pattern(at + i, generation), MODEL_LINE);
	if (pwrite(f.fd, bytes, size, (off_t)at) != (ssize_t)size)
		kt_die("pwrite");
}

/* In one page, of whose fault nothing may be between its store and the note of it */
static void store_in_page(char *map, size_t at, size_t size)
{
	for (size_t i = 0; i < size; i += MODEL_LINE)
		memset(map + at + i, kt_pattern(at + i, generation), MODEL_LINE);
	log_drain();
	log_store(log_offset_of(map + at), map + at, size);
}

void file_store(struct pfile f, char *map, size_t at, size_t size)
{
	may((uintptr_t)map % KT_RANGE ? "the 4 KiB mapping" : "the 2 MiB mapping", f, MODEL_WRITE, at, size, ++generation);
	for (size_t end = at + size, n; at < end; at += n) {
		n = KT_PAGE - at % KT_PAGE;
		if (n > end - at)
			n = end - at;
		store_in_page(map, at, n);
	}
}

void file_scatter(struct pfile f, char *map, size_t page, size_t pages, size_t step)
{
	for (size_t i = 0; i < pages; i++, page += step)
		file_store(f, map, page * KT_PAGE + page * 7 % 64 * MODEL_LINE, MODEL_LINE);
}

void file_store_sync(struct pfile f, char *map, size_t at, size_t size)
{
	if (at / KT_PAGE != (at + size - 1) / KT_PAGE)
		kt_die("a synchronous store in one page");
	may("MAP_SYNC", f, MODEL_WRITE, at, size, ++generation);
	store_in_page(map, at, size);
	for (size_t i = 0; i < size; i += MODEL_LINE)
		_mm_clflush(map + at + i);
	_mm_sfence();
	log_user(log_offset_of(map + at), size);
	promise(f, MODEL_LINES, at, size, false);
}

void file_resize(struct pfile f, size_t size)
{
	may("ftruncate", f, MODEL_RESIZE, size, 0, 0);
	if (ftruncate(f.fd, (off_t)size))
		kt_die("ftruncate");
}

static void change_range(struct pfile f, int how, size_t at, size_t size)
{
	if (fallocate(f.fd, how | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)size))
		kt_die("fallocate");
}

void file_hole(struct pfile f, size_t at, size_t size)
{
	may("a hole", f, MODEL_WRITE, at, size, 0);
	change_range(f, FALLOC_FL_PUNCH_HOLE, at, size);
}

void file_zero(struct pfile f, size_t at, size_t size)
{
	may("zeroing", f, MODEL_WRITE, at, size, 0);
	change_range(f, FALLOC_FL_ZERO_RANGE, at, size);
}

void file_unshare(struct pfile f, size_t at, size_t size)
{
	change_range(f, FALLOC_FL_UNSHARE_RANGE, at, size);
}

void file_clone(struct pfile f, struct pfile from)
{
	model_add(&(struct model_op){.kind = MODEL_CLONE, .entry = log_drain(), .file = f.id, .from = from.id});
	if (ioctl(f.fd, FICLONE, from.fd))
		kt_die("FICLONE");
}

void file_remove(struct pfile f)
{
	char path[512];

	may("unlink", f, MODEL_REMOVE, 0, 0, 0);
	model_path(f.id, path);
	if (unlink(path))
		kt_die(path);
	close(f.fd);
}

void file_fsync(struct pfile f)
{
	if (fsync(f.fd))
		kt_die("fsync");
	promise(f, MODEL_PROMISE, 0, MODEL_SIZE, false);
}

void file_fdatasync(struct pfile f)
{
	if (fdatasync(f.fd))
		kt_die("fdatasync");
	promise(f, MODEL_PROMISE, 0, MODEL_SIZE, false);
}

void file_msync(struct pfile f, char *map, size_t at, size_t size)
{
	if (msync(map + at, size, MS_SYNC))
		kt_die("msync");
	promise(f, MODEL_PROMISE, at, size, false);
}

void files_sync(const struct pfile *f, int n)
{
	sync();
	for (int i = 0; i < n; i++)
		promise(f[i], MODEL_PROMISE, 0, MODEL_SIZE, false);
}

void file_lie(struct pfile f)
{
	promise(f, MODEL_PROMISE, 0, MODEL_SIZE, true);
}

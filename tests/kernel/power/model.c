// SPDX-License-Identifier: GPL-2.0-only
/* What may be in the files after a power failure: for each line what was promised, and what was written since. */
#include "model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kt.h"

enum { HISTORY = 300, VALUES = 14, SIZES = 15, LINES = MODEL_SIZE / MODEL_LINE };

/* The bytes that a line may consist of, of which the first is what it had when it was promised */
struct line {
	uint8_t n, now, value[VALUES];
};

static struct file {
	const char *what;
	bool created, promised, removed, liar;
	unsigned int sizes;
	size_t size_now, size[SIZES];
	struct line *line;
	unsigned int changed; /* the operation that did last */
} files[MODEL_FILES];

static int files_n;
static struct model_op *ops;
static size_t ops_n, ops_room, next_op;

int model_file(const char *what)
{
	if (files_n == MODEL_FILES)
		kt_die("more files");
	files[files_n].what = what;
	return files_n++;
}

const char *model_name(int file)
{
	return file < files_n ? files[file].what : NULL;
}

void model_path(int file, char path[512])
{
	snprintf(path, 512, "%s/%d", kt_dir, file);
}

void model_add(const struct model_op *op)
{
	if (ops_n == ops_room) {
		ops_room = ops_room ? ops_room * 2 : 1024;
		ops = realloc(ops, ops_room * sizeof(*ops));
		if (!ops)
			kt_die("memory");
	}
	ops[ops_n++] = *op;
}

void model_rewind(void)
{
	for (int i = 0; i < files_n; i++) {
		const char *what = files[i].what;

		free(files[i].line);
		files[i] = (struct file){.what = what};
	}
	next_op = 0;
}

static void may_be(struct line *l, uint8_t value)
{
	l->now = value;
	if (memchr(l->value, value, l->n))
		return;
	if (l->n == VALUES)
		kt_die("a line with too many values");
	l->value[l->n++] = value;
}

static void may_have(struct file *f, size_t size)
{
	f->size_now = size;
	for (unsigned int i = 0; i < f->sizes; i++)
		if (f->size[i] == size)
			return;
	if (f->sizes == SIZES)
		kt_die("a file with too many sizes");
	f->size[f->sizes++] = size;
}

static void is_now(struct file *f, size_t at, size_t size)
{
	for (size_t i = at / MODEL_LINE; i < (at + size) / MODEL_LINE; i++) {
		f->line[i].value[0] = f->line[i].now;
		f->line[i].n = 1;
	}
}

static void create(struct file *f)
{
	f->line = calloc(LINES, sizeof(*f->line));
	if (!f->line)
		kt_die("memory");
	for (size_t i = 0; i < LINES; i++)
		f->line[i].n = 1;
	f->created = true;
	may_have(f, 0);
}

static void resize(struct file *f, size_t size)
{
	size_t now = f->size_now;

	may_have(f, size);
	for (size_t i = size / MODEL_LINE; i < now / MODEL_LINE; i++)
		may_be(&f->line[i], 0);
}

static void clone(struct file *f, const struct file *from)
{
	may_have(f, from->size_now);
	for (size_t i = 0; i < LINES; i++)
		may_be(&f->line[i], from->line[i].now);
}

static void apply(const struct model_op *op)
{
	struct file *f = &files[op->file];

	f->changed = (unsigned int)next_op;
	f->liar |= op->lie;
	switch (op->kind) {
	case MODEL_CREATE:
		create(f);
		break;
	case MODEL_WRITE:
		for (size_t i = op->at / MODEL_LINE; i < (op->at + op->size) / MODEL_LINE; i++)
			may_be(&f->line[i], op->generation ? kt_pattern(i * MODEL_LINE, op->generation) : 0);
		if (op->generation && op->at + op->size > f->size_now)
			may_have(f, op->at + op->size);
		break;
	case MODEL_RESIZE:
		resize(f, op->at);
		break;
	case MODEL_CLONE:
		clone(f, &files[op->from]);
		break;
	case MODEL_PROMISE:
		f->promised = true;
		f->size[0] = f->size_now;
		f->sizes = 1;
		is_now(f, op->at, op->size);
		break;
	case MODEL_LINES:
		f->promised = true;
		is_now(f, op->at, op->size);
		break;
	case MODEL_REMOVE:
		f->removed = true;
		break;
	}
}

void model_advance(uint32_t entry)
{
	for (; next_op < ops_n && ops[next_op].entry <= entry; next_op++)
		apply(&ops[next_op]);
}

/* A line may be torn between two stores */
static bool fits_torn(const struct line *l, const uint8_t *at)
{
	for (size_t i = 0; i < MODEL_LINE; i++)
		if (!memchr(l->value, at[i], l->n))
			return false;
	return true;
}

static bool fits(const struct line *l, const uint8_t *at)
{
	uint64_t word[MODEL_LINE / sizeof(uint64_t)], differs = 0;

	memcpy(word, at, sizeof(word));
	for (size_t i = 0; i < MODEL_LINE / sizeof(uint64_t); i++)
		differs |= word[i] ^ 0x0101010101010101ULL * *at;
	if (differs)
		return fits_torn(l, at);
	return l->value[0] == *at || memchr(l->value, *at, l->n);
}

static void __attribute__((format(printf, 3, 4))) lost(struct finding *found, const struct file *f, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (f->liar) {
		found->lost_lies++;
		return;
	}
	found->lost++;
	found->of_file[f - files]++;
	n = snprintf(found->last, sizeof(found->last), "file %d (%s): ", (int)(f - files), f->what);
	va_start(ap, fmt);
	vsnprintf(found->last + n, sizeof(found->last) - (size_t)n, fmt, ap);
	va_end(ap);
}

/* What was done to a line, for whom reads of its loss */
static void tell_history(const struct file *f, size_t line)
{
	static const char *const what[] = {
		[MODEL_CREATE] = "created",  [MODEL_WRITE] = "written",       [MODEL_RESIZE] = "resized", [MODEL_CLONE] = "cloned",
		[MODEL_PROMISE] = "promised", [MODEL_LINES] = "written, MAP_SYNC", [MODEL_REMOVE] = "removed",
	};
	int id = (int)(f - files);

	for (size_t i = next_op > HISTORY ? next_op - HISTORY : 0; i < next_op; i++) {
		const struct model_op *op = &ops[i];
		bool ranged = op->kind == MODEL_WRITE || op->kind == MODEL_PROMISE || op->kind == MODEL_LINES;

		if ((op->file != id && (op->kind != MODEL_CLONE || op->from != id)) ||
		    (ranged && (op->at > line * MODEL_LINE || op->at + op->size <= line * MODEL_LINE)))
			continue;
		printf("# entry %u: file %d %s", op->entry, op->file, what[op->kind]);
		if (op->kind == MODEL_WRITE && op->generation)
			printf(" with %#x by %s", kt_pattern(line * MODEL_LINE, op->generation), op->how);
		if (op->kind == MODEL_WRITE && !op->generation)
			printf(" with zeros by %s", op->how);
		if (op->kind == MODEL_CLONE)
			printf(" from %d", op->from);
		if (ranged || op->kind == MODEL_RESIZE)
			printf(" at %#zx, %#zx", op->at, op->size);
		putchar('\n');
	}
}

static void check_lines(const struct file *f, const uint8_t *bytes, size_t size, struct finding *found)
{
	size_t wrong = 0, first = 0;

	for (size_t i = 0; i < size / MODEL_LINE; i++)
		if (!fits(&f->line[i], bytes + i * MODEL_LINE) && !wrong++)
			first = i;
	for (size_t i = size / MODEL_LINE; i < f->size_now / MODEL_LINE; i++)
		if (f->line[i].n == 1 && f->line[i].value[0] && !wrong++)
			first = i;
	found->lines += size / MODEL_LINE;
	if (wrong && !found->lost && !f->liar && found->explain)
		tell_history(f, first);
	if (wrong)
		lost(found, f, "%zu lines, the first at %#zx: %#x instead of %#x (or %u others)", wrong, first * MODEL_LINE,
		     first * MODEL_LINE < size ? bytes[first * MODEL_LINE] : 0U, f->line[first].value[0], f->line[first].n - 1U);
}

/* Mapped, as a read copies each byte by itself on an emulated CPU */
static void check_file(const struct file *f, struct finding *found)
{
	unsigned int i = 0;
	char path[512];
	struct stat st;
	char *bytes;
	int fd;

	model_path((int)(f - files), path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && (!f->promised || f->removed))
		return;
	found->checked++;
	if (fd < 0 || fstat(fd, &st)) {
		lost(found, f, "%s", strerror(errno));
		return;
	}
	while (i < f->sizes && f->size[i] != (size_t)st.st_size)
		i++;
	if (i == f->sizes) {
		lost(found, f, "%lld bytes instead of %zu (or %u others)", (long long)st.st_size, f->size[0], f->sizes - 1U);
	} else if (st.st_size) {
		bytes = kt_map(fd, (size_t)st.st_size, PROT_READ, MAP_SHARED, 0);
		check_lines(f, (const uint8_t *)bytes, (size_t)st.st_size, found);
		munmap(bytes, (size_t)st.st_size);
	}
	close(fd);
}

void model_check(bool all, struct finding *found)
{
	enum { RECENT = 24 };

	for (int i = 0; i < files_n; i++)
		if (files[i].created && (all || files[i].changed + RECENT >= next_op))
			check_file(&files[i], found);
}

// SPDX-License-Identifier: GPL-2.0-only
/* events.c - daxtrace report --events: print one line for each fault. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "trace/show.h"
#include "util/escape.h"

/* Escaped names of slots, cached: most recordings have millions of faults on few files. */
struct names {
	const struct rec_reader *reader;
	enum escape_for how;
	struct name {
		char comm[4 * DAX_COMM_LEN];
		char *path;
		__u32 tgid;
	} * of[REC_SLOT_MAX];
};

static const struct name *name_of(struct names *names, __u32 slot)
{
	const struct rec_slot *who = rec_slot(names->reader, slot);
	const char *path = who && who->path ? who->path : "?";
	struct name *name = names->of[slot];
	size_t size;

	if (name)
		return name;
	name = calloc(1, sizeof(*name));
	if (!name)
		return NULL;
	if (!slot)
		path = "(all others)";
	size = 4 * strlen(path) + 1;
	name->path = malloc(size);
	if (!name->path) {
		free(name);
		return NULL;
	}
	escape_text(name->path, size, path, names->how);
	escape_text(name->comm, sizeof(name->comm), who ? who->comm : "?", names->how);
	name->tgid = who ? who->key.tgid : 0;
	return names->of[slot] = name;
}

/* iomap types have had the same numbers since Linux 5.5. */
static const char *extent_type(__u16 type)
{
	static const char *const names[] = {"hole", "delalloc", "mapped", "unwritten", "inline"};

	return type < sizeof(names) / sizeof(*names) ? names[type] : "?";
}

static int print(FILE *to, const struct name *name, const struct dax_event_extent *ext)
{
	const struct dax_event *ev = &ext->ev;

	fprintf(to, "%" PRIu64 ".%09u %s %u/%u [%03u] %s %s %s ", (uint64_t)ev->ts_ns / 1000000000,
		(unsigned)(ev->ts_ns % 1000000000), name->comm, name->tgid, ev->tid, ev->cpu,
		dax_outcome_name(ev->outcome), ev->flags & DAX_EVF_WRITE ? "write" : "read",
		ev->outcome == DAX_PMD_FALLBACK ? dax_reason_name(ev->reason) : "-");
	fprintf(to, "offset=0x%" PRIx64 " addr=0x%" PRIx64, (uint64_t)ev->pgoff << DAX_PAGE_SHIFT,
		(uint64_t)ev->addr);
	if (ev->flags & DAX_EVF_UNTIMED)
		fputs(" ns=?", to);
	else
		fprintf(to, " ns=%" PRIu64, (uint64_t)ev->dur_ns);
	if (ev->type == DAX_EV_EXTENT) {
		fprintf(to, " extent=0x%" PRIx64 "+0x%" PRIx64 " type=%s flags=0x%x",
			(uint64_t)ext->off, (uint64_t)ext->len, extent_type(ext->type), ext->flags);
		if (ext->addr != ~0ULL)
			fprintf(to, " storage=0x%" PRIx64, (uint64_t)ext->addr);
	}
	return fprintf(to, " file=%s\n", name->path) < 0 ? (errno ? -errno : -EIO) : 0;
}

int show_events(FILE *to, struct rec_reader *reader, bool ascii)
{
	struct names *names = calloc(1, sizeof(*names));
	struct dax_event_extent ev;
	size_t i;
	int ret;

	if (!names)
		return -ENOMEM;
	names->reader = reader;
	names->how = ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL;
	while ((ret = rec_next(reader, &ev)) > 0) {
		const struct name *name = name_of(names, ev.ev.slot);

		ret = name ? print(to, name, &ev) : -ENOMEM;
		if (ret)
			break;
	}
	for (i = 0; i < REC_SLOT_MAX; i++) {
		if (names->of[i])
			free(names->of[i]->path);
		free(names->of[i]);
	}
	free(names);
	return ret;
}

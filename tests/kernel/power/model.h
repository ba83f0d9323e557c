/* SPDX-License-Identifier: GPL-2.0-only */
/* What may be in the files after a power failure: for each line what was promised, and what was written since. */
#ifndef POWER_MODEL_H
#define POWER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { MODEL_FILES = 40, MODEL_LINE = 64 };

#define MODEL_SIZE (4UL << 20) /* the largest file */

enum model_kind {
	MODEL_CREATE,
	MODEL_WRITE,   /* a range gets the pattern of a generation, or with none zeros */
	MODEL_RESIZE,  /* to at */
	MODEL_CLONE,   /* becomes what another file is */
	MODEL_PROMISE, /* a range is persistent as it is now, and so are the name and the size */
	MODEL_LINES,   /* only the lines are */
	MODEL_REMOVE,
};

struct model_op {
	enum model_kind kind;
	uint32_t entry; /* of the log, from which on it counts */
	int file, from;
	size_t at, size;
	unsigned int generation;
	bool lie; /* a promise that nobody has kept */
	const char *how;
};

struct finding {
	unsigned int checked, lost, lost_lies;
	unsigned int of_file[MODEL_FILES]; /* how often */
	uint64_t lines;
	bool explain; /* print what was done to the first line that is lost */
	char last[256];
};

/* The files' names are numbers in the directory under test */
int model_file(const char *what);
const char *model_name(int file); /* or NULL */
void model_path(int file, char path[512]);
void model_add(const struct model_op *op);

/* For the replay: from the start, then all that counts at the entry */
void model_rewind(void);
void model_advance(uint32_t entry);
/* Compares the files of the mounted directory; of which those that changed last, or all */
void model_check(bool all, struct finding *found);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Power failures: at points of the log the image is put on the device, mounted, and compared with the model. */
#ifndef POWER_REPLAY_H
#define POWER_REPLAY_H

#include <stdbool.h>

#include "model.h"

enum { REPLAY_PARTS = 16 };

struct replay {
	const char *device, *type; /* of the filesystem */
	unsigned int parts; /* failures between two fences; at most REPLAY_PARTS. 0: nothing is printed of what is lost */
	unsigned int checks; /* how many times the filesystem's own checker is to run */
	unsigned int fences, marks, reordered, checked; /* what was done */
	struct finding found;
	unsigned int broken; /* mounts that failed, and complaints of the checker */
	unsigned int told;
};

void replay_all(struct replay *r);
/* What would be found if nothing had been written back: that the test can fail */
void replay_without_flushes(struct replay *r);

#endif

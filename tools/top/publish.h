/* SPDX-License-Identifier: GPL-2.0-only */
/* publish.h - provide Prometheus figures over HTTP and in a file. */
#ifndef DAX_TOP_PUBLISH_H
#define DAX_TOP_PUBLISH_H

#include "fields.h"

struct publish;

struct publish_opts {
	const char *listen;   /* an address; NULL: no server */
	const char *textfile; /* NULL: no file */
	bool cgroups;
	/* Called before figures are sent over HTTP; may call publish_model(). */
	void (*refresh)(void *ctx);
	void *ctx;
};

/* Returns 0, or an exit status with the reason in @err. */
int publish_open(struct publish **publish, const struct publish_opts *opts, char *err, size_t size);
void publish_free(struct publish *publish);

/*
 * Provide the figures of @model from now on. Returns 0, or a negative errno with the reason in
 * @err.
 */
int publish_model(struct publish *publish, const struct dax_model *model, char *err, size_t size);

/* -1: nothing to poll. Call publish_run() when it is readable, and every HTTP_TICK_NS. */
int publish_fd(const struct publish *publish);
void publish_run(struct publish *publish);

/* URL of the figures; NULL: no server. */
const char *publish_url(const struct publish *publish);

#endif

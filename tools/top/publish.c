// SPDX-License-Identifier: GPL-2.0-only
/* publish.c - provide Prometheus figures over HTTP and in a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http/server.h"
#include "top/publish.h"
#include "util/err.h"
#include "util/replace.h"
#include "view/prom.h"

struct publish {
	struct publish_opts opts;
	struct http_server *server;
	char *text; /* of the newest model */
	size_t len;
};

static const char front[] =
	"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>daxtop</title></head>\n"
	"<body><h1>daxtop</h1>\n"
	"<p><a href=\"/metrics\">Metrics</a> of page faults on DAX files, for Prometheus.</p></body></html>\n";

static void on_request(void *ctx, const struct http_request *request, struct http_reply *reply)
{
	struct publish *publish = ctx;
	char *copy;

	if (!strcmp(request->path, "/")) {
		http_text(reply, 200, "text/html; charset=utf-8", front);
		return;
	}
	if (strcmp(request->path, "/metrics"))
		return;
	publish->opts.refresh(publish->opts.ctx);
	copy = publish->text ? malloc(publish->len + 1) : NULL;
	if (!copy) {
		http_text(reply, 503, "text/plain", "no figures\n");
		return;
	}
	memcpy(copy, publish->text, publish->len);
	free(reply->body);
	*reply = (struct http_reply){
		.status = 200, .type = PROM_TYPE, .body = copy, .len = publish->len};
}

int publish_open(struct publish **out, const struct publish_opts *opts, char *err, size_t size)
{
	struct publish *publish = calloc(1, sizeof(*publish));
	struct http_opts http = {.address = opts->listen, .fn = on_request, .ctx = publish};
	char why[256];
	int ret;

	*out = publish;
	if (!publish) {
		snprintf(err, size, "%s", strerror(ENOMEM));
		return DAX_EXIT_UNSUPPORTED;
	}
	publish->opts = *opts;
	if (!opts->listen)
		return 0;
	ret = http_open(&publish->server, &http, why, sizeof(why));
	if (!ret)
		return 0;
	snprintf(err, size, "--listen %s: %s", opts->listen, why);
	return ret == -EINVAL ? DAX_EXIT_USAGE : DAX_EXIT_UNSUPPORTED;
}

void publish_free(struct publish *publish)
{
	if (!publish)
		return;
	http_free(publish->server);
	free(publish->text);
	free(publish);
}

int publish_model(struct publish *publish, const struct dax_model *model, char *err, size_t size)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int ret = to ? view_prom(to, model, publish->opts.cgroups) : -ENOMEM;

	if (to && fclose(to) && !ret)
		ret = -ENOMEM;
	if (ret) {
		free(text);
		snprintf(err, size, "figures");
		return ret;
	}
	free(publish->text);
	publish->text = text;
	publish->len = len;
	if (!publish->opts.textfile)
		return 0;
	snprintf(err, size, "--textfile %s", publish->opts.textfile);
	return replace_file(publish->opts.textfile, text, len, 0644);
}

int publish_fd(const struct publish *publish)
{
	return publish->server ? http_fd(publish->server) : -1;
}

void publish_run(struct publish *publish)
{
	http_run(publish->server);
}

const char *publish_url(const struct publish *publish)
{
	return publish->server ? http_url(publish->server) : NULL;
}

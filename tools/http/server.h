/* SPDX-License-Identifier: GPL-2.0-only */
/* server.h - a small HTTP server that answers GET, within bounds, in its owner's poll() loop. */
#ifndef DAX_HTTP_SERVER_H
#define DAX_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define HTTP_CONNECTIONS 16    /* at a time: one more, and the oldest is closed */
#define HTTP_SECONDS	 10    /* that a connection may last, whatever comes in on it */
#define HTTP_REQUEST	 16384 /* bytes of a request's line and headers, and of what is kept of it */
#define HTTP_TICK_NS	 1000000000ULL

struct http_server;

struct http_reply {
	unsigned int status;
	const char *type;     /* Content-Type */
	const char *security; /* Content-Security-Policy; NULL: nothing at all may be loaded */
	char *body;	      /* malloc'ed, and taken over; NULL: none */
	size_t len;
};

struct http_request {
	const char *path; /* decoded: any bytes but NUL */
	/* Of what follows the question mark: a value, decoded, or NULL. */
	const char *(*argument)(const struct http_request *request, const char *name);
	void *connection;
};

/* Fill @reply, which is 404 so far. */
typedef void (*http_fn)(void *ctx, const struct http_request *request, struct http_reply *reply);

struct http_opts {
	const char *address; /* [ADDR:]PORT: numeric or localhost, which it is when it is not told */
	bool local_names;    /* refuse requests whose Host is not this machine's loopback: for browsers */
	http_fn fn;
	void *ctx;
};

/*
 * Listen. Returns 0, or a negative errno with why in @err: -EINVAL is for an address that cannot be
 * understood, all else is this machine's.
 */
int http_open(struct http_server **server, const struct http_opts *opts, char *err, size_t size);

/* Close all at once. NULL is fine. */
void http_free(struct http_server *server);

/* "http://127.0.0.1:9741/", with the port that it really has. */
const char *http_url(const struct http_server *server);

/* Call http_run() when this descriptor is readable, and every HTTP_TICK_NS. It never sleeps. */
int http_fd(const struct http_server *server);
void http_run(struct http_server *server);

/* A reply of text that is copied. */
void http_text(struct http_reply *reply, unsigned int status, const char *type, const char *text);

#endif

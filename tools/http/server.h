/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * server.h - a small HTTP server that answers GET requests, with limits, in the poll() loop of its
 * owner.
 */
#ifndef DAX_HTTP_SERVER_H
#define DAX_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define HTTP_CONNECTIONS 16    /* at a time: with one more, the oldest is closed */
#define HTTP_SECONDS	 10    /* how long a connection may last, whatever it sends */
#define HTTP_REQUEST	 16384 /* bytes of the request line and headers, and of what is kept of them */
#define HTTP_TICK_NS	 1000000000ULL

struct http_server;

struct http_reply {
	unsigned int status;
	const char *type;     /* Content-Type */
	const char *security; /* Content-Security-Policy; NULL: the page may load nothing */
	char *body;	      /* from malloc(); taken over; NULL: none */
	size_t len;
};

struct http_request {
	const char *path; /* decoded: any bytes but NUL */
	/* The decoded value of a query argument (after the question mark), or NULL. */
	const char *(*argument)(const struct http_request *request, const char *name);
	void *connection;
};

/* Fill in @reply, which is a 404 before. */
typedef void (*http_fn)(void *ctx, const struct http_request *request, struct http_reply *reply);

struct http_opts {
	const char *address; /* [ADDR:]PORT: ADDR is numeric or localhost, the default */
	bool local_names;    /* refuse requests whose Host is not a loopback name: protects browser users */
	http_fn fn;
	void *ctx;
};

/*
 * Listen. Returns 0, or a negative errno with the reason in @err: -EINVAL: the address cannot be
 * parsed; other errors come from this machine.
 */
int http_open(struct http_server **server, const struct http_opts *opts, char *err, size_t size);

/* Close all connections and the server. NULL is allowed. */
void http_free(struct http_server *server);

/* "http://127.0.0.1:9741/", with the actual port. */
const char *http_url(const struct http_server *server);

/* Call http_run() when this descriptor is readable, and every HTTP_TICK_NS. It never sleeps. */
int http_fd(const struct http_server *server);
void http_run(struct http_server *server);

/* Make a reply from a text, which is copied. */
void http_text(struct http_reply *reply, unsigned int status, const char *type, const char *text);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * server.c - a small HTTP server that answers GET requests, with limits, in the poll() loop of its
 * owner.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "http/address.h"
#include "http/mhd.h"
#include "http/server.h"
#include "util/clock.h"

/* How often the library is called at once while it reports more to do. */
#define TURNS 64
/* Includes connections that we ended and the library has not closed yet. */
#define HTTP_ACCEPTED (2 * HTTP_CONNECTIONS)

struct connection {
	int fd; /* -1: free */
	bool ended; /* by us; the library has not closed it yet */
	__u64 since_ns;
};

struct http_server {
	const struct mhd *mhd;
	struct MHD_Daemon *daemon;
	struct http_opts opts;
	char url[ADDRESS_URL];
	struct connection connection[HTTP_ACCEPTED];
};

void http_text(struct http_reply *reply, unsigned int status, const char *type, const char *text)
{
	free(reply->body);
	reply->status = status;
	reply->type = type;
	reply->body = strdup(text);
	reply->len = reply->body ? strlen(text) : 0;
}

/* To the library the connection looks closed by the other side, so it closes it. */
static void end_connection(struct connection *connection)
{
	shutdown(connection->fd, SHUT_RDWR);
	connection->ended = true;
}

/*
 * Every new connection gets a place: if there are too many, the oldest is ended, as a normal
 * request takes no time.
 */
static void make_place(struct http_server *server)
{
	struct connection *oldest = NULL;
	size_t open = 0, i;

	for (i = 0; i < HTTP_ACCEPTED; i++) {
		struct connection *one = &server->connection[i];

		if (one->fd < 0 || one->ended)
			continue;
		open++;
		if (!oldest || one->since_ns < oldest->since_ns)
			oldest = one;
	}
	if (open >= HTTP_CONNECTIONS)
		end_connection(oldest);
}

static void on_connection(void *ctx, struct MHD_Connection *one, void **own,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http_server *server = ctx;
	const union MHD_ConnectionInfo *info;
	size_t i;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		struct connection *connection = *own;

		if (connection)
			connection->fd = -1;
		return;
	}
	info = server->mhd->get_connection_info(one, MHD_CONNECTION_INFO_CONNECTION_FD);
	make_place(server);
	for (i = 0; i < HTTP_ACCEPTED && info; i++) {
		if (server->connection[i].fd >= 0)
			continue;
		server->connection[i] = (struct connection){.fd = info->connect_fd, .since_ns = clock_ns(CLOCK_MONOTONIC)};
		*own = &server->connection[i];
		return;
	}
}

/*
 * The library limits idle time only: a client that sends a byte now and then would stay for ever.
 */
static void end_old_connections(struct http_server *server)
{
	__u64 now = clock_ns(CLOCK_MONOTONIC);
	size_t i;

	for (i = 0; i < HTTP_ACCEPTED; i++)
		if (server->connection[i].fd >= 0 && !server->connection[i].ended &&
		    now - server->connection[i].since_ns > HTTP_SECONDS * NSEC_PER_SEC)
			end_connection(&server->connection[i]);
}

/*
 * A foreign page can make its host name resolve to this address. Host has the name that the browser
 * used.
 */
static bool local_name(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	size_t i;

	for (i = 0; host && i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (!strncasecmp(host, names[i], len) && (!host[len] || host[len] == ':'))
			return true;
	}
	return false;
}

static enum MHD_Result send_reply(struct http_server *server, struct MHD_Connection *connection,
				  struct http_reply *reply)
{
	const struct mhd *mhd = server->mhd;
	struct MHD_Response *response =
		mhd->create_response_from_buffer(reply->len, reply->body, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result queued;

	if (!response) {
		free(reply->body);
		return MHD_NO;
	}
	mhd->add_response_header(response, "Content-Type", reply->type);
	mhd->add_response_header(response, "Content-Security-Policy",
				 reply->security ? reply->security : "default-src 'none'");
	mhd->add_response_header(response, "X-Content-Type-Options", "nosniff");
	mhd->add_response_header(response, "Cache-Control", "no-store");
	if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		mhd->add_response_header(response, "Allow", "GET");
	/* One request for each connection, so that nobody keeps one open. */
	mhd->add_response_header(response, "Connection", "close");
	queued = mhd->queue_response(connection, reply->status, response);
	mhd->destroy_response(response);
	return queued;
}

struct looking {
	struct http_request request;
	const struct mhd *mhd;
};

static const char *argument(const struct http_request *request, const char *name)
{
	const struct looking *looking = (const struct looking *)request;

	return looking->mhd->lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path,
				  const char *method, const char *version, const char *upload,
				  size_t *uploaded, void **own) /* NOLINT(readability-non-const-parameter): as MHD calls it */
{
	struct http_server *server = ctx;
	struct http_reply reply = {0};
	const char *host = server->mhd->lookup_connection_value(connection, MHD_HEADER_KIND, "Host");

	(void)version;
	(void)upload;
	(void)uploaded;
	(void)own;
	http_text(&reply, MHD_HTTP_NOT_FOUND, "text/plain", "there is no such page\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET)) {
		http_text(&reply, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "only GET\n");
	} else if (server->opts.local_names && !local_name(host)) {
		http_text(&reply, MHD_HTTP_FORBIDDEN, "text/plain", "only as localhost\n");
	} else {
		struct looking looking = {.request = {path, argument, connection}, .mhd = server->mhd};

		server->opts.fn(server->opts.ctx, &looking.request, &reply);
	}
	return send_reply(server, connection, &reply);
}

/* Open a listening socket. Returns it, or a negative errno; *address gets its port. */
static int listen_at(union address *address, socklen_t len)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, err;

	if (fd < 0)
		return -errno;
	/* Old connections of an earlier server, which are closed, must not block the port. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(fd, &address->any, len) && !listen(fd, HTTP_CONNECTIONS) &&
	    !getsockname(fd, &address->any, &len))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static const char *what_to_do(int err)
{
	switch (-err) {
	case EADDRINUSE:
		return ": another program listens there: choose another port";
	case EADDRNOTAVAIL:
		return ": no address of this machine";
	case EACCES:
		return ": ports below 1024 need CAP_NET_BIND_SERVICE: choose a higher one";
	default:
		return "";
	}
}

static int start(struct http_server *server, int fd)
{
	server->daemon = server->mhd->start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)HTTP_ACCEPTED, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)HTTP_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_REQUEST,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
	return server->daemon ? 0 : -EIO;
}

int http_open(struct http_server **out, const struct http_opts *opts, char *err, size_t size)
{
	struct http_server *server;
	union address address;
	socklen_t len = address_parse(&address, opts->address);
	int fd, ret;
	size_t i;

	*out = NULL;
	if (!len) {
		snprintf(err, size, "not an address: PORT, ADDR:PORT or [ADDR]:PORT, ADDR in digits");
		return -EINVAL;
	}
	server = calloc(1, sizeof(*server));
	if (!server) {
		snprintf(err, size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	server->opts = *opts;
	for (i = 0; i < HTTP_ACCEPTED; i++)
		server->connection[i].fd = -1;
	server->mhd = mhd_load(err, size);
	if (!server->mhd) {
		free(server);
		return -ENOTSUP;
	}
	fd = ret = listen_at(&address, len);
	if (fd < 0) {
		snprintf(err, size, "%s%s", strerror(-ret), what_to_do(ret));
		free(server);
		return ret == -EINVAL ? -EIO : ret;
	}
	address_url(&address, server->url);
	ret = start(server, fd);
	if (ret) {
		snprintf(err, size, "libmicrohttpd could not start");
		close(fd);
		free(server);
		return ret;
	}
	*out = server;
	return 0;
}

void http_free(struct http_server *server)
{
	if (!server)
		return;
	server->mhd->stop_daemon(server->daemon); /* closes the socket as well */
	free(server);
}

const char *http_url(const struct http_server *server)
{
	return server->url;
}

int http_fd(const struct http_server *server)
{
	return server->mhd->get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

void http_run(struct http_server *server)
{
	MHD_UNSIGNED_LONG_LONG wait;
	int turn = 0;

	end_old_connections(server);
	do
		server->mhd->run(server->daemon);
	while (server->mhd->get_timeout(server->daemon, &wait) == MHD_YES && !wait && ++turn < TURNS);
}

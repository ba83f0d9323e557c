// SPDX-License-Identifier: GPL-2.0-only
/* page.c - the commands html and serve: the page as a file, and from the store at each reload. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "dash/command/command.h"
#include "dash/report/html.h"
#include "http/server.h"
#include "util/err.h"
#include "util/loop.h"

#define DEFAULT_ADDRESS "127.0.0.1:9742"
#define MAKING_SECONDS	300 /* a page that takes longer is given up */
#define MOST_BYTES	(1 << 28) /* of a document that is read */
#define JSON_TYPE	"application/json"

static void need_page(void)
{
	if (!html_built())
		die(DAX_EXIT_UNSUPPORTED, "this daxdash was built without its page: install Debian's packages nodejs and "
					  "npm, and build it again where the npm registry can be reached");
}

/* A document that page-data wrote, perhaps elsewhere. */
static int page_of_file(const struct dash_args *args, const char *path)
{
	FILE *in = fopen(path, "re"), *to = stdout;
	json_error_t error;
	struct stat st;
	json_t *doc;
	int err;

	if (!in || fstat(fileno(in), &st))
		die(DAX_EXIT_USAGE, "%s: %s", path, strerror(errno));
	if (st.st_size > MOST_BYTES)
		die(DAX_EXIT_USAGE, "%s: larger than %d MB", path, MOST_BYTES >> 20);
	doc = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
	fclose(in);
	if (!doc)
		die(DAX_EXIT_USAGE, "%s: line %d: %s", path, error.line, error.text);
	if (args->output && strcmp(args->output, "-") && !(to = fopen(args->output, "we")))
		die(DAX_EXIT_USAGE, "%s: %s", args->output, strerror(errno));
	err = html_write(to, doc);
	json_decref(doc);
	if (to != stdout && fclose(to) && !err)
		err = errno ? -errno : -EIO;
	if (err == -EINVAL)
		die(DAX_EXIT_USAGE, "%s: not a daxdash-page/1 document: daxdash page-data writes one", path);
	if (err)
		die(DAX_EXIT_UNSUPPORTED, "%s: %s", args->output ? args->output : "standard output", strerror(-err));
	return DAX_EXIT_OK;
}

int command_html(struct dash_args *args)
{
	need_page();
	return args->nr_words ? page_of_file(args, args->word[0]) : write_verdicts(args, report_html, "page");
}

/* What the descriptor holds, with a final NUL; NULL: no memory. */
static char *contents(int fd, size_t *len)
{
	struct stat st;
	char *text = !fstat(fd, &st) ? malloc((size_t)st.st_size + 1) : NULL;
	ssize_t got;

	for (*len = 0; text && *len < (size_t)st.st_size; *len += (size_t)got) {
		got = pread(fd, text + *len, (size_t)st.st_size - *len, (off_t)*len);
		if (got <= 0)
			break;
	}
	if (text)
		text[*len] = '\0';
	return text;
}

/*
 * A child reads the store and judges: what is wrong with a store ends it, and not the server. Returns whether it
 * could, with what it wrote, or said, in @text.
 */
static bool make(const struct dash_args *args, bool html, char **text, size_t *len)
{
	int out = memfd_create("page", MFD_CLOEXEC), said = memfd_create("messages", MFD_CLOEXEC), status = -1;
	pid_t pid = out < 0 || said < 0 ? -1 : fork();

	if (!pid) {
		struct dash_args own = *args;
		char path[64];

		alarm(MAKING_SECONDS);
		dup2(said, STDERR_FILENO);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", out);
		own.output = path;
		_exit(write_verdicts(&own, html ? report_html : report_page, "page"));
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	*text = contents(status ? said : out, len);
	close(out);
	close(said);
	return status == 0 && *text;
}

static void take_json(struct http_reply *reply, json_t *value)
{
	char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;

	if (!text) {
		http_text(reply, 404, JSON_TYPE, "{\"error\":\"there is no such series\"}");
		return;
	}
	free(reply->body);
	*reply = (struct http_reply){.status = 200, .type = JSON_TYPE, .body = text, .len = strlen(text)};
}

/* Of the document: all but the points, or one series with them. */
static json_t *verdict_of(const json_t *doc)
{
	json_t *some = json_object();
	static const char *const keys[] = {"schema", "version", "repo", "verdict", "status", "summary", "coverage", "events"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set(some, keys[i], json_object_get(doc, keys[i]));
	return some;
}

static json_t *series_list(const json_t *doc)
{
	static const char *const heavy[] = {"points", "segments", "steps", "hist"};
	json_t *list = json_array(), *series;
	size_t i, k;

	json_array_foreach(json_object_get(doc, "series"), i, series) {
		json_t *one = json_copy(series);

		for (k = 0; k < sizeof(heavy) / sizeof(heavy[0]); k++)
			json_object_del(one, heavy[k]);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *one_series(const json_t *doc, const char *id)
{
	json_t *series;
	size_t i;

	json_array_foreach(json_object_get(doc, "series"), i, series)
		if (!strcmp(json_string_value(json_object_get(series, "id")), id))
			return json_incref(series);
	return NULL;
}

static void answer_api(const struct http_request *request, const char *path, const char *text, size_t len,
		       struct http_reply *reply)
{
	json_t *doc = json_loadb(text, len, 0, NULL), *value = NULL;
	const char *id = request->argument(request, "id");

	if (!strcmp(path, "verdict"))
		value = verdict_of(doc);
	else if (!strcmp(path, "series"))
		value = id ? one_series(doc, id) : series_list(doc);
	else if (!strcmp(path, "page"))
		value = json_incref(doc);
	take_json(reply, value);
	json_decref(value);
	json_decref(doc);
}

static void on_request(void *ctx, const struct http_request *request, struct http_reply *reply)
{
	bool html = !strcmp(request->path, "/");
	const char *api = !strncmp(request->path, "/api/", 5) ? request->path + 5 : NULL;
	char *text;
	size_t len;

	if (!html && !(api && (!strcmp(api, "verdict") || !strcmp(api, "series") || !strcmp(api, "page"))))
		return;
	if (!make(ctx, html, &text, &len)) {
		http_text(reply, 500, "text/plain; charset=utf-8", text && *text ? text : "the page could not be made\n");
	} else if (html) {
		free(reply->body);
		*reply = (struct http_reply){.status = 200, .type = "text/html; charset=utf-8",
					     .security = html_security(), .body = text, .len = len};
		text = NULL;
	} else {
		answer_api(request, api, text, len, reply);
	}
	free(text);
}

static int on_http(void *server, __u64 events)
{
	(void)events;
	http_run(server);
	return 0;
}

static int on_signal(void *ctx, __u64 signal)
{
	(void)ctx;
	(void)signal;
	return 1;
}

int command_serve(struct dash_args *args)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct http_opts opts = {.address = args->listen ? args->listen : DEFAULT_ADDRESS, .local_names = true,
				 .fn = on_request, .ctx = args};
	struct http_server *server;
	struct loop *loop = loop_new();
	char err[512];
	int ret;

	need_page();
	ret = http_open(&server, &opts, err, sizeof(err));
	if (ret)
		die(ret == -EINVAL ? DAX_EXIT_USAGE : DAX_EXIT_UNSUPPORTED, "--listen %s: %s", opts.address, err);
	signal(SIGPIPE, SIG_IGN);
	ret = loop ? loop_signals(loop, signals, 3, on_signal, NULL) : -ENOMEM;
	if (!ret)
		ret = loop_fd(loop, http_fd(server), on_http, server);
	if (!ret)
		ret = loop_timer(loop, HTTP_TICK_NS, HTTP_TICK_NS, on_http, server);
	if (!ret) {
		warn_msg("the page is at %s", http_url(server));
		ret = loop_run(loop);
	}
	http_free(server);
	loop_free(loop);
	if (ret < 0)
		die(DAX_EXIT_UNSUPPORTED, "serve: %s", strerror(-ret));
	return DAX_EXIT_OK;
}

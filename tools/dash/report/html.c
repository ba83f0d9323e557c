// SPDX-License-Identifier: GPL-2.0-only
/* html.c - the page: one HTML file that contains a daxdash-page/1 document. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "dash/report/html.h"
#include "dash/report/template.h"

/* Up to this size the document is plain JSON, for browsers without DecompressionStream. */
#define PLAIN_BYTES (256 * 1024)

#define SUMMARY_MARK "@SUMMARY@"
#define DATA_MARK    "@DATA@"
#define SECURITY     "http-equiv=\"Content-Security-Policy\" content=\""

bool html_built(void)
{
	return page_template[0] != '\0';
}

const char *html_security(void)
{
	static char policy[1024];
	const char *from = strstr(page_template, SECURITY), *to;

	from = from ? from + strlen(SECURITY) : NULL;
	to = from ? strchr(from, '"') : NULL;
	if (!to || (size_t)(to - from) >= sizeof(policy) - 32)
		return NULL;
	snprintf(policy, sizeof(policy), "%.*s; frame-ancestors 'none'", (int)(to - from), from);
	return policy;
}

static void put_html(FILE *to, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", to);
			break;
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		default:
			fputc(*text, to);
		}
}

/*
 * In JSON a < occurs only in strings, where it can be escaped, so that nothing ends the script
 * element.
 */
static void put_plain(FILE *to, const char *text)
{
	for (; *text; text++)
		if (*text == '<')
			fputs("\\u003c", to);
		else
			fputc(*text, to);
}

/* Stops at the first byte over the limit. */
static int count_bytes(const char *bytes, size_t nr, void *ctx)
{
	size_t *left = ctx;

	(void)bytes;
	if (nr > *left)
		return -1;
	*left -= nr;
	return 0;
}

static int put_data(FILE *to, json_t *doc)
{
	size_t left = PLAIN_BYTES;
	char *text;
	int ret;

	if (json_dump_callback(doc, count_bytes, &left, JSON_COMPACT)) {
		fputs("{\"packed\":\"", to);
		ret = html_pack(to, doc);
		fputs("\"}", to);
		return ret;
	}
	text = json_dumps(doc, JSON_COMPACT);
	if (!text)
		return -ENOMEM;
	put_plain(to, text);
	free(text);
	return 0;
}

int html_write(FILE *to, json_t *doc)
{
	const char *summary = json_string_value(json_object_get(doc, "summary"));
	const char *schema = json_string_value(json_object_get(doc, "schema"));
	const char *said = strstr(page_template, SUMMARY_MARK), *data;
	int ret;

	if (!html_built())
		return -ENOTSUP;
	data = said ? strstr(said, DATA_MARK) : NULL;
	if (!data || !schema || strcmp(schema, "daxdash-page/1") || !summary)
		return -EINVAL;
	fwrite(page_template, 1, (size_t)(said - page_template), to);
	put_html(to, summary);
	said += strlen(SUMMARY_MARK);
	fwrite(said, 1, (size_t)(data - said), to);
	ret = put_data(to, doc);
	fputs(data + strlen(DATA_MARK), to);
	if (!ret && ferror(to))
		ret = errno ? -errno : -EIO;
	return ret;
}

int report_html(FILE *to, const struct dash_verdicts *v, const struct report_opts *opts)
{
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);
	int ret = memory ? report_page(memory, v, opts) : -ENOMEM;
	json_t *doc;

	if (memory && fclose(memory) && !ret)
		ret = -ENOMEM;
	doc = ret ? NULL : json_loadb(text, len, 0, NULL);
	free(text);
	if (!ret)
		ret = doc ? html_write(to, doc) : -ENOMEM;
	json_decref(doc);
	return ret;
}

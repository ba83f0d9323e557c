// SPDX-License-Identifier: GPL-2.0-only
/* head.c - what a recording is of, and in what state the file is, as text and as JSON. */
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "trace/show.h"
#include "util/escape.h"
#include "view/format.h"

#define HEAD_LINES    6
#define HEAD_LINE_MAX 1024 /* bytes of a line before it is escaped */

json_t *json_number(__u64 value)
{
	char digits[24];

	if (value <= LLONG_MAX)
		return json_integer((json_int_t)value);
	snprintf(digits, sizeof(digits), "%" PRIu64, (uint64_t)value);
	return json_string(digits);
}

json_t *json_text(const char *text)
{
	char *clean;
	json_t *string;
	size_t size;

	if (!text)
		return json_null();
	size = 4 * strlen(text) + 1;
	clean = malloc(size);
	if (!clean)
		return NULL;
	escape_text(clean, size, text, ESCAPE_JSON);
	string = json_string(clean);
	free(clean);
	return string;
}

json_t *json_texts(char *const texts[])
{
	json_t *list = texts ? json_array() : json_null();

	for (; texts && *texts && list; texts++)
		if (json_array_append_new(list, json_text(*texts))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

json_t *json_kernel(const char *sysname, const char *release, const char *version,
		    const char *machine)
{
	return json_pack("{s:o,s:o,s:o,s:o}", "sysname", json_text(sysname), "release",
			 json_text(release), "version", json_text(version), "machine",
			 json_text(machine));
}

static json_t *json_damage(const struct rec_state *state)
{
	return json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "cut_bytes", json_number(state->cut_bytes),
		"skipped_bytes", json_number(state->skipped_bytes), "zero_bytes",
		json_number(state->zero_bytes), "bad_chunks", json_number(state->bad_chunks),
		"missing_chunks", json_number(state->missing_chunks), "unknown_chunks",
		json_number(state->unknown_chunks), "unknown_events",
		json_number(state->unknown_events));
}

static json_t *json_args(const struct rec_facts *facts)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < facts->nr_args && list; i++)
		if (json_array_append_new(list, json_text(facts->args[i]))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

json_t *json_recording(const struct rec_reader *reader)
{
	const struct rec_facts *facts = rec_facts(reader);
	const struct rec_state *state = rec_state(reader);
	char *const *text = facts->text;
	char format[16];
	json_t *all = json_object();
	struct {
		const char *key;
		json_t *value;
	} member[] = {
		{"format", NULL}, /* below */
		{"tool", json_text(text[REC_TAG_TOOL])},
		{"args", json_args(facts)},
		{"kernel", json_kernel(text[REC_TAG_SYSNAME], text[REC_TAG_RELEASE],
				       text[REC_TAG_VERSION], text[REC_TAG_MACHINE])},
		{"nodename", json_text(text[REC_TAG_NODENAME])},
		{"boot_id", json_text(text[REC_TAG_BOOT_ID])},
		{"cpus", json_number(facts->ncpu)},
		{"page_bytes", json_number(facts->page_size)},
		{"pmd_bytes", json_number(facts->pmd_size)},
		{"begin_time_ns", json_number(rec_real_ns(reader, state->first_ns))},
		{"begin_monotonic_ns", json_number(state->first_ns)},
		{"duration_ns", json_number(state->last_ns - state->first_ns)},
		{"clean_end", json_boolean(state->clean)},
		{"file_bytes", json_number(state->file_bytes)},
		{"counted", state->counted_known ? json_number(state->counted) : json_null()},
		{"produced", json_number(state->recorded + state->lost.events)},
		{"recorded", json_number(state->recorded)},
		{"lost", json_number(state->lost.events)},
		{"readable", json_number(state->events)},
		{"damage", json_damage(state)},
	};
	int failed = !all;
	size_t i;

	snprintf(format, sizeof(format), "%u.%u", facts->major, facts->minor);
	member[0].value = json_string(format);
	for (i = 0; i < sizeof(member) / sizeof(*member); i++)
		failed |= json_object_set_new(all, member[i].key, member[i].value);
	if (!failed)
		return json_pack("{s:o}", "recording", all);
	json_decref(all);
	return NULL;
}

bool damage(const struct rec_state *state, char *out, size_t size)
{
	size_t used = 0;

#define ADD(...)                                                         \
	(used += (size_t)snprintf(out + (used < size ? used : size - 1), \
				  used < size ? size - used : 1, __VA_ARGS__))
	*out = '\0';
	if (!state->clean)
		ADD("not ended cleanly: %" PRIu64 " events recovered from %" PRIu64 " chunks",
		    (uint64_t)state->events, (uint64_t)state->chunks);
	if (state->cut_bytes)
		ADD("%s%" PRIu64 " bytes of an unfinished chunk at the end", used ? ", " : "",
		    (uint64_t)state->cut_bytes);
	if (state->bad_chunks)
		ADD("%s%" PRIu64 " damaged chunks left out", used ? ", " : "",
		    (uint64_t)state->bad_chunks);
	if (state->missing_chunks)
		ADD("%s%" PRIu64 " chunks missing", used ? ", " : "",
		    (uint64_t)state->missing_chunks);
	if (state->skipped_bytes)
		ADD("%s%" PRIu64 " bytes skipped", used ? ", " : "",
		    (uint64_t)state->skipped_bytes);
	if (state->recorded > state->events)
		ADD("%s%" PRIu64 " recorded events cannot be read", used ? ", " : "",
		    (uint64_t)(state->recorded - state->events));
	if (state->unknown_chunks || state->unknown_events)
		ADD("%s%" PRIu64 " chunks and %" PRIu64 " events that only a newer daxtrace knows",
		    used ? ", " : "", (uint64_t)state->unknown_chunks,
		    (uint64_t)state->unknown_events);
#undef ADD
	return used > 0;
}

static char *line(bool ascii, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static char *line(bool ascii, const char *fmt, ...)
{
	char raw[HEAD_LINE_MAX], *clean = malloc(4 * HEAD_LINE_MAX);
	va_list args;

	va_start(args, fmt);
	vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	if (clean)
		escape_text(clean, 4 * HEAD_LINE_MAX, raw, ascii ? ESCAPE_ASCII : ESCAPE_TERMINAL);
	return clean;
}

static const char *known(const char *text)
{
	return text ? text : "?";
}

static void describe_time(const struct rec_reader *reader, char *when, size_t size,
			  char took[FORMAT_NUM_MAX])
{
	const struct rec_state *state = rec_state(reader);
	__u64 real = rec_real_ns(reader, state->first_ns);
	struct dax_num num = {.kind = DAX_NUM_COUNT, .count = state->last_ns - state->first_ns};
	time_t seconds = (time_t)(real / 1000000000);
	struct tm tm;

	format_num(took, num, DAX_UNIT_NS);
	if (!real || !localtime_r(&seconds, &tm) || !strftime(when, size, "%F %T", &tm))
		snprintf(when, size, "at an unknown time");
}

static void join_args(const struct rec_facts *facts, char *out, size_t size)
{
	size_t used = 0, i;

	*out = '\0';
	for (i = 0; i < facts->nr_args && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "",
					 facts->args[i]);
}

char **head_lines(const struct rec_reader *reader, const char *path, bool ascii)
{
	const struct rec_facts *facts = rec_facts(reader);
	const struct rec_state *state = rec_state(reader);
	char when[64], took[FORMAT_NUM_MAX], text[512], **head = calloc(HEAD_LINES, sizeof(*head));
	size_t nr = 0, i;

	if (!head)
		return NULL;
	describe_time(reader, when, sizeof(when), took);
	head[nr++] = line(ascii, "daxtrace  %s  %s, for %s  %s: %s", path, when, took,
			  dax_tier_name(facts->tier), dax_tier_means(facts->tier));
	head[nr++] = line(ascii, "recorded  on %s %s %s by %s", known(facts->text[REC_TAG_SYSNAME]),
			  known(facts->text[REC_TAG_RELEASE]), known(facts->text[REC_TAG_MACHINE]),
			  known(facts->text[REC_TAG_TOOL]));
	join_args(facts, text, sizeof(text));
	head[nr++] = line(ascii, "command   %s", text);
	head[nr++] = line(
		ascii, "events    %" PRIu64 " produced = %" PRIu64 " recorded + %" PRIu64 " lost%s",
		(uint64_t)(state->recorded + state->lost.events), (uint64_t)state->recorded,
		(uint64_t)state->lost.events,
		state->counted_known && state->counted == state->recorded + state->lost.events
			? ", as many as the kernel side counted"
			: "");
	if (damage(state, text, sizeof(text)))
		head[nr++] = line(ascii, "damage    %s", text);
	for (i = 0; i < nr; i++)
		if (!head[i]) {
			for (i = 0; i < nr; i++)
				free(head[i]);
			free(head);
			return NULL;
		}
	return head;
}

void head_free(char **lines)
{
	size_t i;

	for (i = 0; lines && lines[i]; i++)
		free(lines[i]);
	free(lines);
}

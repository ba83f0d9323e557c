// SPDX-License-Identifier: GPL-2.0-only
/* recording.c - what a recording is of, and the condition of the file, as text and as JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "util/escape.h"
#include "util/json-value.h"
#include "view/format.h"
#include "view/recording.h"

#define HEAD_LINES    7
#define HEAD_LINE_MAX 1024 /* bytes of a line before it is escaped */

static json_t *damage_to_json(const struct rec_state *state)
{
	return json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "cut_bytes", u64_to_json(state->cut_bytes),
		"skipped_bytes", u64_to_json(state->skipped_bytes), "zero_bytes",
		u64_to_json(state->zero_bytes), "bad_chunks", u64_to_json(state->bad_chunks),
		"missing_chunks", u64_to_json(state->missing_chunks), "unknown_chunks",
		u64_to_json(state->unknown_chunks), "unknown_events",
		u64_to_json(state->unknown_events));
}

static json_t *args_to_json(const struct rec_facts *facts)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < facts->nr_args && list; i++)
		if (json_array_append_new(list, text_to_json(facts->args[i]))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

json_t *recording_json(const struct rec_reader *reader)
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
		{"format", NULL}, /* set below */
		{"tool", text_to_json(text[REC_TAG_TOOL])},
		{"args", args_to_json(facts)},
		{"kernel", kernel_to_json(text[REC_TAG_SYSNAME], text[REC_TAG_RELEASE],
				       text[REC_TAG_VERSION], text[REC_TAG_MACHINE])},
		{"nodename", text_to_json(text[REC_TAG_NODENAME])},
		{"boot_id", text_to_json(text[REC_TAG_BOOT_ID])},
		{"cpus", u64_to_json(facts->ncpu)},
		{"page_bytes", u64_to_json(facts->page_size)},
		{"pmd_bytes", u64_to_json(facts->pmd_size)},
		{"begin_time_ns", u64_to_json(rec_real_ns(reader, state->first_ns))},
		{"begin_monotonic_ns", u64_to_json(state->first_ns)},
		{"duration_ns", u64_to_json(state->last_ns - state->first_ns)},
		{"clean_end", json_boolean(state->clean)},
		{"file_bytes", u64_to_json(state->file_bytes)},
		{"counted", state->counted_known ? u64_to_json(state->counted) : json_null()},
		{"produced", u64_to_json(state->recorded + state->lost.events)},
		{"recorded", u64_to_json(state->recorded)},
		{"lost", u64_to_json(state->lost.events)},
		{"readable", u64_to_json(state->events)},
		{"damage", damage_to_json(state)},
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

bool recording_damage(const struct rec_state *state, char *out, size_t size)
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

static char *make_line(bool ascii, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static char *make_line(bool ascii, const char *fmt, ...)
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

static const char *known_text(const char *text)
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

char **recording_lines(const struct rec_reader *reader, const char *path, bool ascii)
{
	const struct rec_facts *facts = rec_facts(reader);
	const struct rec_state *state = rec_state(reader);
	char when[64], took[FORMAT_NUM_MAX], text[512], **head = calloc(HEAD_LINES, sizeof(*head));
	size_t nr = 0, i;

	if (!head)
		return NULL;
	describe_time(reader, when, sizeof(when), took);
	head[nr++] = make_line(ascii, "daxtrace  %s  %s, for %s  %s: %s", path, when, took,
			  dax_tier_name(facts->tier), dax_tier_means(facts->tier));
	head[nr++] = make_line(ascii, "recorded  on %s %s %s by %s", known_text(facts->text[REC_TAG_SYSNAME]),
			  known_text(facts->text[REC_TAG_RELEASE]), known_text(facts->text[REC_TAG_MACHINE]),
			  known_text(facts->text[REC_TAG_TOOL]));
	join_args(facts, text, sizeof(text));
	head[nr++] = make_line(ascii, "command   %s", text);
	head[nr++] = make_line(
		ascii, "events    %" PRIu64 " produced = %" PRIu64 " recorded + %" PRIu64 " lost%s",
		(uint64_t)(state->recorded + state->lost.events), (uint64_t)state->recorded,
		(uint64_t)state->lost.events,
		state->counted_known && state->counted == state->recorded + state->lost.events
			? ", as many as the kernel side counted"
			: "");
	if (state->lost.faults || state->lost.details)
		head[nr++] = make_line(ascii,
				  "skipped   the kernel ran no program for %" PRIu64
				  " of the lost; up to %" PRIu64 " may have another outcome or reason",
				  (uint64_t)state->lost.faults, (uint64_t)state->lost.details);
	if (recording_damage(state, text, sizeof(text)))
		head[nr++] = make_line(ascii, "damage    %s", text);
	for (i = 0; i < nr; i++)
		if (!head[i]) {
			for (i = 0; i < nr; i++)
				free(head[i]);
			free(head);
			return NULL;
		}
	return head;
}

void recording_lines_free(char **lines)
{
	size_t i;

	for (i = 0; lines && lines[i]; i++)
		free(lines[i]);
	free(lines);
}

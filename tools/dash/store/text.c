// SPDX-License-Identifier: GPL-2.0-only
/* text.c - what the store keeps as text: environments, histograms, ids of series. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dash/store/parts.h"

char *env_text(const struct dash_pair *pair, size_t nr)
{
	json_t *all = json_object();
	char *text = NULL;
	size_t i;
	int err = !all;

	for (i = 0; i < nr; i++)
		err |= json_object_set_new(all, pair[i].key, json_string(pair[i].value));
	if (!err)
		text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(all);
	return text;
}

/* Set the text of what decides the speed. */
static int set_machine(struct dash_env *env)
{
	static const char *const keys[] = {DASH_ENV_CPU, DASH_ENV_ACCEL, DASH_ENV_CPUS, DASH_ENV_TIER};
	size_t i, k, len = 0;
	FILE *to = open_memstream(&env->machine, &len);

	if (!to)
		return -1;
	for (k = 0; k < 4; k++)
		for (i = 0; i < env->nr; i++)
			if (!strcmp(env->pair[i].key, keys[k]))
				fprintf(to, "%s%s=%s", ftell(to) ? ", " : "", keys[k],
					env->pair[i].value);
	return fclose(to) ? -1 : 0;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct dash_pair *)a)->key, ((const struct dash_pair *)b)->key);
}

int env_parse(const char *text, struct dash_env *env)
{
	json_t *all = json_loads(text, 0, NULL), *value;
	const char *key;
	int err = 0;

	*env = (struct dash_env){.pair = calloc(json_object_size(all) + 1, sizeof(*env->pair))};
	if (!env->pair || !all)
		err = -1;
	if (!err)
		json_object_foreach(all, key, value) {
			struct dash_pair *p = &env->pair[env->nr++];

			p->key = strdup(key);
			p->value = strdup(json_string_value(value) ?: "");
			if (!p->key || !p->value)
				err = -1;
		}
	json_decref(all);
	if (!err) {
		qsort(env->pair, env->nr, sizeof(*env->pair), by_key);
		err = set_machine(env);
	}
	return err;
}

char *hist_text(const struct dash_hist *hist)
{
	char *text = NULL;
	size_t len, i;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	for (i = 0; i < hist->nr; i++) {
		if (hist->bucket[i].upper == ~0ULL)
			fprintf(to, "%s~:%llu", i ? " " : "",
				(unsigned long long)hist->bucket[i].count);
		else
			fprintf(to, "%s%llu:%llu", i ? " " : "",
				(unsigned long long)hist->bucket[i].upper,
				(unsigned long long)hist->bucket[i].count);
	}
	return fclose(to) ? NULL : text;
}

struct dash_hist *hist_parse(const char *text, double sum)
{
	struct dash_hist *hist = calloc(1, sizeof(*hist));
	size_t nr = 1;
	const char *p;
	char *end;

	for (p = text; *p; p++)
		nr += *p == ' ';
	if (hist)
		hist->bucket = calloc(nr, sizeof(*hist->bucket));
	if (!hist || !hist->bucket) {
		free(hist);
		return NULL;
	}
	hist->sum = sum;
	for (p = text; *p && hist->nr < nr;) {
		struct dash_bucket *b = &hist->bucket[hist->nr++];

		b->upper = *p == '~' ? (end = (char *)p + 1, ~0ULL) : strtoull(p, &end, 10);
		b->count = strtoull(*end == ':' ? end + 1 : end, &end, 10);
		hist->count += b->count;
		p = end + (*end == ' ');
		if (*end && *end != ' ')
			break;
	}
	return hist;
}

void series_id(const char *repo, const char *workload, const char *params, const char *metric,
	       char out[33])
{
	const char *part[] = {repo, workload, params, metric};
	/* FNV-1a with 128 bits. No UTF-8 text contains 0xff, so it separates the parts. */
	unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13b;
	unsigned __int128 h = ((unsigned __int128)0x6c62272e07bb0142ULL << 64) | 0x62b821756295c58dULL;
	size_t i;
	const char *p;

	for (i = 0; i < 4; i++) {
		for (p = part[i]; *p; p++)
			h = (h ^ (unsigned char)*p) * prime;
		h = (h ^ 0xff) * prime;
	}
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)(h >> 64), (unsigned long long)h);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * build.c - functions for readers to build runs: clean texts, with limits, and only valid numbers.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "dash/format/build.h"

#define REPLACEMENT "\xef\xbf\xbd"

int format_fail(struct format_error *error, size_t line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
	error->line = line;
	return -EINVAL;
}

/* Length of the UTF-8 character at @s, and its code point; 0: not a character. */
static size_t decode(const unsigned char *s, size_t len, unsigned *code)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2, i;

	if (n == 1) {
		*code = s[0];
		return 1;
	}
	if (s[0] < 0xc2 || s[0] > 0xf4 || n > len)
		return 0;
	*code = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return n;
}

static bool is_harmless(unsigned code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) &&
	       !(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069) &&
	       code != 0x2028 && code != 0x2029;
}

char *clean_text(const char *text, size_t len, size_t most)
{
	char *out = malloc(3 * len + 1), *to = out;
	size_t i, n;

	if (!out)
		return NULL;
	for (i = 0; i < len; i += n ? n : 1) {
		unsigned code = 0;
		const char *from = text + i;
		size_t put;

		n = decode((const unsigned char *)from, len - i, &code);
		put = n;
		if (!n || !is_harmless(code)) {
			from = REPLACEMENT;
			put = 3;
		}
		if ((size_t)(to - out) + put > most)
			break;
		memcpy(to, from, put);
		to += put;
	}
	*to = 0;
	return out;
}

char *clean(const char *text)
{
	return text ? clean_text(text, strlen(text), FORMAT_MAX_NAME) : NULL;
}

static bool copy(char **to, const char *from)
{
	*to = clean(from);
	return *to || !from;
}

struct dash_run *run_add(struct dash_runs *runs, const struct format_given *given)
{
	struct dash_run *more = reallocarray(runs->run, runs->nr + 1, sizeof(*more)), *run;
	const struct dash_commit *c = &given->commit;
	size_t i;

	if (!more)
		return NULL;
	runs->run = more;
	run = &more[runs->nr++];
	*run = (struct dash_run){.slot = -1, .started = -1, .duration_ns = -1};
	run->commit.order = c->sha ? c->order : -1;
	run->commit.time = c->sha ? c->time : -1;
	if (!copy(&run->commit.repo, c->repo) || !copy(&run->commit.sha, c->sha) ||
	    !copy(&run->commit.parent, c->parent) || !copy(&run->commit.branch, c->branch) ||
	    !copy(&run->commit.subject, c->subject) || !copy(&run->kind, given->kind) ||
	    !copy(&run->pair, given->pair))
		return NULL;
	for (i = 0; i < given->nr_env; i++)
		if (env_put(run, given->env[i].key, given->env[i].value))
			return NULL;
	return run;
}

struct dash_metric *metric_add(struct dash_run *run, const struct format_given *given,
			       const char *workload, const char *name, const char *unit)
{
	/* Double the array whenever it is full: at 0, 1, 2, 4 ... */
	bool full = !(run->nr_metrics & (run->nr_metrics - 1));
	size_t room = run->nr_metrics ? 2 * run->nr_metrics : 1;
	struct dash_metric *more = full ? reallocarray(run->metric, room, sizeof(*more)) : run->metric;
	struct dash_metric *m;

	if (!more)
		return NULL;
	run->metric = more;
	m = &more[run->nr_metrics];
	*m = (struct dash_metric){.workload = clean(workload),
				  .params = clean(""),
				  .name = clean(name),
				  .unit = clean(unit ? unit : ""),
				  .class = DASH_TIME,
				  .better = given->better,
				  .gate = !given->advisory,
				  .rel_floor = NAN,
				  .abs_floor = NAN,
				  .value = NAN,
				  .lo = NAN,
				  .hi = NAN};
	run->nr_metrics++;
	return m->workload && m->params && m->name && m->unit ? m : NULL;
}

static void metric_free(struct dash_metric *m)
{
	free(m->workload);
	free(m->params);
	free(m->name);
	free(m->unit);
	hist_free(m->hist);
}

void metric_drop(struct dash_run *run)
{
	metric_free(&run->metric[--run->nr_metrics]);
}

static void run_free(struct dash_run *run)
{
	size_t i;

	for (i = 0; i < run->nr_metrics; i++)
		metric_free(&run->metric[i]);
	free(run->metric);
	for (i = 0; i < run->nr_env; i++) {
		free(run->env[i].key);
		free(run->env[i].value);
	}
	free(run->env);
	free(run->uuid);
	free(run->commit.repo);
	free(run->commit.sha);
	free(run->commit.parent);
	free(run->commit.branch);
	free(run->commit.subject);
	free(run->kind);
	free(run->pair);
	free(run->build);
	free(run->ci_url);
}

void dash_runs_free(struct dash_runs *runs)
{
	size_t i;

	for (i = 0; i < runs->nr; i++)
		run_free(&runs->run[i]);
	free(runs->run);
	*runs = (struct dash_runs){0};
}

int env_put(struct dash_run *run, const char *key, const char *value)
{
	char *k = clean(key), *v = clean(value);
	struct dash_pair *more;
	size_t i;

	if (!k || !v)
		goto no_memory;
	for (i = 0; i < run->nr_env && strcmp(run->env[i].key, k) < 0; i++)
		;
	if (i < run->nr_env && !strcmp(run->env[i].key, k)) {
		free(k);
		free(run->env[i].value);
		run->env[i].value = v;
		return 0;
	}
	more = reallocarray(run->env, run->nr_env + 1, sizeof(*more));
	if (!more)
		goto no_memory;
	run->env = more;
	memmove(&more[i + 1], &more[i], (run->nr_env++ - i) * sizeof(*more));
	more[i] = (struct dash_pair){k, v};
	return 0;
no_memory:
	free(k);
	free(v);
	return -ENOMEM;
}

const char *env_get(const struct dash_run *run, const char *key)
{
	size_t i;

	for (i = 0; i < run->nr_env; i++)
		if (!strcmp(run->env[i].key, key))
			return run->env[i].value;
	return NULL;
}

int hist_put(struct dash_hist *hist, __u64 upper, __u64 count)
{
	struct dash_bucket *more;

	if (hist->nr && hist->bucket[hist->nr - 1].upper >= upper)
		return -EINVAL;
	if (__builtin_add_overflow(hist->count, count, &hist->count))
		return -EINVAL;
	more = reallocarray(hist->bucket, hist->nr + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	hist->bucket = more;
	more[hist->nr++] = (struct dash_bucket){upper, count};
	return 0;
}

void hist_free(struct dash_hist *hist)
{
	if (hist)
		free(hist->bucket);
	free(hist);
}

double hist_quantile(const struct dash_hist *hist, double q)
{
	double want = q * hist->count, below = 0;
	size_t i;

	/* By order statistics, a one-sided 95 % bound of the quantile q needs this many values. */
	if (q >= 1 || hist->count < log(0.05) / log(q))
		return NAN;
	for (i = 0; i < hist->nr; i++) {
		const struct dash_bucket *b = &hist->bucket[i];
		double from = i ? hist->bucket[i - 1].upper : 0;

		if (below + b->count < want) {
			below += b->count;
			continue;
		}
		if (b->upper == ~0ULL)
			return NAN;
		return from + (b->upper - from) * (want - below) / b->count;
	}
	return NAN;
}

void hash_hex(const char *seed, const void *data, size_t len, char out[33])
{
	unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13b;
	unsigned __int128 h = ((unsigned __int128)0x6c62272e07bb0142ULL << 64) | 0x62b821756295c58dULL;
	const unsigned char *byte = data;
	size_t i;

	for (i = 0; seed[i]; i++)
		h = (h ^ (unsigned char)seed[i]) * prime;
	h = (h ^ 0xff) * prime;
	for (i = 0; i < len; i++)
		h = (h ^ byte[i]) * prime;
	snprintf(out, 33, "%016llx%016llx", (unsigned long long)(h >> 64), (unsigned long long)h);
}

double unit_in_ns(const char *unit)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1},	    {"us", 1e3},      {"\xc2\xb5s", 1e3}, {"ms", 1e6},
		     {"s", 1e9},    {"sec", 1e9},     {"seconds", 1e9},	  {"ns/op", 1},
		     {"ns/iter", 1}, {"ns/fault", 1}};
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcasecmp(unit, units[i].name))
			return units[i].ns;
	return 0;
}

void class_by_unit(struct dash_metric *m)
{
	const char *unit = m->unit;
	bool rate = strstr(unit, "/s") || strcasestr(unit, "/sec") || strcasestr(unit, "per_second");

	if (rate)
		m->class = DASH_RATE;
	else if (!strcasecmp(unit, "B") || strcasestr(unit, "bytes") || !strcasecmp(unit, "B/op"))
		m->class = DASH_SIZE;
	else
		m->class = DASH_TIME;
	if (m->better == DASH_NONE)
		m->better = rate ? DASH_HIGHER : DASH_LOWER;
}

static bool is_sha(const char *sha)
{
	size_t len = strspn(sha, "0123456789abcdefABCDEF");

	return len >= 7 && len <= 64 && !sha[len];
}

/* In a push event all zeros stand for a deleted branch: not a commit. */
static bool is_zeros(const char *sha)
{
	return !sha[strspn(sha, "0")];
}

static int by_name(const void *a, const void *b)
{
	const struct dash_metric *x = *(struct dash_metric *const *)a;
	const struct dash_metric *y = *(struct dash_metric *const *)b;
	int order = strcmp(x->workload, y->workload);

	if (!order)
		order = strcmp(x->params, y->params);
	return order ? order : strcmp(x->name, y->name);
}

/* The store keeps one value of a metric in a run: refuse two. */
static int refuse_twins(const struct dash_run *run, struct format_error *error)
{
	struct dash_metric **all = malloc((run->nr_metrics + 1) * sizeof(*all));
	size_t i;
	int err = 0;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < run->nr_metrics; i++)
		all[i] = &run->metric[i];
	qsort(all, run->nr_metrics, sizeof(*all), by_name);
	for (i = 1; i < run->nr_metrics && !err; i++)
		if (!by_name(&all[i - 1], &all[i]))
			err = format_fail(error, 0, "'%s' of '%s' has two values", all[i]->name,
					  all[i]->workload);
	free(all);
	return err;
}

static int check_commit(struct dash_run *run, struct format_error *error)
{
	struct dash_commit *c = &run->commit;
	char *p;

	if (!c->repo && !(c->repo = strdup("")))
		return -ENOMEM;
	if (!c->sha)
		return format_fail(error, 0, "has no commit: give it with --commit SHA");
	if (!is_sha(c->sha))
		return format_fail(error, 0, "commit '%.80s': not 7 to 64 hexadecimal digits", c->sha);
	if (is_zeros(c->sha))
		return format_fail(error, 0, "commit is all zeros: a branch that was deleted");
	if (c->order < -1 || c->time < -1)
		return format_fail(error, 0, "commit's order or time is negative");
	for (p = c->sha; *p; p++)
		*p = tolower((unsigned char)*p);
	return 0;
}

int run_finish(struct dash_run *run, const char *text, size_t len, struct format_error *error)
{
	char seed[1200], hash[33];
	size_t i;
	int err = check_commit(run, error);

	for (i = 0; i < run->nr_metrics && !err; i++) {
		const struct dash_metric *m = &run->metric[i];

		if (!isfinite(m->value))
			err = format_fail(error, 0, "'%s' has no finite value", m->name);
		else if (m->ratio && (!m->den || m->num > m->den))
			err = format_fail(error, 0, "'%s': num is above den, or den is 0", m->name);
		else if (!isnan(m->lo) && !isnan(m->hi) && m->lo > m->hi)
			err = format_fail(error, 0, "'%s': its least value is above its greatest",
					  m->name);
		else if (!*m->name)
			err = format_fail(error, 0, "a metric has no name");
	}
	if (!err && !run->nr_metrics)
		err = format_fail(error, 0, "has no metric with a value");
	if (!err)
		err = refuse_twins(run, error);
	if (err || run->uuid)
		return err;
	/*
	 * Fields that were added later, such as the order of history, must not make it another run.
	 */
	snprintf(seed, sizeof(seed), "%s/%s/%s/%s", run->commit.repo, run->commit.sha,
		 run->pair ? run->pair : "", env_get(run, DASH_ENV_CPU) ?: "");
	hash_hex(seed, text, len, hash);
	run->uuid = strdup(hash);
	return run->uuid ? 0 : -ENOMEM;
}

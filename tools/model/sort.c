// SPDX-License-Identifier: GPL-2.0-only
/* sort.c - sort items by any field, stably. */
#include <stdlib.h>
#include <string.h>
#include "fields.h"

/* The values to compare, computed once for each item. */
struct sort_key {
	const struct dax_item *item;
	struct dax_num num;
	const char *text;
	size_t place;
};

static int compare_num(const struct dax_num *a, const struct dax_num *b)
{
	if (a->kind == DAX_NUM_COUNT && b->kind == DAX_NUM_COUNT)
		return (a->count < b->count) - (a->count > b->count);
	return (a->real < b->real) - (a->real > b->real);
}

static int compare(const struct sort_key *a, const struct sort_key *b, bool is_text, int sign)
{
	bool a_known = is_text ? a->text != NULL : a->num.kind != DAX_NUM_UNKNOWN;
	bool b_known = is_text ? b->text != NULL : b->num.kind != DAX_NUM_UNKNOWN;
	int order = 0;

	if (a_known != b_known)
		return a_known ? -1 : 1;
	if (a_known)
		order = sign * (is_text ? strcmp(a->text, b->text) : compare_num(&a->num, &b->num));
	return order ? order : (a->place > b->place) - (a->place < b->place);
}

static int number_down(const void *a, const void *b)
{
	return compare(a, b, false, 1);
}

static int number_up(const void *a, const void *b)
{
	return compare(a, b, false, -1);
}

static int text_up(const void *a, const void *b)
{
	return compare(a, b, true, 1);
}

static int text_down(const void *a, const void *b)
{
	return compare(a, b, true, -1);
}

void dax_sort(const struct dax_item **order, size_t nr, const struct dax_field *field,
	      enum dax_window window, bool reverse)
{
	bool is_text = field->unit == DAX_UNIT_TEXT;
	struct sort_key *keys = calloc(nr + 1, sizeof(*keys));
	size_t i;

	if (!keys)
		return; /* keep the order as it is */
	for (i = 0; i < nr; i++) {
		keys[i].item = order[i];
		keys[i].place = i;
		if (is_text)
			keys[i].text = dax_field_text(field, order[i], window);
		else
			keys[i].num = dax_field_num(field, order[i], window);
	}
	if (is_text)
		qsort(keys, nr, sizeof(*keys), reverse ? text_down : text_up);
	else
		qsort(keys, nr, sizeof(*keys), reverse ? number_up : number_down);
	for (i = 0; i < nr; i++)
		order[i] = keys[i].item;
	free(keys);
}

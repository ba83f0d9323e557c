// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms.c - finds in /proc/kallsyms the functions that show what a task is doing. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "collect/kallsyms.h"

#define WAKE_FUNC "wake_exceptional_entry_func"

/* If the kernel inlined a caller, the function that contains it is found instead. */
static const struct {
	const char *name;
	__u32 role;
} wanted[] = {
	{"dax_iomap_pte_fault", DAX_WAIT_IN_PTE_FAULT},
	{"dax_iomap_pmd_fault", DAX_WAIT_IN_PMD_FAULT},
	{"dax_finish_sync_fault", DAX_WAIT_IN_MKWRITE},
	{"dax_insert_pfn_mkwrite", DAX_WAIT_IN_MKWRITE},
	{"dax_writeback_mapping_range", DAX_WAIT_IN_WRITEBACK},
	{"dax_delete_mapping_entry", DAX_WAIT_IN_INVALIDATE},
	{"dax_invalidate_mapping_entry_sync", DAX_WAIT_IN_INVALIDATE},
	{"__dax_invalidate_entry", DAX_WAIT_IN_INVALIDATE},
	{"dax_delete_mapping_range", DAX_WAIT_IN_INVALIDATE},
	{"dax_layout_busy_page_range", DAX_WAIT_IN_LAYOUT},
	{"dax_lock_page", DAX_WAIT_IN_MEMORY_FAILURE},
	{"dax_lock_folio", DAX_WAIT_IN_MEMORY_FAILURE},
	{"dax_lock_mapping_entry", DAX_WAIT_IN_MEMORY_FAILURE},
	{"grab_mapping_entry", DAX_ROLE_GRAB},
	{"dax_split_entry", DAX_ROLE_GRAB},
	{"dax_insert_entry", DAX_ROLE_INSERT},
};
#define NR_WANTED (sizeof(wanted) / sizeof(wanted[0]))
_Static_assert(NR_WANTED < DAX_MAX_CALLERS, "room for a function that was built twice");

/*
 * Compilers add suffixes: .isra.0 and the like are the function itself, .cold is a part that calls
 * nothing.
 */
static bool is_symbol(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(symbol, name, len) &&
	       (!symbol[len] || (symbol[len] == '.' && !strstr(symbol + len, ".cold")));
}

static bool one_symbol(struct kallsyms *kallsyms, size_t *nr, __u64 at, const char *symbol)
{
	size_t i;

	if (is_symbol(symbol, WAKE_FUNC)) {
		kallsyms->wake_func = at;
		return false;
	}
	for (i = 0; i < NR_WANTED && *nr < DAX_MAX_CALLERS; i++) {
		struct dax_bpf_caller *caller = &kallsyms->list.caller[*nr];

		if (!is_symbol(symbol, wanted[i].name))
			continue;
		caller->from = at;
		caller->role = wanted[i].role;
		kallsyms->roles |= 1U << wanted[i].role;
		++*nr;
		return true;
	}
	return false;
}

/*
 * A line is ADDRESS KIND SYMBOL, and there are 100,000: most are passed over by the first letter of the
 * symbol, before their numbers are read.
 */
static char *symbol_of(char *line)
{
	char *kind = strchr(line, ' ');

	return kind && kind[1] && kind[2] == ' ' ? kind + 3 : NULL;
}

static bool may_be_wanted(const char *symbol)
{
	size_t i;

	if (*symbol == *WAKE_FUNC)
		return true;
	for (i = 0; i < NR_WANTED; i++)
		if (*symbol == *wanted[i].name)
			return true;
	return false;
}

/* Symbols are sorted by address: a function ends where the next one begins. */
void kallsyms_read(struct kallsyms *kallsyms, const char *path)
{
	FILE *file = fopen(path, "re");
	bool open = false, any = false;
	char line[512];
	size_t nr = 0;

	memset(kallsyms, 0, sizeof(*kallsyms));
	kallsyms->read = true;
	if (!file) {
		kallsyms->err = -errno;
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		char *symbol = symbol_of(line);
		__u64 at;

		if (!symbol)
			continue;
		if (strchr(symbol, '['))
			break; /* the rest are modules */
		if (any && !open && !may_be_wanted(symbol))
			continue;
		at = strtoull(line, NULL, 16);
		any |= at != 0;
		if (open && at > kallsyms->list.caller[nr - 1].from) {
			kallsyms->list.caller[nr - 1].to = at;
			open = false;
		}
		symbol[strcspn(symbol, " \t\n")] = '\0';
		if (at && tolower((unsigned char)symbol[-2]) == 't')
			open |= one_symbol(kallsyms, &nr, at, symbol);
	}
	fclose(file);
	kallsyms->err = !any ? -EPERM : kallsyms->roles ? 0 : -ENOENT;
}

bool kallsyms_has_waits(const struct kallsyms *kallsyms)
{
	const unsigned int need = 1U << DAX_WAIT_IN_PTE_FAULT | 1U << DAX_WAIT_IN_PMD_FAULT |
				  1U << DAX_WAIT_IN_MKWRITE | 1U << DAX_WAIT_IN_WRITEBACK |
				  1U << DAX_WAIT_IN_INVALIDATE | 1U << DAX_WAIT_IN_LAYOUT |
				  1U << DAX_WAIT_IN_MEMORY_FAILURE;

	return kallsyms->wake_func && (kallsyms->roles & need) == need;
}

bool kallsyms_has_zero_pages(const struct kallsyms *kallsyms)
{
	const unsigned int need = 1U << DAX_ROLE_GRAB | 1U << DAX_ROLE_INSERT;

	return (kallsyms->roles & need) == need;
}

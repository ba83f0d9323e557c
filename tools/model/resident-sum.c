// SPDX-License-Identifier: GPL-2.0-only
/* resident-sum.c - sums of what is mapped now, where some of it may be unknown. */
#include "model/num.h"
#include "model/resident-sum.h"

static const char *const names[DAX_NR_RESIDENT_STATES] = {
	[DAX_RESIDENT_NOT_ASKED] = "not_asked", [DAX_RESIDENT_KNOWN] = "known",
	[DAX_RESIDENT_NO_KERNEL] = "no_kernel", [DAX_RESIDENT_DENIED] = "denied",
	[DAX_RESIDENT_LIMIT] = "limit",
};

static const char *const means[DAX_NR_RESIDENT_STATES] = {
	[DAX_RESIDENT_NOT_ASKED] = "not asked for: see --resident",
	[DAX_RESIDENT_NO_KERNEL] = "this kernel cannot show it: PAGEMAP_SCAN needs Linux 6.7",
	[DAX_RESIDENT_DENIED] =
		"no privilege to look into the process (CAP_SYS_PTRACE), or it is in "
		"another pid namespace",
	[DAX_RESIDENT_LIMIT] = "too many processes or mappings to read in one update",
};

const char *dax_resident_name(enum dax_resident_state state)
{
	return names[state];
}

const char *dax_resident_means(enum dax_resident_state state)
{
	return means[state];
}

/* A known and an unknown part together are at least the known part. */
static void add_state(struct dax_item_resident *sum, enum dax_resident_state state)
{
	bool known = sum->state == DAX_RESIDENT_KNOWN;

	if (sum->state == DAX_RESIDENT_NOT_ASKED)
		sum->state = state;
	else if (known != (state == DAX_RESIDENT_KNOWN)) {
		sum->state = DAX_RESIDENT_KNOWN;
		sum->partial = true;
	}
}

void resident_add_part(struct dax_item_resident *sum, const struct dax_resident *part)
{
	int i;

	add_state(sum, part->state);
	sum->partial |= part->partial;
	for (i = 0; i < DAX_NR_RESIDENT_SIZES; i++)
		sum->bytes[i] = known_add(sum->bytes[i], part->bytes[i]);
}

void resident_add_state(struct dax_item_resident *sum, const struct dax_item_resident *process)
{
	if (process->state != DAX_RESIDENT_NOT_ASKED)
		add_state(sum, process->state);
	else if (sum->state == DAX_RESIDENT_KNOWN)
		sum->partial = true;
	sum->partial |= process->partial && process->state == DAX_RESIDENT_KNOWN;
}

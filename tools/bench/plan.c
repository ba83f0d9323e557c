// SPDX-License-Identifier: GPL-2.0-only
/* plan.c - choose range and page of each fault. */
#include "bench/plan.h"

__u64 plan_random(const struct plan *plan, __u64 n)
{
	__u64 x = plan->seed * 0x9e3779b97f4a7c15ULL + n + 1;

	/*
	 * Two rounds of multiply and shift: each input bit changes about half of the output bits.
	 */
	x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93ULL;
	x = (x ^ (x >> 29)) * 0xca5a826395121157ULL;
	return x ^ (x >> 32);
}

__u64 plan_range(const struct plan *plan, __u64 i)
{
	if (kind_in_pages(plan->kind))
		return i / DAX_RANGE_PAGES;
	if (plan->kind->geometry == GEO_SAME)
		return 0;
	return plan->range ? plan->range[i] : i;
}

unsigned int plan_page(const struct plan *plan, __u64 i)
{
	const struct bench_kind *kind = plan->kind;

	if (kind_in_pages(kind))
		return i % DAX_RANGE_PAGES;
	if (!plan->seed)
		return kind->page;
	if (!kind_falls_back(kind))
		return plan_random(plan, i) % DAX_RANGE_PAGES;
	return kind->page + plan_random(plan, i) % (WINDOW_PAGES - plan->follow);
}

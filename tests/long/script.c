// SPDX-License-Identifier: GPL-2.0-only
/* script.c - written by hand, from what dax_wire.h promises to count; the counts are no output of
 * the code. */
#include <string.h>
#include "script.h"
#include "util/lat.h"

/* As in the kernel; what the programs mark a fault with is in frame.bpf.h. */
#define SIGBUS_RESULT 0x0002
#define NOPAGE	      0x0100
#define FALLBACK      0x0800
#define DONE_COW      0x1000
#define NEEDDSYNC     0x2000

enum mark {
	ZERO = 0x0004,
	NOZERO = 0x0008,
	RACED = 0x0010,
	SPLIT_EMPTY = 0x0200,
	SPLIT_ZERO = 0x0400,
	UPGRADED = 0x0800,
	UPGRADE_FAILED = 0x1000,
};

#define RANGE_BYTES  (1ULL << DAX_RANGE_SHIFT)
#define WAIT_NS	     ((1ULL << 33) + 77)
#define WALK_PLAIN   1
#define WALK_PMD     2
#define WALK_MIXED   3
#define UNSEEN_INO   (~0ULL)		/* of a file that no fault is on */
#define FAR_PAGES(n) ((__u64)(n) << 27) /* apart from each other and from the single ranges */

static void push(struct script *s, enum loop_door door, __u32 result)
{
	struct loop_event *ev = &s->ev[s->nr];

	if (s->nr == LOOP_MAX_EVENTS)
		return;
	*ev = s->next;
	ev->door = door;
	ev->result = result;
	s->nr++;
}

/* The next fault: a read in a range of its own, of a file of whole and aligned extents. */
static void fresh(struct script *s)
{
	s->touched++;
	s->next = (struct loop_event){
		.shared = 1,
		.max = 1,
		.ino = 1,
		.pgoff = s->touched * DAX_RANGE_PAGES,
		.after = RANGE_BYTES,
		.ext_len = RANGE_BYTES,
		.ext_addr = 8 * RANGE_BYTES,
	};
}

static void count(struct script *s, enum dax_outcome outcome, int class)
{
	s->each.fault[outcome][s->next.write]++;
	if (class < DAX_NR_CLASSES)
		s->timed[class]++;
}

static void mark(struct script *s, __u32 arg)
{
	push(s, LOOP_MARK, 0);
	s->ev[s->nr - 1].arg = arg;
}

static void begin(struct script *s, bool pmd)
{
	if (pmd)
		push(s, LOOP_PMD_FAULT, 0);
	else if (s->begins)
		push(s, LOOP_PTE_FAULT, 0);
}

/* A 4 KiB fault from begin to end; @marks happen within. */
static void pte(struct script *s, __u32 marks, __u32 result, enum dax_outcome outcome, int class)
{
	begin(s, false);
	if (marks)
		mark(s, marks);
	push(s, LOOP_PTE_DONE, result);
	count(s, outcome, class);
}

static void pte_untried(struct script *s, __u32 marks, __u32 result, enum dax_outcome outcome,
			int class)
{
	pte(s, marks, result, outcome, class);
	s->each.range[DAX_RANGE_NEVER_TRIED]++;
}

static void pmd(struct script *s, __u32 marks, __u32 result, enum dax_outcome outcome, int class)
{
	begin(s, true);
	if (marks)
		mark(s, marks);
	push(s, LOOP_EXTENT, 0);
	push(s, LOOP_PMD_DONE, result);
	count(s, outcome, class);
}

static void small_faults(struct script *s)
{
	fresh(s);
	s->next.write = 1;
	pte_untried(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	fresh(s);
	pte_untried(s, ZERO, NOPAGE, DAX_PTE_ZERO, DAX_LAT_ZERO);
	fresh(s);
	s->next.write = s->next.cow = 1;
	pte_untried(s, 0, DONE_COW, DAX_PTE_COPY, DAX_LAT_PTE);
	pte(s, 0, NOPAGE, DAX_PTE_RETRY, DAX_NR_CLASSES); /* lost a race for the page table */
	s->next.write = s->next.cow = 0;
	pte(s, 0, 0, DAX_PTE_RETRY, DAX_NR_CLASSES);
	pte(s, 0, SIGBUS_RESULT, DAX_PTE_ERROR, DAX_NR_CLASSES);

	fresh(s); /* its begin was before we looked */
	push(s, LOOP_PTE_DONE, NOPAGE);
	count(s, DAX_PTE_MAPPED, DAX_NR_CLASSES);
	s->each.untimed++;
	s->each.range[DAX_RANGE_NEVER_TRIED]++;
}

/* A write through MAP_SYNC, then its second half at @door; DAX_NR_OUTCOMES: it never comes. */
static void sync_write(struct script *s, bool large, enum loop_door door, __u32 result,
		       enum dax_outcome outcome, int class)
{
	begin(s, large);
	push(s, large ? LOOP_PMD_DONE : LOOP_PTE_DONE, NEEDDSYNC);
	push(s, door, result);
	count(s, outcome, class);
}

static void sync_writes(struct script *s)
{
	fresh(s);
	s->next.write = 1;
	sync_write(s, false, LOOP_MKWRITE, NOPAGE, DAX_PTE_SYNC, DAX_LAT_SYNC);
	s->each.range[DAX_RANGE_NEVER_TRIED]++;
	sync_write(s, false, LOOP_MKWRITE, SIGBUS_RESULT, DAX_PTE_ERROR, DAX_NR_CLASSES);
	sync_write(s, false, LOOP_MKWRITE_NO_ENTRY, 0, DAX_PTE_RETRY, DAX_NR_CLASSES);
	fresh(s);
	s->next.write = 1;
	s->served++;
	sync_write(s, true, LOOP_MKWRITE, NOPAGE, DAX_PMD_SYNC, DAX_LAT_SYNC);
	sync_write(s, true, LOOP_MKWRITE, SIGBUS_RESULT, DAX_PMD_ERROR, DAX_NR_CLASSES);
	sync_write(s, true, LOOP_MKWRITE_NO_ENTRY, 0, DAX_PMD_RETRY, DAX_NR_CLASSES);
	/* The sync failed, so the second half never comes: known when the next fault begins. */
	begin(s, true);
	push(s, LOOP_PMD_DONE, NEEDDSYNC);
	count(s, DAX_PMD_ERROR, DAX_NR_CLASSES);
	s->each.untimed++;
	pmd(s, 0, NOPAGE, DAX_PMD_MAPPED, DAX_LAT_PMD);
}

static void large_faults(struct script *s)
{
	fresh(s);
	s->served++;
	pmd(s, 0, NOPAGE, DAX_PMD_MAPPED, DAX_LAT_PMD);
	s->next.write = 1;
	pmd(s, 0, NOPAGE, DAX_PMD_MAPPED, DAX_LAT_PMD);
	s->next.write = 0;
	pmd(s, 0, 0, DAX_PMD_RETRY, DAX_NR_CLASSES);
	pmd(s, 0, SIGBUS_RESULT, DAX_PMD_ERROR, DAX_NR_CLASSES);
	fresh(s);
	s->served++;
	pmd(s, ZERO, NOPAGE, DAX_PMD_ZERO, DAX_LAT_ZERO);
}

/* A fallback for @reason, the 4 KiB fault it ends in, and two more of the same range. */
static void fall(struct script *s, enum dax_reason reason, __u32 marks, bool extent)
{
	begin(s, true);
	if (marks)
		mark(s, marks);
	if (extent)
		push(s, LOOP_EXTENT, 0);
	push(s, LOOP_PMD_DONE, FALLBACK);
	count(s, DAX_PMD_FALLBACK, DAX_LAT_FALLBACK);
	s->each.reason[reason]++;
	pte(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	for (int i = 0; i < 2; i++) {
		s->next.pgoff++;
		pte(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
		s->each.range[DAX_RANGE_STICKY]++;
	}
}

static void fallbacks(struct script *s)
{
	fresh(s);
	s->next.skew = 4096;
	fall(s, DAX_WHY_MISALIGNED_ADDR, 0, false);
	fresh(s);
	s->next.write = 1;
	s->next.shared = 0;
	fall(s, DAX_WHY_PRIVATE_WRITE, 0, false);
	fresh(s);
	s->next.before = 4096;
	fall(s, DAX_WHY_VMA_START, 0, false);
	fresh(s);
	s->next.after -= 4096;
	fall(s, DAX_WHY_VMA_END, 0, false);
	fresh(s);
	s->next.max = 0;
	fall(s, DAX_WHY_PAST_EOF, 0, false);
	fresh(s);
	s->next.entries = LOOP_1_GIB;
	fall(s, DAX_WHY_PTE_ENTRY, 0, false);
	fresh(s); /* entries, but none so far behind in the file */
	s->next.entries = LOOP_16_MIB;
	fall(s, DAX_WHY_LOOKUP_FAILED, 0, false);
	fresh(s);
	fall(s, DAX_WHY_LOOKUP_FAILED, 0, false);
	fresh(s);
	s->next.ext_len -= 4096;
	fall(s, DAX_WHY_EXTENT_SHORT, 0, true);
	fresh(s);
	s->next.ext_addr += 4096;
	fall(s, DAX_WHY_EXTENT_MISALIGNED, 0, true);
	fresh(s);
	fall(s, DAX_WHY_DEVICE_SHORT, 0, true);
	fresh(s);
	fall(s, DAX_WHY_NO_ZERO_PAGE, NOZERO, true);
	fresh(s);
	fall(s, DAX_WHY_LOST_RACE, RACED, true);

	fresh(s); /* a hole, and nothing wrong with it: no reason that we know */
	s->next.ext_addr = ~0ULL;
	fall(s, DAX_WHY_UNKNOWN, 0, true);

	/* The same access falls back twice: once more is a retry. Without a change of locks it is another. */
	for (int kind = 0; kind < 3; kind++) {
		fresh(s);
		s->next.max = 0;
		for (int again = 0; again < 2; again++) {
			bool same = again && kind == 2;

			s->next.vma_lock = kind && !same;
			begin(s, true);
			push(s, LOOP_PMD_DONE, FALLBACK);
			count(s, same ? DAX_PMD_RETRY : DAX_PMD_FALLBACK,
			      same ? DAX_NR_CLASSES : DAX_LAT_FALLBACK);
			s->each.reason[DAX_WHY_PAST_EOF] += !same;
		}
		pte(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	}
}

static void waited(struct script *s, struct dax_cell *cell, __u64 *timed, __u32 op)
{
	push(s, LOOP_WAITED, 0);
	s->ev[s->nr - 1].arg = op;
	s->ev[s->nr - 1].ns = WAIT_NS;
	cell->wait[op]++;
	cell->lat_sum[DAX_LAT_WAIT] += WAIT_NS;
	cell->lat_max[DAX_LAT_WAIT] = WAIT_NS;
	*timed += 1;
}

static void entries(struct script *s)
{
	__u64 not_ours = 0;

	fresh(s);
	begin(s, true);
	push(s, LOOP_EXTENT, 0);
	waited(s, &s->each, &s->timed[DAX_LAT_WAIT], DAX_WAIT_IN_PMD_FAULT);
	push(s, LOOP_PMD_DONE, NOPAGE);
	count(s, DAX_PMD_MAPPED, DAX_LAT_PMD);
	s->served++;
	pte(s, SPLIT_EMPTY, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	s->each.entry[DAX_SPLIT_EMPTY]++;
	pte(s, SPLIT_ZERO, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	s->each.entry[DAX_SPLIT_ZERO]++;
	pmd(s, UPGRADED, NOPAGE, DAX_PMD_MAPPED, DAX_LAT_PMD);
	s->each.entry[DAX_UPGRADED]++;
	pmd(s, UPGRADE_FAILED, 0, DAX_PMD_RETRY, DAX_NR_CLASSES);
	s->each.entry[DAX_UPGRADE_FAILED]++;
	/* Outside of faults: for this file, and for one that nobody faulted on. */
	waited(s, &s->each, &s->timed[DAX_LAT_WAIT], DAX_WAIT_IN_INVALIDATE);
	waited(s, &s->outside, &not_ours, DAX_WAIT_IN_WRITEBACK);
	s->ev[s->nr - 1].ino = UNSEEN_INO;
}

static void walks(struct script *s, __u32 plain)
{
	__u32 i;

	fresh(s);
	s->touched--;
	s->next.pgoff = FAR_PAGES(1);
	s->next.by_page = 1;
	s->next.walk = WALK_PLAIN;
	for (i = 0; i < plain; i++) {
		pte_untried(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
		s->ev[s->nr - 1].steps = 1;
	}
	s->walk[WALK_PLAIN] =
		(struct walk){.ranges = 64, .per_step = DAX_RANGE_PAGES, .steps = plain};

	s->next.pgoff = FAR_PAGES(2);
	s->next.by_page = DAX_RANGE_PAGES;
	s->next.walk = WALK_PMD;
	pmd(s, 0, NOPAGE, DAX_PMD_MAPPED, DAX_LAT_PMD);
	s->ev[s->nr - 1].steps = 1;
	s->walk[WALK_PMD] = (struct walk){.ranges = 65536, .per_step = 1, .steps = 1, .pmd = true};

	s->next.pgoff = FAR_PAGES(3);
	s->next.by_cpu = FAR_PAGES(1);
	s->next.walk = WALK_MIXED;
	pte(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	pmd(s, 0, NOPAGE, DAX_PMD_MAPPED, DAX_LAT_PMD);
	pte(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	s->ev[s->nr - 1].steps = 1;
	s->walk[WALK_MIXED] = (struct walk){
		.ranges = 4096, .per_step = 1, .steps = 1, .own = true, .pmd = true, .mixed = true};
}

static void script_init(struct script *s, bool begins)
{
	memset(s, 0, sizeof(*s));
	s->begins = begins;
}

void script_all(struct script *s, bool begins, __u32 plain)
{
	script_init(s, begins);
	walks(s, plain);
	small_faults(s);
	sync_writes(s);
	large_faults(s);
	fallbacks(s);
	entries(s);
}

static void script_far(struct script *s, bool begins)
{
	script_init(s, begins);
	fresh(s);
	s->touched = 0;
	s->next.walk = WALK_PLAIN;
}

void script_chunks(struct script *s, bool begins, __u64 chunks)
{
	script_far(s, begins);
	s->next.by_page = DAX_CHUNK_RANGES * DAX_RANGE_PAGES;
	pte(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	s->ev[s->nr - 1].steps = 1;
	s->walk[WALK_PLAIN] = (struct walk){.ranges = chunks, .per_step = 1, .steps = 1};
}

void script_files(struct script *s, bool begins, __u64 files)
{
	script_far(s, begins);
	s->next.by_ino = 1;
	pte_untried(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
	s->ev[s->nr - 1].steps = 1;
	s->walk[WALK_PLAIN] = (struct walk){.ranges = files, .per_step = 1, .steps = 1};
}

void script_fall(struct script *s, bool begins)
{
	script_far(s, begins);
	s->next.max = 0;
	begin(s, true);
	push(s, LOOP_PMD_DONE, FALLBACK);
	count(s, DAX_PMD_FALLBACK, DAX_LAT_FALLBACK);
	s->each.reason[DAX_WHY_PAST_EOF]++;
}

void script_move(struct script *s, bool begins)
{
	script_init(s, begins);
	fresh(s);
	s->next.write = 1;
	begin(s, false);
	push(s, LOOP_PTE_DONE, NEEDDSYNC);
	s->part[0] = s->nr;
	push(s, LOOP_MKWRITE, NOPAGE);
	count(s, DAX_PTE_SYNC, DAX_LAT_SYNC);
	s->each.range[DAX_RANGE_NEVER_TRIED]++;
	s->next.write = 0;
	s->part[1] = s->nr;
	pte_untried(s, 0, NOPAGE, DAX_PTE_MAPPED, DAX_LAT_PTE);
}

void script_of_file(struct script *s, __u64 ino)
{
	for (__u32 i = 0; i < s->nr; i++)
		if (s->ev[i].ino != UNSEEN_INO)
			s->ev[i].ino = ino;
}

__u64 script_faults(const struct script *s)
{
	__u64 sum = 0;

	for (int i = 0; i < DAX_NR_OUTCOMES; i++)
		sum += s->each.fault[i][0] + s->each.fault[i][1];
	return sum;
}

static void multiply(struct dax_cell *cell, const struct dax_cell *each, __u64 by)
{
	const __u64 *word = (const __u64 *)each;
	__u64 *to = (__u64 *)cell;

	for (size_t i = 0; i < sizeof(*cell) / sizeof(*to); i++)
		to[i] = word[i] * by;
	memcpy(cell->lat_max, each->lat_max, sizeof(cell->lat_max));
}

static void wait_buckets(struct dax_cell *cell)
{
	__u64 sum = 0;
	unsigned int i;

	for (i = 0; i < DAX_NR_WAITS; i++)
		sum += cell->wait[i];
	for (i = 0; i < DAX_LAT_BUCKETS - 1 && dax_lat_upper(i) <= WAIT_NS; i++)
		;
	cell->lat[DAX_LAT_WAIT][i] = sum;
}

void script_caused(const struct script *s, __u64 plays, __u32 cpus, bool first,
		   struct dax_cell *cell, struct dax_cell *outside, __u64 timed[DAX_NR_CLASSES])
{
	__u64 *range = cell->range;
	int i;

	multiply(cell, &s->each, plays * cpus);
	multiply(outside, &s->outside, plays * cpus);
	wait_buckets(cell);
	wait_buckets(outside);
	for (i = 0; i < DAX_NR_CLASSES; i++)
		timed[i] = s->timed[i] * plays * cpus;
	if (!first)
		return;
	range[DAX_RANGE_TOUCHED] += s->touched;
	range[DAX_RANGE_PMD] += s->served;
	for (i = 0; i < LOOP_WALKS; i++) {
		const struct walk *walk = &s->walk[i];
		__u64 gone = walk->steps
				     ? (plays * walk->steps + walk->per_step - 1) / walk->per_step
				     : 0;
		__u64 seen = (gone < walk->ranges ? gone : walk->ranges) * (walk->own ? cpus : 1);

		range[DAX_RANGE_TOUCHED] += seen;
		if (walk->pmd)
			range[DAX_RANGE_PMD] += seen;
		if (walk->mixed)
			range[DAX_RANGE_NEVER_TRIED] += seen;
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/* dash-numbers.c - the judge's statistics of samples on standard input, for others to check: see dash-scipy.sh. */
#include <stdio.h>
#include <stdlib.h>
#include "dash/judge/stats.h"

#define MOST 4096

/* A line: n m, then n values of x and m of y. */
int main(void)
{
	static double x[MOST], y[MOST], d[MOST];
	size_t n, m, i;

	while (scanf("%zu %zu", &n, &m) == 2 && n && m && n <= MOST && m <= MOST) {
		size_t least = n < m ? n : m;
		struct mwu exact, normal;
		struct interval shift, signs = {0};
		double p;

		for (i = 0; i < n + m; i++)
			if (scanf("%lf", i < n ? &x[i] : &y[i - n]) != 1)
				return 1;
		for (i = 0; i < least; i++)
			d[i] = y[i] - x[i];
		exact = stat_mwu(x, n, y, m);
		normal = stat_mwu_normal(x, n, y, m, true);
		shift = stat_shift(x, n, y, m);
		p = stat_signed_rank(d, least, &signs);
		printf("{\"pooled\": %.17g, \"welch\": %.17g, \"u\": %.17g, \"exact\": %.17g, \"is_exact\": %d, "
		       "\"normal\": %.17g, \"ks\": %.17g, \"shift\": %.17g, \"signed\": %.17g, \"median\": %.17g, \"student\": %.17g}\n",
		       stat_pooled(x, n, y, m, 1), stat_welch(x, n, y, m), exact.u, exact.p, exact.exact,
		       normal.p, stat_ks(x, n, y, m), shift.at, p, stat_median(x, n),
		       stat_student(x[0], (double)n));
	}
	return 0;
}

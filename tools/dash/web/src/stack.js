// SPDX-License-Identifier: GPL-2.0-only
// stack.js - series that are parts of one whole, stacked: fallbacks by reason.

function sumsOf(doc, stack) {
	const parts = stack.parts.map(part => ({name: part.value, series: doc.series[part.series]}));
	const commits = [...new Set(parts.flatMap(part => Array.from(part.series.points.commit)))].sort((a, b) => a - b);
	const where = new Map(commits.map((commit, i) => [commit, i]));
	for (const part of parts) {
		part.values = new Float64Array(commits.length).fill(NaN);
		const {commit, value, flags} = part.series.points;
		for (let i = 0; i < commit.length; i++) if (!(flags[i] & 2)) part.values[where.get(commit[i])] = value[i];
		part.total = part.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
	}
	// Parts without counts get no colour; the largest is at the bottom.
	const seen = parts.filter(part => part.total > 0).sort((a, b) => b.total - a.total);
	return {commits, seen, never: parts.filter(part => !(part.total > 0)).map(part => part.name)};
}

const STACK_COLORS = 8;

function stackChart(doc, stack, options) {
	const {commits, seen, never} = sumsOf(doc, stack);
	if (!seen.length) return {none: el('p', {class: 'muted'}, `No ${stack.name} in any run.`)};
	const first = seen[0].series;
	let below = new Float64Array(commits.length);
	const tops = seen.map(part => below = Float64Array.from(below, (sum, i) => sum + (Number.isNaN(part.values[i]) ? 0 : part.values[i])));
	const color = i => theme.color(`part-${i % STACK_COLORS}`);
	const zero = new Float64Array(commits.length);
	// From the top down, each filled to the one below; the last is 0.
	const order = seen.map((_, i) => i).reverse();
	const chart = makeChart({
		doc, title: `${stack.name} by ${stack.label} of ${stack.workload}`, x: commits, height: 220, byTime: options.byTime,
		data: [...order.map(i => tops[i]), zero], axis: value => tick(first, value), range: (u, min, max) => [0, (max || 1) * 1.08],
		series: [...order.map(i => ({label: seen[i].name, stroke: () => color(i), width: 1, points: {show: false}, paths: uPlot.paths.stepped({align: 1})})),
			{stroke: 'transparent', points: {show: false}, paths: uPlot.paths.stepped({align: 1})}],
		bands: order.map((i, at) => ({series: [at + 1, at + 2], fill: () => color(i)})),
		readout: at => `${sha(doc.commits[commits[at]])} · ` + (seen.filter(part => part.values[at] > 0)
			.map(part => `${part.name} ${amount(part.series, part.values[at])}`).join(', ') || 'none'),
		focus: at => tops[tops.length - 1][at], choose: options.choose,
	});
	const legend = el('ul', {class: 'legend'}, seen.map((part, i) => el('li', null, el('span', {class: `key part-${i % STACK_COLORS}`}),
		el('a', {href: route.link('series', part.series.id)}, part.name))), never.length > 0 && el('li', {class: 'muted'}, `never: ${never.join(', ')}`));
	const table = pagedTable(`${stack.name} by ${stack.label}, newest first`, [
		{title: 'Commit', cell: at => el('code', null, sha(doc.commits[commits[at]]))},
		...seen.map(part => ({title: part.name, number: true, cell: at => Number.isNaN(part.values[at]) ? 'unknown' : count(part.values[at])})),
	], commits.map((_, i) => i).reverse());
	return {chart, legend, table};
}

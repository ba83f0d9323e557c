// SPDX-License-Identifier: GPL-2.0-only
// heatmap.js - latency over commits: a column is the histogram of a commit; the colour is the share of its faults.

// The document has only buckets with counts, so a lower bound is the next lower bound seen, within a quarter.
function boundsOf(hist) {
	const uppers = new Set();
	for (const buckets of hist.buckets) for (const [upper] of buckets) if (upper) uppers.add(upper);
	const sorted = [...uppers].sort((a, b) => a - b), lower = new Map();
	sorted.forEach((upper, i) => lower.set(upper, Math.max(i > 0 ? sorted[i - 1] : 0, upper / 1.26)));
	const most = sorted.length ? sorted[sorted.length - 1] : 1;
	return {lower, most};
}

function quantile(buckets, share) {
	const total = buckets.reduce((sum, [, n]) => sum + n, 0);
	let below = 0;
	for (const [upper, n] of buckets) {
		below += n;
		if (below >= share * total && total > 0) return upper;
	}
	return null;
}

const HEAT_STEPS = 7;

function heatColor(share) {
	// The lightest colour is a share of 0.01 %, the darkest is all.
	const step = Math.round((1 + Math.max(-4, Math.log10(share)) / 4) * (HEAT_STEPS - 1));
	return theme.color(`heat-${Math.max(0, Math.min(HEAT_STEPS - 1, step))}`);
}

function heatmap(doc, series, options) {
	const hist = series.hist, x = Array.from(hist.point, point => series.points.commit[point]), {lower, most} = boundsOf(hist);
	const totals = hist.buckets.map(buckets => buckets.reduce((sum, [, n]) => sum + n, 0));
	const lines = [0.5, 0.99].map(share => hist.buckets.map(buckets => quantile(buckets, share)));
	const least = Math.min(...lower.values());
	const under = u => {
		const {ctx} = u, xs = u.data[0];
		ctx.save();
		ctx.beginPath();
		ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
		ctx.clip();
		const colors = new Map();
		for (let i = 0; i < xs.length; i++) {
			const half = [i > 0 ? (xs[i] - xs[i - 1]) / 2 : 0.5, i + 1 < xs.length ? (xs[i + 1] - xs[i]) / 2 : 0.5];
			const left = u.valToPos(xs[i] - half[0], 'x', true), right = u.valToPos(xs[i] + half[1], 'x', true);
			if (right < u.bbox.left || left > u.bbox.left + u.bbox.width) continue;
			for (const [upper, n] of hist.buckets[i]) {
				const top = u.valToPos(upper || most * 1.26, 'y', true), bottom = u.valToPos(upper ? lower.get(upper) : most, 'y', true);
				const share = n / totals[i], key = Math.round(Math.log10(share) * 4);
				if (!colors.has(key)) colors.set(key, heatColor(share));
				ctx.fillStyle = colors.get(key);
				ctx.fillRect(left, top, Math.max(1, right - left + 0.5), bottom - top + 0.5);
			}
		}
		ctx.restore();
	};
	const text = i => `${sha(doc.commits[x[i]])} · half of ${count(totals[i])} took at most ${duration(lines[0][i] ?? Infinity)}, ` +
		`99 % at most ${lines[1][i] === null ? 'no bound' : duration(lines[1][i])}`;
	const chart = makeChart({
		doc, title: `Latency of ${series.name}`, x, data: lines, height: 260, log: true, byTime: options.byTime,
		range: () => [least / 1.3, most * 1.6], axis: value => duration(value), under, readout: text, focus: i => lines[0][i], choose: options.choose,
		series: [{label: '50 %', stroke: () => theme.color('ink'), width: 1.5, points: {show: false}},
			{label: '99 %', stroke: () => theme.color('ink'), width: 1.5, dash: [5, 4], points: {show: false}}],
	});
	const legend = el('p', {class: 'legend'}, el('span', {class: 'key line'}), '50 %', el('span', {class: 'key dashed'}), '99 %',
		el('span', {class: 'ramp', role: 'img', 'aria-label': 'pale is a share of 0.01 %, dark is all'}, Array.from({length: HEAT_STEPS}, (_, i) => el('i', {class: `heat-${i}`}))),
		'0.01 % to 100 % of the faults');
	const order = x.map((_, i) => i).reverse();
	const table = pagedTable(`Latency of ${series.name} by commit, newest first`, [
		{title: 'Commit', cell: i => el('code', null, sha(doc.commits[x[i]]))},
		{title: 'Faults', number: true, cell: i => count(totals[i])},
		...[0.5, 0.9, 0.99, 0.999].map(share => ({title: `${share * 100} %`, number: true, cell: i => {
			const value = quantile(hist.buckets[i], share);
			return value === null ? 'no bound' : duration(value);
		}})),
	], order);
	return {chart, legend, table};
}

// SPDX-License-Identifier: GPL-2.0-only
// trend.js - the chart of one series: points, levels, and where it changed.

// Points that were left out are drawn hollow and are not connected.
function split(series) {
	const {value, flags, lo, hi} = series.points;
	const n = value.length, kept = new Float64Array(n), out = new Array(n), low = new Array(n), high = new Array(n);
	let spreads = false;
	const joined = Array.from(kept, (_, i) => flags[i] || Number.isNaN(value[i]) ? null : value[i]);
	for (let i = 0; i < n; i++) {
		out[i] = flags[i] && !Number.isNaN(value[i]) ? value[i] : null;
		low[i] = joined[i] === null || Number.isNaN(lo[i]) ? joined[i] : lo[i];
		high[i] = joined[i] === null || Number.isNaN(hi[i]) ? joined[i] : hi[i];
		spreads = spreads || low[i] !== high[i];
	}
	return {joined, out, low, high, spreads};
}

function drawLevels(doc, series, u) {
	const {ctx} = u, dpr = DPR(), {commit} = series.points, place = index => u.valToPos(u.data[0][index], 'x', true);
	ctx.save();
	ctx.beginPath();
	ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
	ctx.clip();
	for (const level of series.segments) {
		if (level.median === null || level.to >= commit.length) continue;
		const left = place(level.from), right = place(level.to), y = u.valToPos(level.median, 'y', true);
		if (level.lo !== null && level.hi !== null) {
			ctx.fillStyle = theme.color('level-band');
			const top = u.valToPos(level.hi, 'y', true);
			ctx.fillRect(left, top, right - left, u.valToPos(level.lo, 'y', true) - top);
		}
		ctx.strokeStyle = theme.color('level');
		ctx.lineWidth = 2 * dpr;
		ctx.beginPath();
		ctx.moveTo(left, y);
		ctx.lineTo(right, y);
		ctx.stroke();
	}
	for (const one of series.changes) {
		if (one.state === 'weak') continue;
		const x = place(one.point), up = one.after > one.before, y = u.bbox.top + (up ? 12 : 3) * dpr, size = 5 * dpr;
		ctx.strokeStyle = ctx.fillStyle = theme.color(one.worse ? (one.state === 'acknowledged' ? 'muted' : 'bad') : 'good');
		ctx.lineWidth = dpr;
		ctx.setLineDash([4 * dpr, 3 * dpr]);
		ctx.beginPath();
		ctx.moveTo(x, u.bbox.top + 14 * dpr);
		ctx.lineTo(x, u.bbox.top + u.bbox.height);
		ctx.stroke();
		ctx.setLineDash([]);
		ctx.beginPath();
		ctx.moveTo(x - size, y);
		ctx.lineTo(x + size, y);
		ctx.lineTo(x, y + (up ? -9 : 9) * dpr);
		ctx.fill();
	}
	ctx.restore();
}

function pointText(doc, series, i) {
	const points = series.points, commit = doc.commits[points.commit[i]];
	const runs = points.n[i] > 1 ? `, ${points.n[i]} runs, ${amount(series, points.lo[i])} to ${amount(series, points.hi[i])}` : '';
	const notes = flagWords(points.flags[i]);
	return `${sha(commit)} · ${amount(series, points.value[i])}${runs}${notes ? ` · ${notes}` : ''}${commit.subject ? ` · ${commit.subject}` : ''}`;
}

function pointTable(doc, series) {
	const points = series.points, order = Array.from(points.commit, (_, i) => i).reverse();
	return pagedTable(`Points of ${series.name}, newest first`, [
		{title: 'Commit', cell: i => el('code', null, sha(doc.commits[points.commit[i]]))},
		{title: 'Date', cell: i => day(doc.commits[points.commit[i]].time)},
		{title: 'Value', number: true, cell: i => amount(series, points.value[i])},
		{title: 'Lowest', number: true, cell: i => amount(series, points.lo[i])},
		{title: 'Highest', number: true, cell: i => amount(series, points.hi[i])},
		{title: 'Runs', number: true, cell: i => String(points.n[i])},
		{title: 'Notes', cell: i => flagWords(points.flags[i])},
		{title: 'Subject', cell: i => doc.commits[points.commit[i]].subject || ''},
	], order);
}

function trendChart(doc, series, options) {
	const {joined, out, low, high, spreads} = split(series);
	const positive = joined.every(value => value === null || value > 0) && out.every(value => value === null || value > 0);
	const list = [
		{label: 'value', stroke: () => theme.color('line'), width: 1.25, spanGaps: true, points: {size: 5, fill: () => theme.color('line')}},
		{label: 'left out', stroke: () => theme.color('muted'), paths: () => null, points: {show: true, size: 6, width: 1.25, fill: () => theme.color('paper')}},
	];
	const data = [joined, out];
	if (spreads) {
		list.push({stroke: 'transparent', points: {show: false}}, {stroke: 'transparent', points: {show: false}});
		data.push(high, low);
	}
	return makeChart({
		doc, title: series.name, x: series.points.commit, series: list, data,
		bands: spreads ? [{series: [3, 4], fill: () => theme.color('band')}] : undefined,
		axis: value => tick(series, value), log: options.log && positive, byTime: options.byTime, height: options.height,
		draw: u => drawLevels(doc, series, u), readout: i => pointText(doc, series, i), focus: i => series.points.value[i],
		choose: options.choose,
	});
}

// A small chart for tables: lowest and highest value of each column, so that no spike is lost.
const SPARK_WIDTH = 150, SPARK_HEIGHT = 28;

function sparkline(series) {
	const {value, flags} = series.points, n = value.length, columns = Math.min(n, SPARK_WIDTH / 2);
	let min = Infinity, max = -Infinity;
	for (let i = 0; i < n; i++) {
		if (flags[i] || Number.isNaN(value[i])) continue;
		min = Math.min(min, value[i]);
		max = Math.max(max, value[i]);
	}
	const root = svg('svg', {class: 'spark', viewBox: `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`, 'aria-hidden': 'true', width: SPARK_WIDTH, height: SPARK_HEIGHT});
	if (!(max >= min)) return root;
	const middle = (max + min) / 2, half = Math.max((max - min) / 2, Math.abs(middle) * 0.01, 1e-12);
	const y = v => (SPARK_HEIGHT / 2 - (v - middle) / half * (SPARK_HEIGHT / 2 - 3)).toFixed(1);
	const x = i => (2 + i / Math.max(1, n - 1) * (SPARK_WIDTH - 4)).toFixed(1);
	const parts = [];
	for (let column = 0; column < columns; column++) {
		const from = Math.floor(column * n / columns), to = Math.floor((column + 1) * n / columns);
		let low = Infinity, high = -Infinity;
		for (let i = from; i < to; i++) {
			if (flags[i] || Number.isNaN(value[i])) continue;
			low = Math.min(low, value[i]);
			high = Math.max(high, value[i]);
		}
		if (high >= low) parts.push(`${parts.length ? 'L' : 'M'}${x(from)} ${y(low)}${low < high ? `L${x(from)} ${y(high)}` : ''}`);
	}
	root.append(svg('path', {d: parts.join(''), class: 'spark-line'}));
	for (const one of series.changes)
		if (one.state !== 'weak') root.append(svg('path', {class: one.worse ? 'spark-worse' : 'spark-better', d: `M${x(one.point)} 1V${SPARK_HEIGHT - 1}`}));
	return root;
}

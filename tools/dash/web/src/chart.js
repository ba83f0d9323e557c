// SPDX-License-Identifier: GPL-2.0-only
// chart.js - one chart over commits: uPlot, with a readout, keys, and zoom and cursor shared with other charts.

const AXIS_FONT = '12px system-ui, sans-serif';

// The x of a chart is the index of a commit, or its time, in an order that never decreases.
function timesOf(doc) {
	let last = 0;
	return doc.commits.map(commit => {
		last = Math.max(last, commit.time || 0);
		return last;
	});
}

function commitTicks(doc, chart, splits) {
	return splits.map(at => Number.isInteger(at) && doc.commits[at] ? doc.commits[at].sha.slice(0, 7) : '');
}

/*
 * options: {doc, title, x: commit of each point, series and data as uPlot's, axis(value): text of the y axis, log, height,
 * readout(point): text, draw(u): what is painted over it, under(u): beneath it, byTime, choose(point), table: element}
 */
function makeChart(options) {
	const {doc, x} = options;
	const times = options.byTime ? timesOf(doc) : null;
	const at = commit => times ? times[commit] : commit;
	const xs = Float64Array.from(x, at);
	const readout = el('p', {class: 'readout'}, '\u00a0');
	const holder = el('div', {class: 'plot'});
	const root = el('div', {class: 'chart', role: 'figure', tabindex: '0', 'aria-label': `${options.title}. Chart over ${x.length} points: ` +
		'left and right move along it, plus and minus zoom, 0 shows all, Enter chooses a commit. The table below has the same numbers.'},
	holder);
	let plot = null, here = -1, quiet = false;

	const show = range => {
		if (!plot || !x.length) return;
		quiet = true;
		const all = [xs[0], xs[xs.length - 1]];
		const [from, to] = range ? [at(Math.max(0, Math.ceil(range[0]))), at(Math.min(doc.commits.length - 1, Math.floor(range[1])))] : all;
		const room = times ? Math.max(1, (to - from) * 0.01) : 0.5;
		plot.setScale('x', {min: from - room, max: to + room});
		quiet = false;
	};
	// What the user selected by dragging, as commits.
	const chosen = (min, max) => {
		let from = -1, to = -1;
		for (let i = 0; i < doc.commits.length; i++) {
			if (at(i) >= min && from < 0) from = i;
			if (at(i) <= max) to = i;
		}
		return from >= 0 && to > from ? [from, to] : null;
	};
	const visible = () => {
		const {min, max} = plot.scales.x;
		let first = xs.findIndex(value => value >= min), last = xs.length - 1;
		while (last > 0 && xs[last] > max) last--;
		if (first < 0) first = 0;
		return [first, last];
	};
	const point = index => {
		here = index;
		readout.textContent = index === null || index < 0 ? '\u00a0' : plain(options.readout(index));
	};
	const go = index => {
		const [first, last] = visible();
		const to = Math.min(last, Math.max(first, index));
		const value = options.focus(to);
		const left = plot.valToPos(xs[to], 'x'), top = value === null || Number.isNaN(value) ? 0 : plot.valToPos(value, 'y');
		plot.setCursor({left, top});
		point(to);
		say(options.readout(to));
	};
	const zoomBy = factor => {
		const range = zoom.range || [0, doc.commits.length - 1];
		const middle = here >= 0 ? x[here] : (range[0] + range[1]) / 2;
		const half = Math.max(2, (range[1] - range[0]) * factor / 2);
		const next = [Math.max(0, Math.round(middle - half)), Math.min(doc.commits.length - 1, Math.round(middle + half))];
		zoom.set(next[0] === 0 && next[1] === doc.commits.length - 1 ? null : next);
		say(zoom.range ? `shown: ${rangeOf(doc, zoom.range)}` : 'all commits shown');
	};
	const keys = {
		ArrowLeft: event => go(here < 0 ? visible()[1] : here - (event.shiftKey ? 10 : 1)),
		ArrowRight: event => go(here < 0 ? visible()[0] : here + (event.shiftKey ? 10 : 1)),
		Home: () => go(visible()[0]), End: () => go(visible()[1]),
		'+': () => zoomBy(0.5), '=': () => zoomBy(0.5), '-': () => zoomBy(2), 0: () => zoom.set(null), Escape: () => zoom.set(null),
		Enter: () => here >= 0 && options.choose && options.choose(here),
	};
	root.addEventListener('keydown', event => {
		if (event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
		event.preventDefault();
		keys[event.key](event);
	});

	const axis = more => ({stroke: () => theme.color('muted'), grid: {stroke: () => theme.color('grid'), width: 1},
		ticks: {stroke: () => theme.color('grid'), width: 1, size: 4}, font: AXIS_FONT, ...more});
	const build = () => {
		const width = Math.max(280, holder.clientWidth || 800);
		plot = new uPlot({
			width, height: options.height || 220, padding: [14, 12, 0, 0],
			legend: {show: false},
			cursor: {sync: {key: 'commits', scales: ['x', null], setSeries: false}, drag: {x: true, y: false, setScale: false}, points: {size: 8},
				bind: {dblclick: () => () => zoom.set(null)}},
			scales: {
				x: {time: Boolean(times)},
				y: {distr: options.log ? 3 : 1, log: 10, range: options.range || (options.log ? (u, min, max) => [min / 1.2, max * 1.2] : spread)},
			},
			axes: [
				axis(times ? {size: 34} : {incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000], space: 76, size: 34,
					values: (u, splits) => commitTicks(doc, u, splits)}),
				axis({size: 82, splits: options.log ? (u, i, min, max) => decades(min, max) : undefined, values: (u, splits) => splits.map(value => value === null ? '' : options.axis(value))}),
			],
			series: [{}, ...options.series], bands: options.bands,
			hooks: {
				drawAxes: options.under ? [options.under] : [],
				draw: options.draw ? [options.draw] : [],
				setCursor: [u => {
					if (u.cursor.idx !== null && u.cursor.idx !== undefined) point(u.cursor.idx);
					else if (u.cursor.left < 0 && document.activeElement !== root) point(-1);
				}],
				setSelect: [u => {
					if (quiet || u.select.width < 4) return;
					const range = chosen(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
					u.setSelect({left: 0, width: 0, top: 0, height: 0}, false);
					if (range) zoom.set(range);
				}],
			},
		}, [xs, ...options.data], holder);
		plot.over.addEventListener('click', event => {
			if (options.choose && plot.cursor.idx !== null && plot.cursor.idx !== undefined) options.choose(plot.cursor.idx, event.shiftKey);
		});
		show(zoom.range);
	};
	const chart = {
		root: el('div', {class: 'chart-with-readout'}, root, readout),
		show,
		redraw() { if (plot) plot.redraw(false, true); },
		start() {
			build();
			zoom.charts.add(this);
			theme.charts.add(this);
			resizes.observe(holder);
			holder.chart = () => plot.setSize({width: Math.max(280, holder.clientWidth), height: options.height || 220});
		},
		plot: () => plot,
	};
	root.chart = chart; // for tests
	return chart;
}

const resizes = new ResizeObserver(entries => {
	for (const entry of entries) if (entry.target.chart) requestAnimationFrame(() => entry.target.chart());
});

// A range with room around the data, in which the noise of a constant series does not look large.
function spread(u, min, max) {
	if (min === null || max === null) return [0, 1];
	const middle = Math.max(Math.abs(min), Math.abs(max)), least = middle * 0.02 || 1;
	if (max - min < least) {
		const room = (least - (max - min)) / 2;
		min -= room;
		max += room;
	}
	const room = (max - min) * 0.08;
	return [min >= 0 && min - room < 0 ? 0 : min - room, max + room];
}

// For a logarithmic axis: 1, 2 and 5 of each power of ten, or fewer if there are many.
function decades(min, max) {
	const powers = Math.log10(max / min), steps = powers < 2.5 ? [1, 2, 5] : powers < 5 ? [1, 3] : [1], list = [];
	for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++)
		for (const step of steps) if (step * 10 ** power >= min && step * 10 ** power <= max) list.push(step * 10 ** power);
	return list;
}

function forgetCharts() {
	for (const chart of zoom.charts) chart.plot().destroy();
	zoom.charts.clear();
	theme.charts.clear();
	resizes.disconnect();
}

const DPR = () => devicePixelRatio || 1;

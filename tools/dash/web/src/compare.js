// SPDX-License-Identifier: GPL-2.0-only
// compare.js - two commits side by side: every series, the reasons, the latencies, the environment.

function commitBy(doc, text) {
	if (!/^[0-9a-f]{4,64}$/.test(text)) return -1;
	for (let i = doc.commits.length - 1; i >= 0; i--) if (doc.commits[i].sha.startsWith(text)) return i;
	return -1;
}

// The point of a commit to show: one that was not left out, if there is one.
function pointAt(series, commit) {
	const {commit: commits, flags} = series.points;
	let low = 0, high = commits.length - 1, found = -1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		if (commits[middle] < commit) low = middle + 1;
		else high = middle - 1;
	}
	for (let i = low; i < commits.length && commits[i] === commit; i++) if (found < 0 || (flags[found] && !flags[i])) found = i;
	return found;
}

function difference(series, before, after) {
	const shift = series.class === 'ratio' ? (after - before) * 100 : after - before;
	const rel = series.class === 'ratio' || before === 0 ? null : (after - before) / before;
	const worse = series.better === 'lower' ? shift > 0 : series.better === 'higher' ? shift < 0 : series.better === 'equal' ? shift !== 0 : false;
	return {shift, rel, before, after, worse};
}

// Latencies side by side, with as much width for rare ones as for common ones.
function percentilePlot(series, points) {
	const width = 640, height = 240, left = 70, bottom = 30, shares = [];
	for (let step = 0; step <= 60; step++) shares.push(1 - 10 ** (-step / 15));
	const lines = points.map(point => {
		const at = Array.from(series.hist.point).indexOf(point);
		return at < 0 ? null : shares.map(share => quantile(series.hist.buckets[at], Math.max(share, 1e-9)));
	});
	const values = lines.flat().filter(value => value);
	if (!values.length) return null;
	const min = Math.log10(Math.min(...values)) - 0.1, max = Math.log10(Math.max(...values)) + 0.1;
	const x = step => left + step / 60 * (width - left - 30), y = value => height - bottom - (Math.log10(value) - min) / (max - min) * (height - bottom - 10);
	const root = svg('svg', {viewBox: `0 0 ${width} ${height}`, class: 'percentiles', role: 'img', 'aria-label': `Latency of ${series.name} by share of faults, at both commits; the table has the numbers`});
	for (const [step, label] of [[0, '0 %'], [15, '90 %'], [30, '99 %'], [45, '99.9 %'], [60, '99.99 %']])
		root.append(svg('path', {d: `M${x(step)} 10V${height - bottom}`, class: 'grid'}), svg('text', {x: x(step), y: height - 10, class: 'tick middle'}, label));
	for (let power = Math.ceil(min); power <= max; power++)
		root.append(svg('path', {d: `M${left} ${y(10 ** power)}H${width - 30}`, class: 'grid'}), svg('text', {x: left - 6, y: y(10 ** power) + 4, class: 'tick end'}, duration(10 ** power)));
	lines.forEach((line, i) => line && root.append(svg('path', {class: i ? 'line-b' : 'line-a',
		d: line.map((value, step) => value ? `${step && line[step - 1] ? 'L' : 'M'}${x(step).toFixed(1)} ${y(value).toFixed(1)}` : '').join('')})));
	return root;
}

function latencySection(doc, a, b) {
	const list = doc.series.filter(series => series.hist && [a, b].every(commit => Array.from(series.hist.point).includes(pointAt(series, commit))));
	if (!list.length) return null;
	const holder = el('div');
	const draw = series => {
		const points = [pointAt(series, a), pointAt(series, b)];
		const rows = [0.5, 0.9, 0.99, 0.999].map(share => [`${share * 100} %`, ...points.map(point => quantile(series.hist.buckets[Array.from(series.hist.point).indexOf(point)], share))]);
		holder.replaceChildren(percentilePlot(series, points) || '', el('p', {class: 'legend'}, el('span', {class: 'key line-a-key'}), 'A ', sha(doc.commits[a]), el('span', {class: 'key line-b-key'}), 'B ', sha(doc.commits[b])),
			el('table', {class: 'small'}, el('caption', {class: 'unseen'}, 'Latency at both commits'), el('thead', null, el('tr', null, ['Share', 'A', 'B'].map((title, i) => el('th', {scope: 'col', class: i && 'number'}, title)))),
				el('tbody', null, rows.map(([share, ...values]) => el('tr', null, el('th', {scope: 'row'}, share), values.map(value => el('td', {class: 'number'}, value === null ? 'no bound' : duration(value))))))));
	};
	const select = el('select', {id: 'latency-of', onchange: () => draw(list[Number(select.value)])}, list.map((series, i) => el('option', {value: String(i)}, series.name)));
	draw(list[0]);
	return el('section', null, el('h2', null, 'Latency'), el('p', null, el('label', {for: 'latency-of'}, 'Of ', select)), holder);
}

function stackBars(doc, stack, commits) {
	const parts = stack.parts.map(part => ({name: part.value, series: doc.series[part.series]}))
		.map(part => ({...part, values: commits.map(commit => {
			const at = pointAt(part.series, commit);
			return at < 0 ? 0 : part.series.points.value[at] || 0;
		})})).filter(part => part.values.some(value => value > 0));
	if (!parts.length) return null;
	const most = Math.max(...commits.map((_, i) => parts.reduce((sum, part) => sum + part.values[i], 0)));
	const bar = (label, at) => {
		let left = 0;
		const row = svg('svg', {viewBox: '0 0 600 26', class: 'bar', 'aria-hidden': 'true', preserveAspectRatio: 'none'});
		parts.forEach((part, i) => {
			const wide = part.values[at] / most * 600;
			row.append(svg('rect', {x: left, y: 2, width: wide, height: 22, class: `part-${i % STACK_COLORS}`}));
			left += wide;
		});
		return el('div', {class: 'bar-row'}, el('span', null, label), row);
	};
	return el('section', null, el('h2', null, `${stack.name} by ${stack.label}`), el('p', {class: 'muted'}, stack.workload, stack.params && ` {${stack.params}}`), bar('A', 0), bar('B', 1),
		el('table', {class: 'small'}, el('caption', {class: 'unseen'}, `${stack.name} by ${stack.label} at both commits`), el('thead', null, el('tr', null, [stack.label, 'A', 'B'].map((title, i) => el('th', {scope: 'col', class: i && 'number'}, title)))),
			el('tbody', null, parts.map((part, i) => el('tr', null, el('th', {scope: 'row'}, el('span', {class: `key part-${i % STACK_COLORS}`}), part.name),
				part.values.map(value => el('td', {class: 'number'}, count(value))))))));
}

function environments(doc, commits) {
	const envs = commits.map(commit => {
		const run = doc.runs.find(one => one.commit === commit);
		return run ? doc.envs[run.env] : null;
	});
	if (!envs[0] || !envs[1]) return el('p', {class: 'muted'}, 'The environment of one of them is unknown.');
	const keys = [...new Set(envs.flatMap(env => Object.keys(env)))].sort();
	const differs = keys.filter(key => envs[0][key] !== envs[1][key]);
	if (!differs.length) return el('p', {class: 'muted'}, `All ${keys.length} facts are the same.`);
	return el('table', {class: 'env'}, el('caption', {class: 'unseen'}, 'Facts of the environment that differ'), el('thead', null, el('tr', null, ['What', 'A', 'B'].map(title => el('th', {scope: 'col'}, title)))),
		el('tbody', null, differs.map(key => el('tr', null, el('th', {scope: 'row'}, key), envs.map(env => el('td', null, env[key] === undefined ? 'none' : env[key]))))));
}

// Times and instructions vary by less than a thousandth anyway.
function tone({series, rel, worse}) {
	if (series.better === 'none' || (series.class !== 'exact' && rel !== null && Math.abs(rel) < 0.001)) return '';
	return worse ? 'bad' : 'good';
}

function comparePage(doc) {
	const last = doc.commits.length - 1, [left, right] = route.argument.split('..');
	const a = left ? commitBy(doc, left) : Math.max(0, last - 1), b = right ? commitBy(doc, right) : last;
	const field = (id, label, value) => el('label', {for: id}, label, el('input', {id, type: 'text', value, size: '14', autocomplete: 'off', spellcheck: 'false', list: 'newest'}));
	const form = el('form', {class: 'filters', onsubmit: event => {
		event.preventDefault();
		location.hash = route.link('compare', `${form.elements.a.value.trim()}..${form.elements.b.value.trim()}`);
	}}, field('a', 'A ', left || (a >= 0 ? sha(doc.commits[a]) : '')), field('b', 'B ', right || sha(doc.commits[b])), el('button', {type: 'submit'}, 'Compare'),
	el('datalist', {id: 'newest'}, doc.commits.slice(-50).reverse().map(commit => el('option', {value: sha(commit)}, commit.subject || ''))));
	form.elements.a.name = 'a';
	form.elements.b.name = 'b';
	const page = [el('h1', null, 'Compare two commits'), form];
	if (a < 0 || b < 0) return [...page, el('p', {role: 'alert'}, `There is no commit ${a < 0 ? left : right} here.`)];
	page.push(el('dl', {class: 'pair'}, [['A', a], ['B', b]].flatMap(([name, at]) => [el('dt', null, name), el('dd', null, el('code', null, sha(doc.commits[at])), ' ',
		el('span', {class: 'subject'}, doc.commits[at].subject || ''), ' ', el('span', {class: 'muted'}, day(doc.commits[at].time)))])));
	const rows = doc.series.map(series => ({series, at: [pointAt(series, a), pointAt(series, b)]})).filter(row => row.at.every(at => at >= 0))
		.map(row => ({...row, ...difference(row.series, ...row.at.map(at => row.series.points.value[at]))}))
		.sort((x, y) => Math.abs(y.rel ?? y.shift / 100) - Math.abs(x.rel ?? x.shift / 100));
	const same = rows.filter(row => row.shift === 0).length, moved = rows.filter(row => row.shift !== 0);
	page.push(el('section', null, el('h2', null, 'Series'), el('p', {class: 'muted'}, `${moved.length} differ, ${same} are equal. A difference alone is no verdict: noise is judged over many runs.`),
		pagedTable('Series at both commits, the largest difference first', [
			{title: 'Series', cell: row => [el('a', {href: route.link('series', row.series.id)}, row.series.metric), el('span', {class: 'where'}, row.series.workload, row.series.params && ` {${row.series.params}}`)]},
			{title: 'A', number: true, cell: row => amount(row.series, row.before)},
			{title: 'B', number: true, cell: row => amount(row.series, row.after)},
			{title: 'Difference', number: true, cell: row => el('span', {class: tone(row)}, `${row.shift > 0 ? '▲' : '▼'} ${change(row.series, row)}`)},
			{title: 'Is', cell: row => row.series.better === 'none' ? '' : row.worse ? 'worse' : 'better'},
			{title: 'Runs', number: true, cell: row => row.at.map(at => row.series.points.n[at]).join(' / ')},
			{title: 'Class', cell: row => row.series.class},
		], moved)));
	page.push(doc.stacks.map(stack => stackBars(doc, stack, [a, b])), latencySection(doc, a, b),
		el('section', null, el('h2', null, 'Environment'), environments(doc, [a, b])));
	return page;
}

// SPDX-License-Identifier: GPL-2.0-only
// series.js - one series with all steps to its verdict, and other metrics of the same workload.

const SIBLINGS = 5;

function changeList(doc, series) {
	const shown = series.changes.filter(one => one.state !== 'weak');
	if (!shown.length) return el('p', {class: 'muted'}, 'No change of level.');
	return el('ul', {class: 'changes'}, [...shown].reverse().map(one => el('li', null, badge(STATES[one.state]), ' ',
		el('code', null, rangeOf(doc, one.range)), ' ', el('span', {class: `effect ${one.worse ? 'bad' : 'good'}`}, `${direction(one)} ${change(series, one)}`), ' ',
		`${amount(series, one.before)} → ${amount(series, one.after)} `,
		el('span', {class: 'muted'}, one.p !== null && `p ${chance(one.p)}${one.q !== null ? `, q ${chance(one.q)}` : ''} `,
			doc.commits[one.range[1]].subject || ''),
		one.ack !== null && el('p', {class: 'muted'}, `Accepted: ${one.ack}`))));
}

function ladder(series) {
	return el('details', {class: 'ladder', open: true}, el('summary', null, 'Why this verdict'),
		el('ol', null, series.steps.map(step => el('li', {class: step.passed ? 'passed' : 'stopped'},
			el('span', {class: 'sign', 'aria-hidden': 'true'}, step.passed ? '✓' : '✗'), ` ${step.what}: ${step.found}`, el('span', {class: 'unseen'}, step.passed ? ' (passed)' : ' (not passed)')))));
}

// The commit that was clicked, and actions for it.
function commitPanel(doc) {
	const panel = el('div', {class: 'chosen', hidden: true, role: 'group', 'aria-label': 'Chosen commit'});
	let held = null;
	const show = (series, i, second) => {
		const at = series.points.commit[i], commit = doc.commits[at], run = doc.runs[series.points.run[i]];
		if (second && held !== null && held !== at) {
			location.hash = route.link('compare', [held, at].sort((a, b) => a - b).map(index => sha(doc.commits[index])).join('..'));
			return;
		}
		held = at;
		panel.replaceChildren(el('h3', null, el('code', null, sha(commit)), ' ', el('span', {class: 'subject'}, commit.subject || '')),
			el('p', null, `${amount(series, series.points.value[i])} · ${moment(commit.time)}${commit.branch ? ` · ${commit.branch}` : ''} · ${machine(doc.envs[series.points.env[i]] || {})}`,
				run && run.lost > 0 && ` · ${count(run.lost)} events lost`),
			el('p', {class: 'actions'}, run && run.ci_url && el('a', {href: run.ci_url, rel: 'noopener noreferrer'}, 'CI job'), ' ',
				at > 0 && el('a', {href: route.link('compare', `${sha(doc.commits[at - 1])}..${sha(commit)}`)}, 'Compare with the commit before'), ' ',
				el('a', {href: route.link('compare', `${sha(commit)}..${sha(doc.commits[doc.commits.length - 1])}`)}, 'Compare with the newest'), ' ',
				el('button', {type: 'button', onclick: () => { panel.hidden = true; held = null; }}, 'Close')),
			el('p', {class: 'muted'}, 'Shift and click on a second commit compares the two.'));
		panel.hidden = false;
		say(`chosen: ${sha(commit)}`);
	};
	return {panel, show};
}

function seriesPage(doc) {
	const series = doc.series.find(one => one.id === route.argument);
	if (!series) return [el('h1', null, 'No such series'), el('p', null, el('a', {href: '#/overview'}, 'Back to the overview'))];
	const byTime = route.query.get('by') === 'time', log = route.query.get('log') === '1', choice = commitPanel(doc);
	const starts = [];
	const put = (chart, ...more) => {
		starts.push(chart);
		return [chart.root, more];
	};
	const options = {byTime, log, height: 300, choose: (i, second) => choice.show(series, i, second)};
	const others = doc.series.filter(one => one !== series && one.workload === series.workload && one.params === series.params);
	const parts = new Set(doc.stacks.flatMap(stack => stack.parts.map(part => part.series)));
	const siblings = others.filter(one => !parts.has(one.index) && one.points.value.length > 0).slice(0, SIBLINGS);
	const stacks = doc.stacks.filter(stack => stack.workload === series.workload && stack.params === series.params);
	const toggle = (name, value, label, on) => el('label', null, el('input', {type: 'checkbox', checked: on, onchange: event => {
		route.option(name, event.target.checked ? value : '');
		zoom.range = null;
		route.keep();
		render();
	}}), ` ${label}`);
	const page = [
		el('p', {class: 'crumbs'}, el('a', {href: '#/overview'}, 'Overview'), ' / ', series.workload, series.params && ` {${series.params}}`),
		el('h1', null, series.metric, ' ', badge(VERDICTS[series.verdict])),
		el('p', {class: 'summary'}, series.reason),
		el('p', {class: 'muted'}, [series.gate ? 'In the gate set' : 'Advisory', `class ${series.class}`,
			{lower: 'lower is better', higher: 'higher is better', equal: 'any change is worse', none: 'only shown'}[series.better],
			`${series.points.value.length} points`].join(' · ')),
		el('div', {class: 'filters', role: 'group', 'aria-label': 'How charts are drawn'}, toggle('by', 'time', 'by time', byTime), toggle('log', '1', 'logarithmic', log),
			el('button', {type: 'button', onclick: () => zoom.set(null)}, 'Show all commits'),
			el('span', {class: 'muted'}, 'Drag to zoom all charts, double-click for all; arrow keys move along, Enter chooses')),
		put(trendChart(doc, series, options)),
		el('p', {class: 'legend'}, el('span', {class: 'key line-key'}), 'value', el('span', {class: 'key level-key'}), 'level', el('span', {class: 'key hollow-key'}), 'left out',
			el('span', {class: 'key-text'}, '▲ ▼ change, up or down')),
		choice.panel,
		el('details', {class: 'table-view'}, el('summary', null, 'Table of all points'), pointTable(doc, series)),
		el('div', {class: 'columns'}, el('section', null, el('h2', null, 'Changes'), changeList(doc, series)),
			series.steps.length > 0 && el('section', null, el('h2', null, 'Verdict'), ladder(series))),
	];
	if (series.hist) {
		const heat = heatmap(doc, series, {...options, choose: i => choice.show(series, series.hist.point[i])});
		page.push(el('section', null, el('h2', null, 'Latency'), put(heat.chart), heat.legend,
			el('details', {class: 'table-view'}, el('summary', null, 'Table of latencies'), heat.table)));
	}
	for (const stack of stacks) {
		const drawn = stackChart(doc, stack, {byTime});
		page.push(el('section', null, el('h2', null, `${stack.name} by ${stack.label}`), drawn.none || [put(drawn.chart), drawn.legend,
			el('details', {class: 'table-view'}, el('summary', null, `Table of ${stack.name} by ${stack.label}`), drawn.table)]));
	}
	if (siblings.length) page.push(el('section', null, el('h2', null, 'Measured beside it'), siblings.map(one => el('div', {class: 'sibling'},
		el('h3', null, el('a', {href: route.link('series', one.id)}, one.metric), ' ', badge(VERDICTS[one.verdict])),
		put(trendChart(doc, one, {byTime, log, height: 150, choose: (i, second) => choice.show(one, i, second)}))))),
		others.length > siblings.length && el('details', null, el('summary', null, `All ${others.length} series of this workload`),
			el('ul', null, others.map(one => el('li', null, el('a', {href: route.link('series', one.id)}, one.metric))))));
	return Object.assign(page, {start: () => starts.forEach(chart => chart.start())});
}

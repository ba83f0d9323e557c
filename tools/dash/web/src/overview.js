// SPDX-License-Identifier: GPL-2.0-only
// overview.js - the verdict, how much could be judged, the events, and every series in one line.

function verdictBanner(doc) {
	const [sign, word, tone] = VERDICTS[doc.verdict], {gated, judged, unjudged} = doc.coverage;
	const share = gated ? judged / gated : 0;
	return el('section', {class: `verdict ${tone}`, 'aria-label': 'Verdict'},
		el('h1', null, el('span', {'aria-hidden': 'true'}, sign), ` ${word[0].toUpperCase()}${word.slice(1)}`),
		el('p', {class: 'summary'}, doc.summary),
		el('div', {class: 'coverage'},
			el('p', null, el('strong', null, `${judged} of ${gated}`), ' series of the gate set could be judged',
				unjudged.length > 0 && `; ${unjudged.map(one => `${one.count} not: ${one.text}`).join('; ')}`,
				doc.coverage.series > gated && `. ${doc.coverage.series - gated} more are advisory`, '.'),
			el('meter', {min: '0', max: '1', value: share, 'aria-label': 'share of the gate set that could be judged'})));
}

function envTable(changes, before, after) {
	return el('table', {class: 'env'}, el('caption', null, 'Environment that changed there too'),
		el('thead', null, el('tr', null, ['What', before, after].map(title => el('th', {scope: 'col'}, title)))),
		el('tbody', null, changes.map(one => el('tr', null, el('th', {scope: 'row'}, one.key),
			el('td', null, one.before === null ? 'none' : one.before), el('td', null, one.after === null ? 'none' : one.after)))));
}

const EVENT_CHANGES = 6;

function eventCard(doc, event) {
	const last = doc.commits[event.range[1]], more = event.changes.length - EVENT_CHANGES;
	const line = ([at, index]) => {
		const series = doc.series[at], one = series.changes[index];
		return el('li', null, el('a', {href: route.link('series', series.id)}, series.name),
			' ', el('span', {class: `effect ${one.worse ? 'bad' : 'good'}`}, `${direction(one)} ${change(series, one)}`),
			el('span', {class: 'muted'}, ` ${amount(series, one.before)} → ${amount(series, one.after)}`));
	};
	return el('article', {class: 'event'},
		el('h3', null, badge(STATES[event.state]), ' ', el('code', null, rangeOf(doc, event.range)), ' ',
			el('span', {class: 'subject'}, last.subject || '')),
		el('p', {class: 'muted'}, day(last.time), event.range[0] !== event.range[1] ? ` · one of ${event.range[1] - event.range[0] + 1} commits did it` : '',
			event.range[0] > 0 && [' · ', el('a', {href: route.link('compare', `${sha(doc.commits[event.range[0] - 1])}..${sha(last)}`)}, 'compare before and after')]),
		el('ul', {class: 'changes'}, event.changes.slice(0, EVENT_CHANGES).map(line)),
		more > 0 && el('details', null, el('summary', null, `${more} more`), el('ul', {class: 'changes'}, event.changes.slice(EVENT_CHANGES).map(line))),
		event.env.length > 0 && envTable(event.env, 'before', 'after'));
}

const VERDICT_ORDER = ['regression', 'rerun', 'unjudged', 'acknowledged', 'improved', 'pass'];

function newest(series) {
	const {value} = series.points;
	return value.length ? value[value.length - 1] : NaN;
}

// The most important change: the strongest state, then the newest.
function mainChange(series) {
	const order = ['fail', 'rerun', 'acknowledged', 'shown', 'weak'];
	return [...series.changes].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.point - a.point)[0] || null;
}

function effectSize(series) {
	const one = mainChange(series);
	if (!one || one.state === 'weak') return -1;
	return Math.abs(one.rel === null ? one.shift : one.rel * 100);
}

const SERIES_SORTS = {
	verdict: ['Verdict', (a, b) => VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) || effectSize(b) - effectSize(a)],
	name: ['Series', (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0],
	effect: ['Change', (a, b) => effectSize(b) - effectSize(a)],
};

function seriesTable(doc) {
	const body = el('tbody'), shown = el('p', {class: 'muted', role: 'status'});
	const filter = el('input', {type: 'search', id: 'filter', value: route.query.get('find') || '', autocomplete: 'off'});
	const verdict = el('select', {id: 'filter-verdict'}, ['all', ...VERDICT_ORDER].map(name => el('option', {value: name}, name === 'all' ? 'all' : VERDICTS[name][1])));
	const kind = el('select', {id: 'filter-kind'}, [['all', 'all'], ['gate', 'gate set'], ['advisory', 'advisory'],
		...['exact', 'icount', 'ratio', 'time', 'rate', 'size'].map(name => [name, name])].map(([value, text]) => el('option', {value}, text)));
	let sort = route.query.get('sort') in SERIES_SORTS ? route.query.get('sort') : 'verdict';
	verdict.value = VERDICT_ORDER.includes(route.query.get('verdict')) ? route.query.get('verdict') : 'all';
	const rows = new Map();
	const row = series => {
		if (!rows.has(series.id)) {
			const one = mainChange(series), clear = one && one.state !== 'weak';
			rows.set(series.id, el('tr', null,
				el('td', null, badge(VERDICTS[series.verdict])),
				el('th', {scope: 'row'}, el('a', {href: route.link('series', series.id)}, series.metric),
					el('span', {class: 'where'}, series.workload, series.params && ` {${series.params}}`)),
				el('td', {class: 'number'}, amount(series, newest(series))),
				el('td', {class: `number effect ${clear ? (one.worse ? 'bad' : 'good') : ''}`}, clear ? [`${direction(one).split(' ')[0]} ${change(series, one)}`,
					el('span', {class: 'where'}, `${one.worse ? 'worse' : 'better'} since ${sha(doc.commits[series.points.commit[one.point]])}`)] : '–'),
				el('td', null, sparkline(series)),
				el('td', null, series.gate ? 'gate' : 'advisory', el('span', {class: 'where'}, series.class))));
		}
		return rows.get(series.id);
	};
	const headers = {};
	const apply = () => {
		const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
		const list = doc.series.filter(series => words.every(word => series.name.toLowerCase().includes(word)) &&
			(verdict.value === 'all' || series.verdict === verdict.value) &&
			(kind.value === 'all' || kind.value === series.class || (kind.value === 'gate') === series.gate && ['gate', 'advisory'].includes(kind.value)));
		list.sort(SERIES_SORTS[sort][1]);
		body.replaceChildren(...list.map(row));
		shown.textContent = `${list.length} of ${doc.series.length} series`;
		for (const [name, header] of Object.entries(headers)) header.setAttribute('aria-sort', name === sort ? (name === 'name' ? 'ascending' : 'descending') : 'none');
	};
	const header = (name, number) => headers[name] = el('th', {scope: 'col', class: number && 'number'},
		el('button', {type: 'button', class: 'sort', onclick: () => { sort = name; route.option('sort', name === 'verdict' ? '' : name); apply(); }}, SERIES_SORTS[name][0]));
	filter.addEventListener('input', () => { route.option('find', filter.value); apply(); });
	verdict.addEventListener('change', () => { route.option('verdict', verdict.value === 'all' ? '' : verdict.value); apply(); });
	kind.addEventListener('change', apply);
	const table = el('table', {class: 'series'}, el('caption', {class: 'unseen'}, 'All series with their verdict'),
		el('thead', null, el('tr', null, header('verdict'), header('name'), el('th', {scope: 'col', class: 'number'}, 'Newest'), header('effect', true),
			el('th', {scope: 'col'}, 'History'), el('th', {scope: 'col'}, 'Kind'))), body);
	apply();
	return el('section', {'aria-labelledby': 'series-title'}, el('h2', {id: 'series-title'}, 'Series'),
		el('div', {class: 'filters'}, el('label', {for: 'filter'}, 'Find ', filter), el('label', {for: 'filter-verdict'}, 'Verdict ', verdict),
			el('label', {for: 'filter-kind'}, 'Kind ', kind), shown),
		el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'All series'}, table));
}

const EVENT_STATES = ['fail', 'rerun', 'acknowledged', 'shown', 'weak'];

function overviewPage(doc) {
	const events = doc.events.filter(event => event.state !== 'weak')
		.sort((a, b) => EVENT_STATES.indexOf(a.state) - EVENT_STATES.indexOf(b.state) || b.range[1] - a.range[1]);
	const first = events.slice(0, 3), rest = events.slice(3);
	return [verdictBanner(doc),
		el('section', {'aria-labelledby': 'events-title'}, el('h2', {id: 'events-title'}, 'Events'),
			events.length === 0 && el('p', {class: 'muted'}, 'No series changed its level.'), first.map(event => eventCard(doc, event)),
			rest.length > 0 && el('details', null, el('summary', null, `${rest.length} older or weaker`), rest.map(event => eventCard(doc, event)))),
		seriesTable(doc)];
}

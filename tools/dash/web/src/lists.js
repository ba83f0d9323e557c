// SPDX-License-Identifier: GPL-2.0-only
// lists.js - all changes, with export; all runs and their environments.

function allChanges(doc) {
	return doc.series.flatMap(series => series.changes.map(one => ({series, one})))
		.sort((a, b) => b.one.range[1] - a.one.range[1] || EVENT_STATES.indexOf(a.one.state) - EVENT_STATES.indexOf(b.one.state));
}

const EXPORT_KEYS = ['state', 'from', 'to', 'subject', 'workload', 'params', 'metric', 'unit', 'before', 'after', 'shift', 'rel', 'p', 'q', 'worse', 'accepted'];

function exported(doc, {series, one}) {
	return {state: one.state, from: doc.commits[one.range[0]].sha, to: doc.commits[one.range[1]].sha, subject: doc.commits[one.range[1]].subject,
		workload: series.workload, params: series.params, metric: series.metric, unit: series.unit, before: one.before, after: one.after,
		shift: one.shift, rel: one.rel, p: one.p, q: one.q, worse: one.worse, accepted: one.ack};
}

// A spreadsheet takes text that begins like this for a formula.
function csvCell(value) {
	if (typeof value === 'number') return String(value);
	const text = value === null ? '' : String(value);
	return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;
}

function markdownCell(value) {
	return String(value === null ? '' : value).replace(/[\\`*_{}[\]<>()#+!|~&]/g, '\\$&').replace(/\s+/g, ' ');
}

const EXPORTS = {
	JSON: ['json', 'application/json', rows => `${JSON.stringify(rows, null, 1)}\n`],
	CSV: ['csv', 'text/csv', rows => [EXPORT_KEYS.join(','), ...rows.map(row => EXPORT_KEYS.map(key => csvCell(row[key])).join(','))].join('\r\n') + '\r\n'],
	Markdown: ['md', 'text/markdown', rows => `| ${EXPORT_KEYS.join(' | ')} |\n|${EXPORT_KEYS.map(() => ' --- |').join('')}\n` +
		rows.map(row => `| ${EXPORT_KEYS.map(key => markdownCell(row[key])).join(' | ')} |\n`).join('')],
};

function download(name, type, text) {
	const url = URL.createObjectURL(new Blob([text], {type}));
	el('a', {href: url, download: name}).click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function changesPage(doc) {
	const all = allChanges(doc), holder = el('div');
	const states = el('select', {id: 'state'}, [['clear', 'all but weak'], ['all', 'all'], ...EVENT_STATES.map(state => [state, STATES[state][1]])].map(([value, text]) => el('option', {value}, text)));
	const kept = () => all.filter(({one}) => states.value === 'all' || (states.value === 'clear' ? one.state !== 'weak' : one.state === states.value));
	const draw = () => holder.replaceChildren(pagedTable('Changes, the newest first', [
		{title: 'Commits', cell: ({one}) => el('code', null, rangeOf(doc, one.range))},
		{title: 'State', cell: ({one}) => badge(STATES[one.state])},
		{title: 'Series', cell: ({series}) => [el('a', {href: route.link('series', series.id)}, series.metric), el('span', {class: 'where'}, series.workload, series.params && ` {${series.params}}`)]},
		{title: 'Before', number: true, cell: ({series, one}) => amount(series, one.before)},
		{title: 'After', number: true, cell: ({series, one}) => amount(series, one.after)},
		{title: 'Change', number: true, cell: ({series, one}) => el('span', {class: one.worse ? 'bad' : 'good'}, `${direction(one)} ${change(series, one)}`)},
		{title: 'q', number: true, cell: ({one}) => one.q === null ? '' : chance(one.q)},
		{title: 'Subject', cell: ({one}) => [doc.commits[one.range[1]].subject || '', one.ack !== null && el('span', {class: 'where'}, `accepted: ${one.ack}`)]},
	], kept()));
	states.addEventListener('change', draw);
	draw();
	return [el('h1', null, 'Changes'), el('div', {class: 'filters'}, el('label', {for: 'state'}, 'State ', states),
		Object.entries(EXPORTS).map(([name, [end, type, write]]) => el('button', {type: 'button', onclick: () => download(`changes.${end}`, type, write(kept().map(row => exported(doc, row))))}, `Save as ${name}`))),
	holder, doc.acks.length > 0 && el('section', null, el('h2', null, 'Accepted changes'), pagedTable('Accepted changes', [
		{title: 'Commit', cell: ack => el('code', null, ack.sha.slice(0, 9))}, {title: 'Series', cell: ack => ack.metric},
		{title: 'Reason', cell: ack => ack.reason}, {title: 'By', cell: ack => ack.who || ''}], doc.acks))];
}

function runsPage(doc) {
	const keys = [...new Set(doc.envs.flatMap(env => Object.keys(env)))].sort(), counts = doc.envs.map(() => 0);
	for (const run of doc.runs) counts[run.env]++;
	return [el('h1', null, 'Runs and environments'),
		el('section', null, el('h2', null, 'Environments'), el('p', {class: 'muted'}, doc.envs.length > 1 ? 'Facts that are not the same in all are marked with ≠.' : 'All runs were made in one.'),
			pagedTable('Environments', [{title: 'Fact', cell: key => `${doc.envs.some(env => env[key] !== doc.envs[0][key]) ? '≠ ' : ''}${key}`},
				...doc.envs.slice(0, 12).map((env, i) => ({title: `${i + 1} (${counts[i]} runs)`, cell: key => env[key] === undefined ? 'unknown' : env[key]}))], keys),
			doc.envs.length > 12 && el('p', {class: 'muted'}, `${doc.envs.length - 12} more are not shown.`)),
		el('section', null, el('h2', null, 'Runs'), pagedTable('Runs, the newest first', [
			{title: 'Commit', cell: run => el('code', null, sha(doc.commits[run.commit]))}, {title: 'Started', cell: run => moment(run.started)},
			{title: 'Kind', cell: run => run.kind || ''}, {title: 'Environment', number: true, cell: run => String(run.env + 1)},
			{title: 'Lost events', number: true, cell: run => run.lost ? `${count(run.lost)}: not judged` : '0'},
			{title: 'Job', cell: run => run.ci_url ? el('a', {href: run.ci_url, rel: 'noopener noreferrer'}, 'CI job') : ''},
			{title: 'Run', cell: run => el('code', null, run.uuid.slice(0, 13))},
		], [...doc.runs].reverse()))];
}

// SPDX-License-Identifier: GPL-2.0-only
// document.mjs - documents of the page (daxdash-page/1) with fixed content: for tests and the picture.
//
// usage: node document.mjs [small|large|hostile|empty] >FILE

// A random number generator with the same numbers everywhere: mulberry32.
function numbers(seed) {
	return () => {
		seed = seed + 0x6d2b79f5 | 0;
		let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) / 4294967296;
	};
}

function normal(next) {
	return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

const SUBJECTS = ['dax: check the order of an entry before it is locked', 'xfs: align extents of DAX files to 2 MiB', 'mm: keep the PMD when a range is remapped',
	'dax: count downgrades where they happen', 'ext4: do not split an extent that is written in order', 'nvdimm: drop an unused argument', 'dax: wake only waiters of the same entry'];

function sha(next) {
	return Array.from({length: 40}, () => Math.floor(next() * 16).toString(16)).join('');
}

// The buckets of dax_wire.h: four in each power of two from 128 ns.
function histogram(next, center, count) {
	const buckets = new Map();
	for (let i = 0; i < count; i++) {
		const ns = Math.max(1, center * Math.exp(normal(next) * 0.35) * (next() < 0.02 ? 6 : 1));
		const power = Math.max(7, Math.floor(Math.log2(ns))), step = 2 ** (power - 2);
		const upper = ns < 128 ? 128 : (Math.floor(ns / step) + 1) * step;
		buckets.set(upper, (buckets.get(upper) || 0) + 1);
	}
	return [...buckets].sort((a, b) => a[0] - b[0]);
}

function makeSeries(next, shape, nrCommits) {
	const {levels, noise, digits} = shape, value = [];
	for (let i = 0; i < nrCommits; i++) {
		const level = levels.filter(([from]) => from <= i / nrCommits).pop()[1];
		value.push(noise ? Number((level * (1 + normal(next) * noise)).toPrecision(digits || 6)) : level);
	}
	const commit = value.map((_, i) => i), flags = value.map(() => 0);
	if (noise && nrCommits > 20) {
		const at = Math.floor(nrCommits * 0.3);
		value[at] *= 1.3;
		flags[at] = 1;
	}
	const starts = levels.map(([from]) => Math.ceil(from * nrCommits)), segments = starts.map((from, i) => {
		const to = (starts[i + 1] ?? nrCommits) - 1, sorted = value.slice(from, to + 1).sort((a, b) => a - b), median = sorted[sorted.length >> 1];
		return {from, to, median, lo: noise ? median * (1 - noise / 3) : median, hi: noise ? median * (1 + noise / 3) : median};
	});
	const ratio = shape.class === 'ratio';
	const changes = starts.slice(1).map((point, i) => {
		const before = segments[i].median, after = segments[i + 1].median;
		const worse = shape.better === 'lower' ? after > before : shape.better === 'higher' ? after < before : true;
		return {point, range: [Math.max(0, point - (noise ? 1 : 0)), point], before, after, shift: ratio ? (after - before) * 100 : after - before,
			rel: ratio || !before ? null : (after - before) / before, p: noise ? 3.1e-7 : null, q: noise ? 4.2e-6 : null, ps: noise ? 0.99 : null, worse,
			state: worse ? (point > nrCommits * 0.8 ? 'fail' : 'acknowledged') : 'shown', event: null,
			ack: worse && point <= nrCommits * 0.8 ? 'the price of the new check, agreed on the list' : null};
	});
	const hist = shape.hist ? {point: [], buckets: [], sum: []} : null;
	for (let i = Math.max(0, nrCommits - 200); hist && i < nrCommits; i++) {
		hist.point.push(i);
		hist.buckets.push(histogram(next, value[i], shape.hist));
		hist.sum.push(value[i] * shape.hist);
	}
	const failed = changes.some(one => one.state === 'fail'), acked = changes.some(one => one.state === 'acknowledged');
	const verdict = shape.few ? 'unjudged' : failed ? 'regression' : acked ? 'acknowledged' : changes.length ? 'improved' : 'pass';
	return {
		id: shape.id, workload: shape.workload, params: shape.params, metric: shape.metric, unit: shape.unit, class: shape.class, better: shape.better, gate: shape.gate !== false,
		verdict, why: shape.few ? 'few' : null,
		reason: {unjudged: 'Not judged: 4 runs, and 10 are needed.', regression: 'Worse since its newest change of level, and by more than its floor.', acknowledged: 'A change for the worse was accepted with a reason.',
			improved: 'Changed for the better.', pass: 'At its level, within noise.'}[verdict],
		points: {commit, env: commit.map(i => i < nrCommits / 2 ? 0 : 1), value, lo: value.map(v => shape.runs > 1 ? v * 0.99 : v), hi: value.map(v => shape.runs > 1 ? v * 1.01 : v),
			n: commit.map(() => shape.runs || 1), flags, run: commit},
		segments, changes, hist,
		steps: [{what: 'runs', found: `${nrCommits}, at least 10 are needed`, passed: true}, {what: 'rank test', found: noise ? 'p 3.1e-7 below 0.05, corrected for the search' : 'not needed: exact', passed: true},
			{what: 'floor', found: failed ? 'the change is above it' : 'no change above it', passed: failed}],
	};
}

const REASONS = {pte_entry: [[0, 12], [0.5, 4]], extent_short: [[0, 0], [0.86, 512]], vma_end: [[0, 2]], past_eof: [[0, 1], [0.3, 3]], lost_race: [[0, 0]], device_short: [[0, 0]]};

function shapes() {
	const list = [], params = 'fs=xfs,kernel=6.1', where = {workload: 'counts/pmd-write', params};
	list.push({...where, metric: 'fallback_ratio', unit: 'ratio', class: 'ratio', better: 'lower', levels: [[0, 0.012], [0.86, 0.334]]});
	list.push({...where, metric: 'pmd_faults', unit: 'faults', class: 'exact', better: 'higher', levels: [[0, 1536], [0.86, 1024]]});
	list.push({...where, metric: 'pte_faults', unit: 'faults', class: 'exact', better: 'lower', levels: [[0, 15], [0.86, 262159]]});
	for (const [reason, levels] of Object.entries(REASONS))
		list.push({...where, metric: `fallbacks{reason=${reason}}`, unit: 'faults', class: 'exact', better: 'lower', levels});
	list.push({workload: 'icount/pte-read', params, metric: 'instructions_per_fault', unit: 'instructions', class: 'icount', better: 'lower', levels: [[0, 5340], [0.45, 5214]], noise: 0.0001});
	list.push({workload: 'icount/pmd-read', params, metric: 'instructions_per_fault', unit: 'instructions', class: 'icount', better: 'lower', levels: [[0, 8120], [0.6, 8211]], noise: 0.0001});
	const wall = {workload: 'wall/pte-read', params};
	list.push({...wall, metric: 'latency_p50', unit: 'ns', class: 'time', better: 'lower', levels: [[0, 1450], [0.86, 2330]], noise: 0.02, hist: 400, runs: 3});
	list.push({...wall, metric: 'latency_p99', unit: 'ns', class: 'time', better: 'lower', levels: [[0, 6800]], noise: 0.08, gate: false});
	list.push({...wall, metric: 'throughput', unit: 'faults/s', class: 'rate', better: 'higher', levels: [[0, 612000], [0.86, 418000]], noise: 0.015});
	list.push({workload: 'wall/mkwrite', params, metric: 'latency_p99', unit: 'ns', class: 'time', better: 'lower', levels: [[0, 48000]], noise: 0.05, few: true});
	return list;
}

export function makeDocument(kind = 'small') {
	const next = numbers(7), nr = {small: 120, large: 5000, hostile: 40, empty: 0}[kind];
	const evil = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>\u202e"\'`${}\u2028';
	const commits = Array.from({length: nr}, (_, i) => ({sha: sha(next), subject: kind === 'hostile' ? evil : SUBJECTS[i % SUBJECTS.length] + (kind === 'large' ? ` (${i})` : ''),
		time: 1780000000 + i * 7200, branch: 'main'}));
	const env = {cpu: 'QEMU TCG', accel: 'tcg', cpus: '2', kernel: '6.1.0-42-amd64', kernel_config: 'a91f03c2', fs: 'xfs', fs_geometry: 'bsize=4096 sunit=512 swidth=512', tool: 'daxtrace 0.2.0', tier: 'T1', icount: 'no'};
	const envs = [env, {...env, kernel: '6.1.0-43-amd64', kernel_config: '77b0e1d4'}];
	let list = nr ? shapes() : [];
	if (kind === 'large') {
		list = Array.from({length: 50}, (_, i) => ({workload: `wall/${i % 10}`, params: 'fs=xfs', metric: `metric_${i}`, unit: 'ns', class: 'time', better: 'lower',
			levels: [[0, 1000 + i * 37], ...(i % 5 ? [] : [[0.5, 1300 + i * 37]])], noise: 0.02, digits: 17, hist: i === 0 ? 400 : 0}));
	}
	const series = list.map((shape, i) => makeSeries(next, {id: (0xa0000 + i * 7919).toString(16), ...shape}, nr));
	if (kind === 'hostile') for (const one of series) {
		one.metric += evil;
		one.reason = evil;
	}
	const events = [];
	series.forEach((one, at) => one.changes.forEach((change, index) => {
		let found = events.findIndex(event => event.range[1] === change.range[1] && event.worse === change.worse);
		if (found < 0) found = events.push({range: change.range, state: change.state, worse: change.worse, changes: [], env: []}) - 1;
		change.event = found;
		events[found].changes.push([at, index]);
		events[found].range = [Math.min(events[found].range[0], change.range[0]), change.range[1]];
	}));
	if (events.length) events[events.length - 1].env = [{key: 'kernel_config', before: 'a91f03c2', after: kind === 'hostile' ? evil : '77b0e1d4'}];
	const gated = series.filter(one => one.gate), unjudged = gated.filter(one => one.verdict === 'unjudged').length;
	const failing = gated.filter(one => one.verdict === 'regression').length, parts = series.flatMap((one, i) => {
		const reason = /^fallbacks\{reason=(\w+)\}/.exec(one.metric);
		return reason ? [{value: reason[1], series: i}] : [];
	});
	return {
		schema: 'daxdash-page/1', version: '0.2.0', repo: kind === 'hostile' ? evil : 'linux-dax', verdict: failing ? 'regression' : nr ? 'pass' : 'unjudged', status: failing ? 1 : nr ? 0 : 4,
		summary: nr ? `regression: ${failing} of ${gated.length - unjudged} judged series, in ${events.filter(event => event.state === 'fail').length} event` : 'nothing could be judged: there are no runs',
		coverage: {series: series.length, gated: gated.length, judged: gated.length - unjudged, unjudged: unjudged ? [{why: 'few', text: 'too few runs', count: unjudged}] : []},
		commits, envs: nr ? envs : [], runs: commits.map((_, i) => ({commit: i, env: i < nr / 2 ? 0 : 1, uuid: `${sha(next).slice(0, 8)}-${sha(next).slice(0, 4)}-4${sha(next).slice(0, 3)}-a${sha(next).slice(0, 3)}-${sha(next).slice(0, 12)}`,
			kind: 'main', ci_url: `https://ci.example.org/job/${i}`, lost: i === 9 ? 12 : 0, started: 1780000300 + i * 7200})),
		series, events, stacks: parts.length ? [{workload: 'counts/pmd-write', params: 'fs=xfs,kernel=6.1', name: 'fallbacks', label: 'reason', parts}] : [],
		acks: nr ? [{sha: commits[Math.floor(nr * 0.6)].sha, metric: 'icount/pmd-read/*', reason: 'the price of the new check, agreed on the list', who: 'maintainer'}] : [],
	};
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.stdout.write(JSON.stringify(makeDocument(process.argv[2])));

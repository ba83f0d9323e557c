// SPDX-License-Identifier: GPL-2.0-only
// format.js - numbers, commits and states as text. A state always has a sign and a word, not only a colour.

const PREFIXES = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];

function digits(value, most) {
	if (value === 0) return '0';
	const size = Math.floor(Math.log10(Math.abs(value)));
	return value.toFixed(Math.max(0, Math.min(12, most - 1 - size)));
}

function duration(ns) {
	const size = Math.abs(ns);
	if (size < 1e3) return `${digits(ns, 3)} ns`;
	if (size < 1e6) return `${digits(ns / 1e3, 3)} µs`;
	if (size < 1e9) return `${digits(ns / 1e6, 3)} ms`;
	return `${digits(ns / 1e9, 3)} s`;
}

function count(value) {
	if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
	return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : digits(value, 4);
}

function chance(value) {
	return value < 0.001 ? value.toExponential(1) : digits(value, 2);
}

function short(value) {
	for (const [size, letter] of PREFIXES) if (Math.abs(value) >= size) return digits(value / size, 3) + letter;
	return digits(value, 3);
}

// A value of a series with its unit.
function amount(series, value) {
	if (value === null || value === undefined || Number.isNaN(value)) return 'unknown';
	if (series.class === 'ratio') return `${digits(value * 100, 4)} %`;
	if (series.unit === 'ns') return duration(value);
	if (series.unit === 's') return duration(value * 1e9);
	return series.unit ? `${count(value)} ${series.unit}` : count(value);
}

// On an axis there is less room; the unit is shown beside it.
function tick(series, value) {
	if (series.class === 'ratio') return `${digits(value * 100, 3).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')} %`;
	if (series.unit === 'ns') return duration(value);
	return short(value).replace(/(\.\d*?)0+([A-Za-z]?)$/, '$1$2').replace(/\.([A-Za-z]?)$/, '$1');
}

function signed(text, value) {
	return value > 0 ? `+${text}` : text.replace(/^-/, '−');
}

function change(series, one) {
	if (series.class === 'ratio') return signed(`${digits(one.shift, 3)} points`, one.shift);
	if (one.rel !== null && one.rel >= 10) return `×${count(Number(digits(one.rel + 1, 3)))}`;
	if (one.rel !== null) return signed(`${digits(one.rel * 100, 3)} %`, one.rel);
	return signed(amount(series, one.shift), one.shift);
}

function sha(commit) {
	return commit.sha.slice(0, 9);
}

function day(seconds) {
	return seconds === null ? '' : new Date(seconds * 1000).toISOString().slice(0, 10);
}

function moment(seconds) {
	return seconds === null ? '' : new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

const VERDICTS = {
	pass: ['✓', 'pass', 'good'], improved: ['▼', 'improved', 'good'], acknowledged: ['◆', 'acknowledged', 'plain'],
	rerun: ['↻', 'run again', 'warn'], unjudged: ['?', 'not judged', 'plain'], regression: ['▲', 'regression', 'bad'],
};
const STATES = {
	fail: ['▲', 'fails', 'bad'], rerun: ['↻', 'run again', 'warn'], acknowledged: ['◆', 'acknowledged', 'plain'],
	shown: ['●', 'shown', 'plain'], weak: ['·', 'weak', 'plain'],
};
const FLAGS = [[1, 'outlier'], [2, 'lost events'], [4, 'another machine']];

function badge([sign, word, tone]) {
	return el('span', {class: `badge ${tone}`}, el('span', {'aria-hidden': 'true'}, sign), ` ${word}`);
}

// Better or worse is not the same as up or down.
function direction(one) {
	const up = one.after > one.before;
	return `${up ? '▲' : '▼'} ${one.worse ? 'worse' : 'better'}`;
}

function flagWords(flags) {
	return FLAGS.filter(([bit]) => flags & bit).map(([, word]) => word).join(', ');
}

function rangeOf(doc, [from, to]) {
	return from === to ? sha(doc.commits[to]) : `${sha(doc.commits[from])}…${sha(doc.commits[to])}`;
}

function machine(env) {
	return ['cpu', 'accel', 'cpus'].map(key => env[key]).filter(Boolean).join(', ') || 'unknown machine';
}

// SPDX-License-Identifier: GPL-2.0-only
// data.js - the document of the page (daxdash-page/1), inline as JSON or packed.
//
// The packed form is base64 of deflated bytes: u32 length of a JSON text, the text, then columns of numbers. The text
// refers to them by {t: type, o: offset, n: count}. f32 and f64 are stored byte plane by byte plane, i32 as
// differences: both deflate well.

function bytesOf(base64) {
	const text = atob(base64);
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
	return bytes;
}

async function inflate(bytes) {
	if (typeof DecompressionStream === 'undefined')
		throw new Error('this browser cannot unpack the data: use a browser of 2023 or newer');
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
	return new Uint8Array(await new Response(stream).arrayBuffer());
}

function planes(bytes, offset, count, size) {
	const out = new Uint8Array(count * size);
	for (let plane = 0; plane < size; plane++)
		for (let i = 0; i < count; i++) out[i * size + plane] = bytes[offset + plane * count + i];
	return out.buffer;
}

function columnOf(bytes, column) {
	if (column.t === 'f64') return new Float64Array(planes(bytes, column.o, column.n, 8));
	if (column.t === 'f32') return new Float32Array(planes(bytes, column.o, column.n, 4));
	const steps = new Int32Array(planes(bytes, column.o, column.n, 4));
	for (let i = 1; i < steps.length; i++) steps[i] += steps[i - 1];
	return steps;
}

function unpackHist(bytes, packed) {
	const sizes = columnOf(bytes, packed.sizes), uppers = columnOf(bytes, packed.uppers), counts = columnOf(bytes, packed.counts);
	const buckets = [];
	let at = 0;
	for (const size of sizes) {
		const one = [];
		for (let i = 0; i < size; i++, at++) one.push([Number.isNaN(uppers[at]) ? null : uppers[at], counts[at]]);
		buckets.push(one);
	}
	return {point: columnOf(bytes, packed.point), buckets, sum: columnOf(bytes, packed.sum)};
}

async function unpack(base64) {
	const bytes = await inflate(bytesOf(base64));
	const length = new DataView(bytes.buffer).getUint32(0, true);
	const doc = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
	const numbers = bytes.subarray(4 + length);
	for (const series of doc.series) {
		const points = series.points;
		for (const name of Object.keys(points))
			if (points[name] !== 'same') points[name] = columnOf(numbers, points[name]);
		for (const name of ['lo', 'hi']) if (points[name] === 'same') points[name] = points.value;
		if (series.hist) series.hist = unpackHist(numbers, series.hist);
	}
	return doc;
}

// Unknown numbers are null in plain JSON, and NaN in columns.
function known(list) {
	return Float64Array.from(list, value => value === null ? NaN : value);
}

async function loadDocument() {
	const inline = JSON.parse(document.getElementById('data').textContent);
	const doc = inline.packed ? await unpack(inline.packed) : inline;
	if (doc.schema !== 'daxdash-page/1') throw new Error(`not a daxdash-page/1 document: ${String(doc.schema).slice(0, 80)}`);
	if (!inline.packed)
		for (const series of doc.series)
			for (const name of ['value', 'lo', 'hi']) series.points[name] = known(series.points[name]);
	doc.series.forEach((series, index) => {
		series.index = index;
		series.name = series.workload + (series.params ? ` {${series.params}}` : '') + ' ' + series.metric;
	});
	return doc;
}

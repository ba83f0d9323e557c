// SPDX-License-Identifier: GPL-2.0-only
// page.mjs - tests the page in a real browser: prints 'ok - what' or 'not ok - what' lines. Started by
// tests/host/page.sh.
//
// usage: node page.mjs DIRECTORY     with small, large, hostile and empty .html and .json in it
import {createRequire} from 'node:module';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const dir = process.argv[2];
const require = createRequire(join(dir, 'package.json'));
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
let failed = 0;

function check(good, what, detail) {
	console.log(`${good ? '' : 'not '}ok - ${what}`);
	if (good) return;
	failed = 1;
	for (const line of String(detail === undefined ? '' : typeof detail === 'string' ? detail : JSON.stringify(detail)).split('\n').slice(0, 12)) console.log(`# ${line}`);
}
const same = (got, wanted, what) => check(JSON.stringify(got) === JSON.stringify(wanted), what, `${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);

const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync']});
const documents = Object.fromEntries(['small', 'large', 'hostile', 'empty'].map(name => [name, JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8'))]));
const complaints = [], requests = [], dialogs = [];

async function open(name, hash = '', options = {}) {
	const context = await browser.newContext({viewport: {width: 1180, height: 900}, acceptDownloads: true, ...options});
	const page = await context.newPage();
	page.setDefaultTimeout(120000);
	page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(`${name}${hash}: ${message.text()}`));
	page.on('pageerror', error => complaints.push(`${name}${hash}: ${error.stack}`));
	page.on('request', request => requests.push(request.url()));
	page.on('dialog', dialog => { dialogs.push(dialog.message()); dialog.dismiss(); });
	await page.goto(pathToFileURL(join(dir, `${name}.html`)).href + hash);
	if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-ready]');
	return page;
}
const close = page => page.context().close();
const text = (page, selector) => page.locator(selector).first().innerText();
const find = (doc, metric) => doc.series.find(series => series.metric === metric);
const hashOf = series => `#/series/${series.id}`;
const scales = page => page.$$eval('.chart', charts => charts.map(root => [root.chart.plot().scales.x.min, root.chart.plot().scales.x.max]));

async function overview() {
	const doc = documents.small, page = await open('small');
	check((await text(page, '.verdict')).includes('Regression') && (await text(page, '.verdict')).includes(doc.summary), 'the verdict is in words, with its summary');
	check((await text(page, '.coverage')).startsWith('13 of 14 series of the gate set could be judged; 1 not: too few runs. 1 more are advisory.'), 'and how much of it could be judged', await text(page, '.coverage'));
	same(await page.locator('.event').first().locator('li').count(), doc.events.find(event => event.state === 'fail').changes.length, 'the event that fails comes first, with its changes');
	check((await text(page, '.event')).includes('fallbacks{reason=extent_short} ▲ worse +512 faults 0 faults → 512 faults'), 'each of them says how much', await text(page, '.event'));
	check((await page.locator('.event table.env').first().innerText()).includes('kernel_config\ta91f03c2\t77b0e1d4'), 'what of the environment changed with an event is there');
	same(await page.locator('table.series tbody tr').count(), 15, 'every series has a line');
	same(await page.locator('table.series tbody tr .badge').first().innerText(), '▲ regression', 'regressions come first');
	await page.fill('#filter', 'extent');
	same(await page.locator('table.series tbody tr').count(), 1, 'the filter keeps those that match');
	await page.reload();
	await page.waitForSelector('html[data-ready]');
	same(await page.inputValue('#filter'), 'extent', 'and is kept in the address');
	await page.fill('#filter', '');
	await page.selectOption('#filter-verdict', 'unjudged');
	same(await page.locator('table.series tbody tr').count(), 1, 'verdicts can be filtered');
	await page.selectOption('#filter-verdict', 'all');
	await page.selectOption('#filter-kind', 'exact');
	same(await page.locator('table.series tbody tr').count(), doc.series.filter(series => series.class === 'exact').length, 'so can classes');
	await page.selectOption('#filter-kind', 'all');
	await page.locator('th button', {hasText: 'Series'}).click();
	const names = await page.locator('table.series tbody th a').allInnerTexts();
	same(await page.locator('th[aria-sort="ascending"]').innerText(), 'Series', 'the table says by what it is sorted');
	check(names[0] === 'fallback_ratio', 'sorted by name it begins with the first', names);
	await close(page);
}

async function charts() {
	const doc = documents.small, series = find(doc, 'latency_p50'), page = await open('small', hashOf(series));
	same(await page.locator('.chart').count(), 4, 'a series has its chart, its heat map, and those measured beside it');
	const all = await scales(page);
	check(all.every(([min, max]) => min === all[0][0] && max === all[0][1]), 'all show the same part of history', all);
	same(await page.$eval('.chart', root => Array.from(root.chart.plot().data[1]).filter(value => value !== null).length), 119, 'an outlier is not joined to the others');
	same(await page.$eval('.chart', root => Array.from(root.chart.plot().data[2]).filter(value => value !== null).length), 1, 'but drawn hollow');

	// Drag over the first chart.
	const over = await page.locator('.chart .u-over').first().boundingBox();
	await page.mouse.move(over.x + over.width * 0.25, over.y + 60);
	await page.mouse.down();
	await page.mouse.move(over.x + over.width * 0.5, over.y + 60, {steps: 4});
	await page.mouse.up();
	const zoomed = await scales(page);
	check(zoomed[0][1] - zoomed[0][0] < 40 && zoomed[0][0] > 20, 'a drag zooms', zoomed);
	check(zoomed.every(([min, max]) => min === zoomed[0][0] && max === zoomed[0][1]), 'all charts with it', zoomed);
	check(/zoom=\d+-\d+/.test(page.url()), 'the address keeps the zoom', page.url());
	await page.reload();
	await page.waitForSelector('html[data-ready]');
	same(await scales(page), zoomed, 'and a reload has it again');
	await page.mouse.move(over.x + over.width * 0.5, over.y + 60);
	const cursors = await page.$$eval('.chart', list => list.map(root => Math.round(root.chart.plot().cursor.left)));
	check(cursors.every(left => left === cursors[0] && left > 0), 'the cursor of one is that of all', cursors);
	await page.locator('.chart .u-over').first().dblclick({position: {x: 100, y: 60}});
	same(await scales(page), all, 'a double click shows all again');

	// With the keyboard only.
	await page.locator('.chart').first().focus();
	await page.keyboard.press('End');
	const last = doc.commits.length - 1;
	check((await text(page, '.readout')).startsWith(`${doc.commits[last].sha.slice(0, 9)} · `), 'End goes to the newest commit', await text(page, '.readout'));
	check((await text(page, '.readout')).includes('3 runs') && (await text(page, '.readout')).includes(doc.commits[last].subject), 'whose runs and subject are told');
	await page.keyboard.press('ArrowLeft');
	check((await text(page, '.readout')).startsWith(doc.commits[last - 1].sha.slice(0, 9)), 'left goes to the one before');
	await page.waitForFunction(sha => document.getElementById('live').textContent.startsWith(sha), doc.commits[last - 1].sha.slice(0, 9));
	check(true, 'a screen reader is told');
	await page.keyboard.press('+');
	check((await scales(page))[0][0] > 50, 'plus zooms', await scales(page));
	await page.keyboard.press('0');
	same(await scales(page), all, '0 shows all');
	await page.keyboard.press('Home');
	await page.keyboard.press('Enter');
	check((await text(page, '.chosen')).includes(doc.commits[0].sha.slice(0, 9)), 'Enter chooses a commit', await text(page, '.chosen'));
	same(await page.locator('.chosen a').first().getAttribute('href'), doc.runs[0].ci_url, 'with its job');
	await page.keyboard.press('Tab');
	check(await page.evaluate(() => document.activeElement !== document.body), 'Tab goes on from there');

	await page.getByText('Table of all points').click();
	same(await page.locator('.table-view').first().locator('tbody tr').count(), 25, 'the table has 25 lines a page');
	check((await page.locator('.table-view tbody tr').first().innerText()).startsWith(doc.commits[last].sha.slice(0, 9)), 'the newest first');
	await page.locator('.table-view').first().getByRole('button', {name: 'Next page'}).click();
	check((await page.locator('.table-view tbody tr').first().innerText()).startsWith(doc.commits[last - 25].sha.slice(0, 9)), 'and turns its pages');
	await page.getByLabel('by time').check();
	same((await scales(page))[0].map(value => value > 1.7e9), [true, true], 'charts can be by time');
	await page.getByLabel('logarithmic').check();
	same(await page.$eval('.chart', root => root.chart.plot().scales.y.distr), 3, 'and logarithmic');

	// A dark cell where half of the faults are, and nothing where there are none.
	const heat = await page.$$eval('.chart', list => {
		const u = list[1].chart.plot(), pixel = (x, y) => Array.from(u.ctx.getImageData(Math.round(u.valToPos(x, 'x', true)), Math.round(u.valToPos(y, 'y', true)), 1, 1).data.slice(0, 3));
		const x = u.data[0][20];
		return [pixel(x, u.data[1][20] * 0.93), pixel(x, u.scales.y.max / 1.05)];
	});
	check(heat[0][0] < 210 && heat[0][2] < 80 && heat[1].every(value => value === heat[1][0]), 'the heat map is dark where most faults are, empty where none is', heat);
	await close(page);
}

async function stacks() {
	const doc = documents.small, page = await open('small', hashOf(find(doc, 'fallback_ratio')));
	const drawn = await page.$$eval('.chart', list => list.map(root => root.chart.plot()).filter(u => u.bands && u.bands.length > 2).map(u => Array.from(u.data).slice(1).map(list => list[list.length - 1])));
	const parts = doc.stacks[0].parts.map(part => doc.series[part.series].points.value.at(-1));
	same(drawn[0] && drawn[0][0], parts.reduce((a, b) => a + b, 0), 'reasons lie one above the other, and the top is their sum');
	check((await page.locator('.legend li').allInnerTexts()).join('|').includes('never: lost_race, device_short'), 'what never happened is said, and has no colour');
	await close(page);
}

async function compare() {
	const doc = documents.small, [a, b] = [doc.commits[100], doc.commits[110]], page = await open('small', `#/compare/${a.sha.slice(0, 9)}..${b.sha.slice(0, 9)}`);
	const rows = await page.locator('table').first().locator('tbody tr').allInnerTexts();
	check(rows.some(row => /extent_short\}.*0 faults\s*512 faults\s*▲ \+512 faults\s*worse/s.test(row)), 'two commits side by side: what differs', rows.join('\n'));
	check(!rows.some(row => row.includes('vma_end')), 'and not what is equal');
	same(await page.locator('.bar').count(), 2, 'the reasons of both are bars');
	check((await page.locator('table', {hasText: '99.9 %'}).innerText()).includes('µs'), 'latencies by share of faults');
	await page.fill('#a', doc.commits[10].sha.slice(0, 9));
	await page.getByRole('button', {name: 'Compare'}).click();
	await page.waitForURL(url => url.hash.includes(doc.commits[10].sha.slice(0, 9)));
	check((await page.locator('table.env').innerText()).includes('kernel\t6.1.0-42-amd64\t6.1.0-43-amd64'), 'the environments that differ');
	await page.fill('#b', 'ffffffffffff');
	await page.getByRole('button', {name: 'Compare'}).click();
	same(await text(page, '[role=alert]'), 'There is no commit ffffffffffff here.', 'a commit that is not there is said');
	await close(page);

	// Click a second point with Shift.
	const other = await open('small', hashOf(find(doc, 'pte_faults'))), over = other.locator('.chart .u-over').first(), box = await over.boundingBox();
	await over.click({position: {x: box.width * 0.2, y: 40}});
	await over.click({position: {x: box.width * 0.8, y: 40}, modifiers: ['Shift']});
	await other.waitForFunction(() => location.hash.startsWith('#/compare/'));
	check(/compare\/[0-9a-f]{9}\.\.[0-9a-f]{9}/.test(other.url()), 'two clicks compare', other.url());
	await close(other);
}

async function lists() {
	const doc = documents.small, page = await open('small', '#/changes'), clear = doc.series.flatMap(series => series.changes).filter(one => one.state !== 'weak');
	same(await page.locator('table').first().locator('tbody tr').count(), clear.length, 'every change is in the list');
	const save = async name => {
		const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', {name: `Save as ${name}`}).click()]);
		return readFileSync(await download.path(), 'utf8');
	};
	const json = JSON.parse(await save('JSON'));
	same([json.length, json[0].metric, json[0].to], [clear.length, clear.length && json[0].metric, doc.commits[Math.max(...clear.map(one => one.range[1]))].sha], 'it is saved as JSON');
	same((await save('CSV')).trim().split('\r\n').length, clear.length + 1, 'as CSV');
	same((await save('Markdown')).trim().split('\n').length, clear.length + 2, 'and as Markdown');
	check((await page.locator('section', {hasText: 'Accepted changes'}).innerText()).includes('agreed on the list'), 'accepted changes have their reason');
	await page.goto(`${page.url().split('#')[0]}#/runs`);
	await page.waitForSelector('h1:has-text("Runs")');
	check((await page.locator('table').first().innerText()).includes('≠ kernel\t6.1.0-42-amd64\t6.1.0-43-amd64'), 'environments are side by side');
	check((await page.locator('table').nth(1).innerText()).includes(doc.commits.at(-1).sha.slice(0, 9)), 'runs are listed');
	await close(page);
}

async function looks() {
	const doc = documents.small, page = await open('small', hashOf(find(doc, 'latency_p50')), {colorScheme: 'dark'});
	const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	same(await paper(), 'rgb(20, 24, 31)', 'dark when the system is');
	const ink = await page.$eval('.chart', root => root.chart.plot().series[1].stroke(root.chart.plot(), 1));
	same(ink, '#6aaae8', 'charts too');
	await page.selectOption('#theme', 'light');
	same([await paper(), await page.$eval('.chart', root => root.chart.plot().series[1].stroke(root.chart.plot(), 1))], ['rgb(255, 255, 255)', '#2f6fb3'], 'light when it is asked for');
	await page.selectOption('#theme', 'dark');
	await page.emulateMedia({media: 'print'});
	await page.waitForFunction(() => document.documentElement.hasAttribute('data-print'));
	same([await paper(), await page.locator('nav').isVisible()], ['rgb(255, 255, 255)', false], 'on paper it is light, without buttons');
	const pdf = await page.pdf();
	check(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 20000, 'it prints', pdf.length);
	await close(page);
	const narrow = await open('small', '', {viewport: {width: 390, height: 800}});
	check(await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'a narrow screen needs no scrolling sideways', await narrow.evaluate(() => document.documentElement.scrollWidth));
	await close(narrow);
	const none = await open('small', '', {javaScriptEnabled: false});
	check((await none.locator('noscript, main').first().innerText()).includes(doc.summary), 'without JavaScript there is the summary');
	await close(none);
}

async function accessible() {
	const doc = documents.small, a = doc.commits[10].sha.slice(0, 9), b = doc.commits[110].sha.slice(0, 9);
	const pages = {overview: '', series: hashOf(find(doc, 'latency_p50')), stack: hashOf(find(doc, 'fallback_ratio')), changes: '#/changes', compare: `#/compare/${a}..${b}`, runs: '#/runs'};
	for (const colorScheme of ['light', 'dark']) {
		for (const [name, hash] of Object.entries(pages)) {
			const page = await open('small', hash, {colorScheme});
			await page.$$eval('details', list => list.forEach(one => { one.open = true; }));
			await page.evaluate(axe);
			const found = await page.evaluate(() => globalThis.axe.run(document));
			same(found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 200)).join(' ')}`), [], `axe-core finds nothing: ${name}, ${colorScheme} (${found.passes.length} rules passed)`);
			await close(page);
		}
	}
}

async function hostile() {
	const doc = documents.hostile, series = doc.series[0];
	for (const hash of ['', hashOf(series), '#/changes', '#/runs', `#/compare/${doc.commits[1].sha.slice(0, 9)}..${doc.commits[39].sha.slice(0, 9)}`, '#/series/%3Cimg%20src=x%3E', '#/%zz', '#/compare/%3Cb%3E..x']) {
		const page = await open('hostile', hash);
		same(await page.evaluate(() => [document.title.includes('owned') && !document.title.includes('document.title'), document.querySelectorAll('img, iframe, object, base, form[action]').length,
			document.querySelectorAll('script').length, /[\u202e\u2028]/.test(document.body.innerText)]), [false, 0, 2, false], `hostile names are text: ${hash || 'overview'}`);
		await close(page);
	}
	const page = await open('hostile');
	check((await text(page, '.event .subject')).startsWith('</script><script>document.title="owned"</script><img src=x onerror=alert(1)>\\u202e'), 'and shown as they are', await text(page, '.event .subject'));
	check(await page.evaluate(() => new Promise(done => {
		document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective.startsWith('script-src')));
		const script = document.createElement('script');
		script.textContent = 'document.title = "owned"';
		document.body.append(script);
	})) && !(await page.title()).startsWith('owned'), 'a script that comes in is not run: the policy says so');
	check(await page.evaluate(() => new Promise(done => {
		document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective === 'connect-src'));
		fetch('https://example.org/').catch(() => {});
	})), 'and nothing can be sent');
	complaints.length = 0; // of these two
	await close(page);
}

// Browsers sort random data as fast as other data; the figure is from an idle machine with 2 cores.
const SORT_MS = 250;

async function large() {
	const doc = documents.large, size = statSync(join(dir, 'large.html')).size;
	check(size <= 3e6, `5,000 runs of 50 metrics are ${(size / 1e6).toFixed(2)} MB, at most 3`);
	const page = await open('large');
	const ready = Number(await page.evaluate(() => document.documentElement.dataset.ready));
	const sort = await page.evaluate(() => {
		const begun = performance.now();
		let seed = 1;
		Array.from({length: 400000}, () => seed = seed * 48271 % 2147483647).sort((a, b) => a - b);
		return performance.now() - begun;
	});
	const limit = 1000 * Math.max(1, sort / SORT_MS);
	check(ready <= limit, `ready after ${ready} ms (limit ${Math.round(limit)} ms: a sort took ${Math.round(sort)} ms)`);
	same(await page.locator('table.series tbody tr').count(), 50, 'with all series');
	const series = doc.series[7];
	await page.goto(`${page.url().split('#')[0]}${hashOf(series)}`);
	await page.waitForSelector('.chart');
	const values = await page.$eval('.chart', root => [Array.from(root.chart.plot().data[1]), Array.from(root.chart.plot().data[2])]);
	const wrong = series.points.value.filter((value, i) => Math.abs((values[0][i] ?? values[1][i]) / value - 1) > 1e-7).length;
	same([wrong, values[0].length], [0, 5000], 'unpacked, each value is what it was, to seven digits');
	const before = await page.evaluate(() => performance.now());
	await page.locator('.chart').first().focus();
	await page.keyboard.press('End');
	await page.keyboard.press('+');
	check((await scales(page)).every(([min]) => min > 1000), 'and it zooms');
	const took = await page.evaluate(() => performance.now()) - before;
	check(took <= 1000 * Math.max(1, sort / SORT_MS), `in ${Math.round(took)} ms`);
	await close(page);
	const empty = await open('empty');
	check((await text(empty, '.verdict')).includes('nothing could be judged'), 'a store without runs has a page too');
	for (const hash of ['#/changes', '#/runs', '#/series/1']) {
		await empty.goto(`${empty.url().split('#')[0]}${hash}`);
		check((await text(empty, 'h1')).length > 0, `... and ${hash}`);
	}
	await close(empty);
}

for (const part of [overview, charts, stacks, compare, lists, looks, accessible, large, hostile]) {
	try {
		await part();
	} catch (error) {
		check(false, `${part.name} comes to its end`, error.stack);
	}
}
same(complaints, [], 'the browser has nothing to complain of');
same(dialogs, [], 'nothing asked the user anything');
same([...new Set(requests.map(url => url.split('#')[0]).filter(url => !/\/(small|large|hostile|empty)\.html$/.test(url) && !url.startsWith('blob:') && url !== 'https://example.org/'))], [], `of ${requests.length} requests none was for anything but the page`);
await browser.close();
process.exit(failed);

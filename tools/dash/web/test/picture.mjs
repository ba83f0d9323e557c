// SPDX-License-Identifier: GPL-2.0-only
// picture.mjs - a picture of the page for the README: node picture.mjs MODULES PAGE.html PICTURE.png
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
import {resolve} from 'node:path';

const [modules, page, picture] = process.argv.slice(2);
const {chromium} = createRequire(resolve(modules, 'package.json'))('playwright-core');
const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync']});
const shown = await browser.newPage({viewport: {width: 960, height: 840}});
await shown.goto(pathToFileURL(resolve(page)).href);
await shown.waitForSelector('html[data-ready]');
// The series with most to see: a verdict, levels, latencies.
await shown.locator('table.series a', {hasText: 'latency_p50'}).click();
await shown.waitForSelector('.chart');
await shown.screenshot({path: picture});
await browser.close();

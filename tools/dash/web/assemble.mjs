// SPDX-License-Identifier: GPL-2.0-only
// assemble.mjs - builds the page without data: node assemble.mjs NODE_MODULES OUTPUT. daxdash adds the data later.
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const [modules, output] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const own = name => readFileSync(join(here, name), 'utf8');
const uplot = name => readFileSync(join(modules, 'uplot', name), 'utf8');
const PARTS = ['dom', 'data', 'format', 'zoom', 'theme', 'chart', 'trend', 'overview', 'heatmap', 'stack', 'series', 'compare', 'lists', 'main'];

const uncommented = text => text.replace(/^\/\/.*\n/gm, '').replace(/^\s*\/\*[^]*?\*\/\n/gm, '');
const script = `${uplot('dist/uPlot.iife.min.js')}\n(() => {\n'use strict';\n${PARTS.map(part => uncommented(own(`src/${part}.js`))).join('\n')}})();\n`;
const style = `${uplot('dist/uPlot.min.css')}\n${own('page.css').replace(/^\/\*.*\*\/\n/gm, '')}`;
const escaped = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
for (const [name, text] of [['script', script], ['style', style]])
	if (text.toLowerCase().includes(`</${name}`)) throw new Error(`the ${name} holds its own end`);

const hash = text => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const values = {
	CSP: `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
	STYLE: style, SCRIPT: script, LICENCE: escaped(uplot('LICENSE')),
};
const page = own('page.html').replace(/@(CSP|STYLE|SCRIPT|LICENCE)@/g, (_, name) => values[name]);
writeFileSync(output, page);

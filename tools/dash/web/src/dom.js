// SPDX-License-Identifier: GPL-2.0-only
// dom.js - makes elements from plain values. All text is inserted as text: names and commit subjects may be hostile.

// Show characters that change the text direction, or that are invisible, by their code.
function plain(text) {
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
		one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// el('a', {href, class, onclick, 'aria-label'}, child...): a child is an element, a text, or a list of these.
function el(tag, attributes, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {})) {
		if (value === undefined || value === null || value === false) continue;
		if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
		else if (name === 'value' || name === 'checked' || name === 'selected') node[name] = value;
		else node.setAttribute(name, value === true ? '' : plain(String(value)));
	}
	add(node, children);
	return node;
}

function add(node, children) {
	for (const child of children.flat(3)) {
		if (child === null || child === undefined || child === false) continue;
		node.append(typeof child === 'string' ? plain(child) : child);
	}
	return node;
}

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag, attributes, ...children) {
	const node = document.createElementNS(SVG, tag);
	for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
	return add(node, children);
}

// Announced to screen readers when the text has not changed for a moment.
const say = (() => {
	let timer;
	return text => {
		clearTimeout(timer);
		timer = setTimeout(() => { document.getElementById('live').textContent = plain(text); }, 150);
	};
})();

// A table with 25 rows a page. columns: {title, number, cell(row)}; caption is for users who do not see the context.
const PAGE_ROWS = 25;

function pagedTable(caption, columns, rows, options) {
	const body = el('tbody');
	const where = el('span', {class: 'muted'});
	let page = 0;
	const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
	const turn = step => {
		page = Math.min(pages - 1, Math.max(0, page + step));
		const from = page * PAGE_ROWS;
		body.replaceChildren(...rows.slice(from, from + PAGE_ROWS).map(row => el('tr', null, columns.map((column, i) => {
			const cell = column.cell(row);
			return i === 0 ? el('th', {scope: 'row'}, cell) : el('td', {class: column.number && 'number'}, cell);
		}))));
		where.textContent = rows.length ? `${from + 1} to ${Math.min(rows.length, from + PAGE_ROWS)} of ${rows.length}` : 'nothing';
		before.disabled = page === 0;
		after.disabled = page === pages - 1;
	};
	const before = el('button', {type: 'button', onclick: () => turn(-1)}, 'Previous page');
	const after = el('button', {type: 'button', onclick: () => turn(1)}, 'Next page');
	const table = el('table', null, el('caption', {class: options && options.captionShown ? '' : 'unseen'}, caption),
		el('thead', null, el('tr', null, columns.map(column =>
			el('th', {scope: 'col', class: column.number && 'number'}, column.title)))), body);
	turn(0);
	return el('div', {class: 'paged'}, el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption}, table),
		pages > 1 && el('div', {class: 'pager'}, before, after, where));
}

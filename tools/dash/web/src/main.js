// SPDX-License-Identifier: GPL-2.0-only
// main.js - chooses the page to show, and draws the frame around it.

const PAGES = {
	overview: ['Overview', overviewPage], series: [null, seriesPage], changes: ['Changes', changesPage],
	compare: ['Compare', comparePage], runs: ['Runs', runsPage],
};
let theDocument = null;

function render(focus) {
	const doc = theDocument, main = document.getElementById('main'), [, page] = PAGES[route.page] || PAGES.overview;
	forgetCharts();
	const shown = page(doc);
	main.replaceChildren();
	add(main, shown);
	if (shown.start) shown.start();
	for (const link of document.querySelectorAll('nav a')) {
		if (link.dataset.page === route.page) link.setAttribute('aria-current', 'page');
		else link.removeAttribute('aria-current');
	}
	const title = main.querySelector('h1');
	document.title = plain(`${title ? title.textContent.trim() : 'daxdash'} · ${doc.repo || 'daxdash'}`);
	if (focus) {
		main.focus({preventScroll: true});
		scrollTo(0, 0);
	}
}

function frame(doc) {
	add(document.getElementById('top'), [
		el('p', {class: 'brand'}, el('strong', null, doc.repo || 'daxdash'), el('span', {class: 'muted'}, ` ${doc.commits.length} commits, ${doc.runs.length} runs`)),
		el('nav', {'aria-label': 'Pages'}, Object.entries(PAGES).filter(([, [title]]) => title)
			.map(([name, [title]]) => el('a', {href: `#/${name}`, 'data-page': name}, title))), theme.button()]);
	// The address selects the page, so this link must not change it.
	document.getElementById('skip').addEventListener('click', event => {
		event.preventDefault();
		document.getElementById('main').focus();
	});
	document.getElementById('made').textContent = `daxdash ${doc.version}`;
}

async function begin() {
	const main = document.getElementById('main');
	try {
		theDocument = await loadDocument();
		theme.start();
		frame(theDocument);
		route.read();
		render(false);
		addEventListener('hashchange', () => { route.read(); render(true); });
	} catch (error) {
		main.replaceChildren(el('h1', null, 'This page cannot be shown'), el('p', {role: 'alert'}, plain(String(error && error.message))));
	}
	document.documentElement.dataset.ready = String(Math.round(performance.now()));
}
begin();

// SPDX-License-Identifier: GPL-2.0-only
// zoom.js - which part of history is shown, the same in all charts, and stored in the address.

// Commits [from, to]; null: all. Changes are reported to the charts of the current page.
const zoom = {
	range: null,
	charts: new Set(),
	set(range, source) {
		this.range = range;
		for (const chart of this.charts) if (chart !== source) chart.show(range);
		route.keep();
	},
};

// The address is #/page/argument?key=value. This makes the back and forward buttons work.
const route = {
	page: '', argument: '', query: new URLSearchParams(),
	read() {
		const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
		const [page, ...rest] = path.split('/');
		this.page = page || 'overview';
		try {
			this.argument = decodeURIComponent(rest.join('/'));
		} catch {
			this.argument = '';
		}
		this.query = new URLSearchParams(query || '');
		const range = /^(\d+)-(\d+)$/.exec(this.query.get('zoom') || '');
		zoom.range = range && Number(range[1]) < Number(range[2]) ? [Number(range[1]), Number(range[2])] : null;
	},
	link(page, argument, query) {
		const text = new URLSearchParams(query || {}).toString();
		return `#/${page}${argument === undefined ? '' : `/${encodeURIComponent(argument)}`}${text ? `?${text}` : ''}`;
	},
	// The same page in another state: no new entry in the browser history.
	keep() {
		if (zoom.range) this.query.set('zoom', zoom.range.map(Math.round).join('-'));
		else this.query.delete('zoom');
		history.replaceState(null, '', this.link(this.page, this.argument || undefined, this.query));
	},
	option(name, value) {
		if (value) this.query.set(name, value);
		else this.query.delete(name);
		this.keep();
	},
};

// SPDX-License-Identifier: GPL-2.0-only
// theme.js - light, dark, or the system's setting; always light on paper. Charts take their colours from here.

const theme = {
	charts: new Set(), // {redraw()}
	printing: false,
	color(name) {
		return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
	},
	use(choice) {
		if (choice === 'auto') document.documentElement.removeAttribute('data-theme');
		else document.documentElement.setAttribute('data-theme', choice);
		try {
			localStorage.setItem('daxdash-theme', choice);
		} catch { /* a file may have no storage */ }
		this.redraw();
	},
	choice() {
		try {
			return localStorage.getItem('daxdash-theme') || 'auto';
		} catch {
			return 'auto';
		}
	},
	redraw() {
		for (const chart of this.charts) chart.redraw();
	},
	print(on) {
		if (this.printing === on) return;
		this.printing = on;
		document.documentElement.toggleAttribute('data-print', on);
		this.redraw();
	},
	start() {
		this.use(this.choice());
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.redraw());
		matchMedia('print').addEventListener('change', event => this.print(event.matches));
		addEventListener('beforeprint', () => this.print(true));
		addEventListener('afterprint', () => this.print(false));
	},
	button() {
		const choices = ['auto', 'light', 'dark'];
		const select = el('select', {id: 'theme', onchange: () => this.use(select.value)},
			choices.map(choice => el('option', {value: choice, selected: choice === this.choice()}, choice)));
		return el('label', {class: 'theme', for: 'theme'}, 'Colours ', select);
	},
};

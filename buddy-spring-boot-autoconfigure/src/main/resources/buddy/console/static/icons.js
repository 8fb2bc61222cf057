import { svg, html } from './lib.js';

const PATHS = {
	overview: svg`<path d="M4 13h6V4H4zM14 20h6V4h-6zM4 20h6v-4H4z"/>`,
	workflows: svg`<circle cx="6" cy="6" r="2.5"/><circle cx="18" cy="18" r="2.5"/><path d="M8.5 6H12a4 4 0 0 1 4 4v5.5"/>`,
	runs: svg`<path d="M4 6h10M8 12h12M4 18h9"/>`,
	questions: svg`<path d="M4 5h16v11H9l-5 4z"/><path d="M9 10.5h6"/>`,
	sessions: svg`<path d="M12 3 3 8l9 5 9-5zM3 13l9 5 9-5"/>`,
	schedules: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
	budgets: svg`<path d="M4 17a8 8 0 1 1 16 0M12 17l4-5M4 17h2M18 17h2"/>`,
	nodes: svg`<rect x="4" y="4" width="16" height="6" rx="1.5"/><rect x="4" y="14" width="16" height="6" rx="1.5"/><path d="M8 7h.01M8 17h.01"/>`,
	play: svg`<path d="M8 5.5v13l10.5-6.5z"/>`,
	stop: svg`<rect x="6.5" y="6.5" width="11" height="11" rx="1.5"/>`,
	retry: svg`<path d="M20 12a8 8 0 1 1-2.4-5.7L20 8.5M20 4v4.5h-4.5"/>`,
	fork: svg`<circle cx="6" cy="5" r="2"/><circle cx="18" cy="5" r="2"/><circle cx="12" cy="19" r="2"/><path d="M6 7v1.5a3 3 0 0 0 3 3h6a3 3 0 0 0 3-3V7M12 11.5V17"/>`,
	clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
	check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
	cross: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
	plus: svg`<path d="M12 5v14M5 12h14"/>`,
	copy: svg`<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3"/>`,
	moon: svg`<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"/>`,
	sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>`,
	auto: svg`<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M9 20.5h6"/>`,
	back: svg`<path d="m14.5 6-6 6 6 6"/>`,
	next: svg`<path d="m9.5 6 6 6-6 6"/>`,
	search: svg`<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>`,
	pause: svg`<path d="M9 6v12M15 6v12"/>`,
	trash: svg`<path d="M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7"/>`,
	edit: svg`<path d="M5 19l1-4L16 5l3 3L9 18z"/>`,
	download: svg`<path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14"/>`,
	upload: svg`<path d="M12 16V5M7.5 9 12 4.5 16.5 9M5 20h14"/>`,
	alert: svg`<path d="M12 4 2.8 19.5h18.4zM12 10v4M12 17h.01"/>`,
	agent: svg`<rect x="5" y="8" width="14" height="11" rx="3"/><path d="M12 8V4.5M9.5 13h.01M14.5 13h.01"/>`,
	tool: svg`<path d="M14.5 6.5a4 4 0 0 1 5-1l-2.6 2.6 1 1 2.6-2.6a4 4 0 0 1-5.3 5L8 18.7a1.9 1.9 0 0 1-2.7-2.7z"/>`,
	compare: svg`<rect x="4" y="5" width="6.5" height="14" rx="1.5"/><rect x="13.5" y="5" width="6.5" height="14" rx="1.5"/>`,
	step: svg`<rect x="5" y="5" width="14" height="14" rx="3"/><path d="m9 12 2.2 2.2L15.5 10"/>`
};

/** A picture that says nothing to a screen reader. */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;

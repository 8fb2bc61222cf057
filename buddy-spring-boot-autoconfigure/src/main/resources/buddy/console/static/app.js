import './elements.js';
import { html, keyed, nothing, render } from './lib.js';
import { connection, get } from './api.js';
import { icon } from './icons.js';
import { current, link } from './router.js';
import { empty } from './ui.js';
import { Overview } from './screens/overview.js';
import { Workflows } from './screens/workflows.js';
import { WorkflowPage } from './screens/workflow.js';
import { Runs } from './screens/runs.js';
import { RunPage } from './screens/run.js';
import { Questions } from './screens/questions.js';
import { Sessions } from './screens/sessions.js';
import { SessionPage } from './screens/session.js';
import { Schedules } from './screens/schedules.js';
import { Nodes } from './screens/nodes.js';
import { Compare } from './screens/compare.js';

const MENU = [
	['overview', 'Overview', Overview],
	['workflows', 'Workflows', Workflows, WorkflowPage],
	['runs', 'Runs', Runs, RunPage],
	['questions', 'Questions', Questions],
	['sessions', 'Sessions', Sessions, SessionPage],
	['schedules', 'Schedules', Schedules],
	['nodes', 'Nodes', Nodes]
];

/** Views that are reached from those of the menu. */
const OTHERS = { compare: ['runs', Compare] };

/** What only operators may read. */
const OF_OPERATORS = new Set(['schedules', 'nodes']);

const THEMES = ['auto', 'light', 'dark'];

const THEME_ICONS = { auto: 'auto', light: 'sun', dark: 'moon' };

class App {

	caller = { operator: false };

	openQuestions = 0;

	#screen = null;

	#key = null;

	#toasts = [];

	#scheduled = false;

	async start() {
		this.root = document.getElementById('app');
		try {
			this.caller = await get('caller');
		}
		catch (error) {
			this.refused = error;
		}
		window.addEventListener('hashchange', () => this.navigate());
		connection.addEventListener('change', () => this.update());
		connection.addEventListener('healed', () => this.healed());
		if (!location.hash) {
			history.replaceState(null, '', link(['overview']));
		}
		this.navigate();
		this.countQuestions();
		setInterval(() => document.hidden || connection.lost || this.countQuestions(), 15000);
	}

	async healed() {
		if (this.refused) {
			location.reload();
		}
		this.countQuestions();
	}

	/** The number of open questions, up to a hundred. */
	async countQuestions() {
		try {
			const page = await get('questions', { status: 'open', limit: 100 });
			this.openQuestions = page.items.length;
			this.manyQuestions = Boolean(page.next);
			this.update();
		}
		catch {
			// the count is no matter of its own
		}
	}

	navigate() {
		const route = current();
		const key = route.path.join('/');
		if (this.#screen && key === this.#key) {
			this.#screen.moved(route);
		}
		else {
			this.#screen?.stop();
			const entry = MENU.find(([name]) => name === route.path[0]);
			const type = entry ? (route.path.length > 1 ? entry[3] : entry[2]) : OTHERS[route.path[0]]?.[1];
			this.#key = key;
			this.#screen = type && !this.refused ? new type(this, route) : null;
			this.#screen?.start();
			window.scrollTo(0, 0);
		}
		this.update();
	}

	toast(message, tone, title) {
		const toast = { message, tone, title };
		this.#toasts = [...this.#toasts.slice(-3), toast];
		setTimeout(() => this.dismiss(toast), tone === 'bad' ? 12000 : 4000);
		this.update();
	}

	dismiss(toast) {
		this.#toasts = this.#toasts.filter((other) => other !== toast);
		this.update();
	}

	/** Draws everything, once a frame however much has changed. Hidden pages have no frames. */
	update() {
		if (!this.#scheduled) {
			this.#scheduled = true;
			if (document.hidden) {
				setTimeout(() => this.draw(), 500);
			}
			else {
				requestAnimationFrame(() => this.draw());
			}
		}
	}

	draw() {
		this.#scheduled = false;
		render(this.view(), this.root);
		const count = this.openQuestions ? `(${this.openQuestions}${this.manyQuestions ? '+' : ''}) ` : '';
		document.title = `${count}${this.#screen?.title || 'buddy'} · buddy`;
	}

	get theme() {
		return document.documentElement.dataset.theme || 'auto';
	}

	nextTheme() {
		const next = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length];
		if (next === 'auto') {
			delete document.documentElement.dataset.theme;
		}
		else {
			document.documentElement.dataset.theme = next;
		}
		try {
			localStorage.setItem('buddy.theme', next);
		}
		catch {
			// for this page only
		}
		this.update();
	}

	view() {
		const path = current().path;
		return html`
			<a class="skip" href="#main" @click=${(event) => this.skip(event)}>Skip to the content</a>
			<aside class="side">
				<a class="brand" href=${link(['overview'])}><img src="icon.svg" alt="" width="24" height="24">buddy</a>
				<nav aria-label="Console">${MENU.filter(([name]) => this.caller.operator || !OF_OPERATORS.has(name)).map(([name, text]) => html`
					<a href=${link([name])} title=${text} aria-current=${(OTHERS[path[0]]?.[0] || path[0]) === name ? 'page' : nothing}>${icon(name)}<span>${text}</span>${name === 'questions' && this.openQuestions
						? html`<span class="badge" aria-label="${this.openQuestions} open">${this.openQuestions}${this.manyQuestions ? '+' : ''}</span>` : nothing}</a>`)}
				</nav>
				<footer>
					<button type="button" class="quiet" @click=${() => this.nextTheme()} title="Colours: ${this.theme}">
						${icon(THEME_ICONS[this.theme])}<span>${this.theme === 'auto' ? 'System' : this.theme === 'dark' ? 'Dark' : 'Light'}</span></button>
					${this.caller.user_id ? html`<span class="who" title=${this.caller.operator ? 'Operator' : 'Viewer'}>${this.caller.user_id}</span>` : nothing}
				</footer>
			</aside>
			<main id="main" tabindex="-1">
				${connection.lost ? html`<div class="lost" role="status"><span class="spinner"></span>The connection to the server is lost. What you see may be old; the page goes on by itself.</div>` : nothing}
				${this.content(path)}
			</main>
			<div class="toasts" aria-live="polite">${this.#toasts.map((toast) => html`
				<div class="toast ${toast.tone}"><div>${toast.title ? html`<strong>${toast.title}</strong>` : nothing}<p>${toast.message}</p></div>
					<button type="button" class="quiet" aria-label="Close" @click=${() => this.dismiss(toast)}>${icon('cross')}</button></div>`)}
			</div>`;
	}

	content(path) {
		if (this.refused) {
			return empty('alert', this.refused.title || 'Not available', this.refused.message,
				html`<a class="button" href="." @click=${() => location.reload()}>Try again</a>`);
		}
		return keyed(this.#key, html`<div class="page">${this.#screen ? this.#screen.view()
			: empty('search', 'There is nothing here', `No view is called "${path.join('/')}".`, html`<a class="button" href=${link(['workflows'])}>Show the workflows</a>`)}</div>`);
	}

	skip(event) {
		event.preventDefault();
		document.getElementById('main').focus();
	}

}

new App().start();

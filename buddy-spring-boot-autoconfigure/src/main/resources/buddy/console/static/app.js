import './elements.js';
import { html, keyed, nothing, render } from './lib.js';
import { connection, get } from './api.js';
import { icon } from './icons.js';
import { current, link } from './router.js';
import { empty, loading } from './ui.js';

/** The screens by the first part of the address, each with what it needs, and the one of a single thing. */
const SCREENS = {
	overview: [() => import('./screens/overview.js').then((loaded) => loaded.Overview)],
	workflows: [() => import('./screens/workflows.js').then((loaded) => loaded.Workflows),
		() => import('./screens/workflow.js').then((loaded) => loaded.WorkflowPage)],
	runs: [() => import('./screens/runs.js').then((loaded) => loaded.Runs),
		() => import('./screens/run.js').then((loaded) => loaded.RunPage)],
	questions: [() => import('./screens/questions.js').then((loaded) => loaded.Questions)],
	sessions: [() => import('./screens/sessions.js').then((loaded) => loaded.Sessions),
		() => import('./screens/session.js').then((loaded) => loaded.SessionPage)],
	schedules: [() => import('./screens/schedules.js').then((loaded) => loaded.Schedules)],
	nodes: [() => import('./screens/nodes.js').then((loaded) => loaded.Nodes)],
	budgets: [() => import('./screens/budgets.js').then((loaded) => loaded.Budgets)],
	compare: [null, () => import('./screens/compare.js').then((loaded) => loaded.Compare)]
};

/** What gets the code of the screen of an address, if there is one. */
function screenOf({ path }) {
	const [ofMany, ofOne] = SCREENS[path[0]] || [];
	return path.length > 1 ? ofOne : ofMany;
}

const MENU = [
	['overview', 'Overview'],
	['workflows', 'Workflows'],
	['runs', 'Runs'],
	['questions', 'Questions'],
	['sessions', 'Sessions'],
	['schedules', 'Schedules'],
	['budgets', 'Budgets'],
	['nodes', 'Nodes']
];

/** Views that are reached from those of the menu. */
const OTHERS = { compare: 'runs' };

/** What only operators may read. */
const OF_OPERATORS = new Set(['schedules', 'nodes']);

const THEMES = ['auto', 'light', 'dark'];

const THEME_ICONS = { auto: 'auto', light: 'sun', dark: 'moon' };

class App {

	caller = { operator: false };

	openQuestions = 0;

	/** Whether anything is used of a budget, which few applications have. */
	hasBudgets = false;

	#screen = null;

	#key = null;

	/** Whether the code of the screen is on its way. */
	#loading = false;

	/** Whether the code of all screens is there, or on its way. */
	#complete = false;

	#toasts = [];

	#scheduled = false;

	async start() {
		this.root = document.getElementById('app');
		// on its way while the server tells who asks
		screenOf(current())?.().catch(() => null);
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
		this.findBudgets();
		setInterval(() => document.hidden || connection.lost || this.countQuestions(), 15000);
	}

	async healed() {
		if (this.refused || this.#loading) {
			location.reload();
		}
		this.countQuestions();
	}

	async findBudgets() {
		if (this.caller.everybody) {
			try {
				this.hasBudgets = (await get('budgets', { limit: 1 })).items.length > 0;
				this.update();
			}
			catch {
				// the menu goes without
			}
		}
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
			this.#screen = null;
			this.#key = key;
			const load = screenOf(route);
			this.#loading = Boolean(load) && !this.refused;
			if (this.#loading) {
				this.show(load, key);
			}
			window.scrollTo(0, 0);
		}
		this.update();
	}

	/** Shows a screen once its code is there, unless another view is wanted by then. */
	async show(load, key) {
		let type;
		try {
			type = await load();
		}
		catch {
			// the server is away: the page is loaded again when it is back
			connection.fail();
			return;
		}
		if (this.#key === key && this.#loading) {
			this.#loading = false;
			this.#screen = new type(this, current());
			this.#screen.start();
			this.update();
			this.loadOthers();
		}
	}

	/** Gets the code of the other screens while nothing else is to be done. */
	loadOthers() {
		if (!this.#complete) {
			this.#complete = true;
			setTimeout(() => Object.values(SCREENS).flat().filter(Boolean).forEach((load) => load().catch(() => {
				this.#complete = false;
			})), 2000);
		}
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
				<nav aria-label="Console">${MENU.filter(([name]) => name === 'budgets' ? this.hasBudgets : this.caller.operator || !OF_OPERATORS.has(name)).map(([name, text]) => html`
					<a href=${link([name])} title=${text} aria-current=${(OTHERS[path[0]] || path[0]) === name ? 'page' : nothing}>${icon(name)}<span>${text}</span>${name === 'questions' && this.openQuestions
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
		return keyed(this.#key, html`<div class="page">${this.#screen ? this.#screen.view() : this.#loading ? loading()
			: empty('search', 'There is nothing here', `No view is called "${path.join('/')}".`, html`<a class="button" href=${link(['workflows'])}>Show the workflows</a>`)}</div>`);
	}

	skip(event) {
		event.preventDefault();
		document.getElementById('main').focus();
	}

}

new App().start();

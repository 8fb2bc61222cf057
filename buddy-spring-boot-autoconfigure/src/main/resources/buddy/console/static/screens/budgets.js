import { html, nothing, repeat } from '../lib.js';
import { get } from '../api.js';
import { duration, money, number } from '../format.js';
import { link, replaceQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, loading, problemBox, runLink, sessionLink, when, workflowLink } from '../ui.js';

const RESOURCES = { tokens: 'Tokens', cost: 'Cost', time: 'Time' };

const ACTIONS = { refuse: 'Refuses', warn: 'Warns', ask: 'Asks' };

/** What is used of budgets in their current periods. */
export class Budgets extends Screen {

	budgets = null;

	get title() {
		return 'Budgets';
	}

	start() {
		this.load();
		this.every(5000, () => this.load());
	}

	async load() {
		await this.attempt(async () => {
			const page = await get('budgets', { limit: 100, name: this.name }, this.signal);
			this.budgets = page.items;
			this.more = Boolean(page.next);
		});
	}

	get name() {
		return this.query.get('name') || undefined;
	}

	view() {
		return html`
			${head({ title: 'Budgets', text: 'What the calls of models have used in the current periods, over all nodes.' })}
			${problemBox(this.problem, () => this.load())}
			${this.name ? html`<p><button type="button" class="quiet" @click=${() => replaceQuery({ name: null })}>Only ${this.name}: show all</button></p>` : nothing}
			${!this.budgets ? (this.problem ? nothing : loading()) : this.budgets.length ? html`<section class="card flush"><div class="table" tabindex="0"><table>
				<thead><tr><th scope="col">Budget</th><th scope="col">Of</th><th scope="col">Used</th><th scope="col">When it is used up</th><th scope="col">Begins anew</th></tr></thead>
				<tbody>${repeat(this.budgets, (one) => `${one.budget}:${one.scope}`, row)}</tbody></table></div>
				${this.more ? html`<p class="faint below">These are the first ${this.budgets.length}; GET /budgets has all.</p>` : nothing}</section>`
				: empty('budgets', 'Nothing is used', 'A budget is listed once a call of a model has used some of it.')}`;
	}

}

const row = (one) => html`<tr>
	<td><a href=${link(['budgets'], { name: one.budget })}>${one.budget}</a></td>
	<td>${owner(one)}</td>
	<td>${Object.entries(RESOURCES).filter(([key]) => one[key]).map(([key, text]) => bar(key, text, one[key]))}</td>
	<td>${one.exceeded ? html`<span class="pill bad"><i></i>${RESOURCES[one.exceeded]} used up</span>` : one.warned ? html`<span class="pill wait"><i></i>Warned</span>` : ACTIONS[one.when_exceeded]}</td>
	<td>${one.period_end ? when(one.period_end) : html`<span class="faint">never</span>`}</td></tr>`;

/** Whose budget it is. */
function owner({ per, scope }) {
	switch (per) {
		case 'run':
			return html`run ${runLink(scope)}`;
		case 'session':
			return html`session ${sessionLink(scope)}`;
		case 'workflow':
			return workflowLink(scope);
		case 'user':
			return scope ? html`user <code>${scope}</code>` : 'runs without a user';
		default:
			return 'the application';
	}
}

const shown = (key, value) => (key === 'time' ? duration(value) : key === 'cost' ? money(value) : number(value));

const bar = (key, text, { used, limit, raised }) => html`<div class="budget ${used >= limit ? 'bad' : ''}"><span>${text}</span>
	<progress max=${limit} .value=${Math.min(used, limit)} aria-label="${text}: ${shown(key, used)} of ${shown(key, limit)}"></progress>
	<span title=${raised ? `raised by ${shown(key, raised)}` : ''}>${shown(key, used)} of ${shown(key, limit)}</span></div>`;

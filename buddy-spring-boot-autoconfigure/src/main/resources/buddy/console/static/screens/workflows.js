import { html, nothing, repeat } from '../lib.js';
import { get } from '../api.js';
import { number, title } from '../format.js';
import { link, replaceQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, loading, problemBox, when } from '../ui.js';
import { icon } from '../icons.js';
import { sparkline } from '../parts/sparkline.js';

/** All workflows, each with its last run. */
export class Workflows extends Screen {

	workflows = null;

	last = new Map();

	/** The figures of the last day by workflow, if the application keeps them. */
	figures = null;

	get title() {
		return 'Workflows';
	}

	start() {
		this.load();
		this.every(10000, () => {
			this.loadRuns();
			this.loadFigures();
		});
	}

	async load() {
		await this.attempt(async () => {
			this.workflows = (await get('workflows', {}, this.signal)).items;
		});
		this.loadRuns();
		this.loadFigures();
	}

	async loadFigures() {
		if (this.noFigures) {
			return;
		}
		try {
			const stats = await get('stats', { window: '24h' }, this.signal);
			this.figures = new Map(stats.workflows.map((one) => [one.workflow_id, one]));
			this.slots = stats.buckets.length;
			this.changed();
		}
		catch (error) {
			// without figures, the cards show the last runs alone
			this.noFigures = error.status >= 400 && error.status !== 429;
		}
	}

	/** The last hundred runs say enough of what goes on. */
	async loadRuns() {
		await this.attempt(async () => {
			const runs = (await get('runs', { limit: 100 }, this.signal)).items;
			this.last = new Map();
			for (const run of runs) {
				this.last.set(run.workflow_id, [...(this.last.get(run.workflow_id) || []), run]);
			}
		});
	}

	moved(route) {
		this.route = route;
		this.changed();
	}

	view() {
		const word = (this.query.get('q') || '').toLowerCase();
		const found = this.workflows?.filter((one) => `${one.workflow_id} ${one.name} ${one.description || ''}`.toLowerCase().includes(word));
		return html`
			${head({ title: 'Workflows', text: 'Everything this application can run.', actions: html`
				<label class="search">${icon('search')}<input type="search" aria-label="Find a workflow" placeholder="Find a workflow" .value=${this.query.get('q') || ''} @input=${(event) => replaceQuery({ q: event.target.value })}></label>` })}
			${problemBox(this.problem, () => this.load())}
			${!found ? (this.problem ? nothing : loading()) : found.length ? html`<ul class="cards">${repeat(found, (one) => one.workflow_id, (one) => this.card(one))}</ul>`
				: word ? empty('search', 'No workflow fits', `None has "${word}" in its id, name or description.`)
					: empty('workflows', 'No workflows yet', 'Write a class that extends Workflow, with one method called run, and start the application again.')}`;
	}

	card(one) {
		const runs = this.last.get(one.workflow_id) || [];
		const figures = this.figures?.get(one.workflow_id);
		const failed = runs.find((run) => run.status === 'ERROR')?.run_id || figures?.last_error_run_id;
		return html`<li class="card workflow">
			<h2><a href=${link(['workflows', one.workflow_id])}>${title(one.name)}</a></h2>
			<code class="faint">${one.workflow_id}</code>
			<p>${one.description || html`<span class="faint">No description</span>`}</p>
			<footer>
				${this.figures ? sparkline(figures?.buckets || Array(this.slots).fill(0), `${figures?.ended || 0} runs ended in the last day`) : nothing}
				<span class="faint">${runs.length ? when(runs[0].created_at) : figures ? `${number(figures.ended)} in the last day` : 'no recent run'}</span>
				${failed ? html`<a class="failure" href=${link(['runs', failed])} title="The last failure"><span class="pill bad"><i></i>Failed${figures?.errors > 1 ? ` ×${number(figures.errors)}` : ''}</span></a>` : nothing}
			</footer></li>`;
	}

}

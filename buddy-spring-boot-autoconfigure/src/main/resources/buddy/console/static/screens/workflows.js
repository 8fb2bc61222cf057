import { html, nothing, repeat } from '../lib.js';
import { get } from '../api.js';
import { title } from '../format.js';
import { link, replaceQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, loading, pill, problemBox, when } from '../ui.js';
import { icon } from '../icons.js';

/** All workflows, each with its last run. */
export class Workflows extends Screen {

	workflows = null;

	last = new Map();

	get title() {
		return 'Workflows';
	}

	start() {
		this.load();
		this.every(10000, () => this.loadRuns());
	}

	async load() {
		await this.attempt(async () => {
			this.workflows = (await get('workflows', {}, this.signal)).items;
		});
		this.loadRuns();
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
		const failed = runs.find((run) => run.status === 'ERROR');
		return html`<li class="card workflow">
			<h2><a href=${link(['workflows', one.workflow_id])}>${title(one.name)}</a></h2>
			<code class="faint">${one.workflow_id}</code>
			<p>${one.description || html`<span class="faint">No description</span>`}</p>
			<footer>
				${runs.length ? html`<span class="sparks" role="img" aria-label="The last ${Math.min(runs.length, 12)} runs">${runs.slice(0, 12).reverse().map((run) => html`<i class="spark ${run.status.toLowerCase()}" title=${run.status.toLowerCase()}></i>`)}</span>` : nothing}
				${runs.length ? html`<span class="faint">${when(runs[0].created_at)}</span>` : html`<span class="faint">no runs yet</span>`}
				${failed ? html`<a class="failure" href=${link(['runs', failed.run_id])}>${pill('ERROR')} ${when(failed.created_at)}</a>` : nothing}
			</footer></li>`;
	}

}

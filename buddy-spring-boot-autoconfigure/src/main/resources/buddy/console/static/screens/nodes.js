import { html, nothing, repeat } from '../lib.js';
import { get } from '../api.js';
import { Screen } from '../screen.js';
import { empty, head, loading, problemBox, runLink, when, workflowLink } from '../ui.js';

/** The processes of the application. */
export class Nodes extends Screen {

	nodes = null;

	get title() {
		return 'Nodes';
	}

	start() {
		this.load();
		this.every(5000, () => this.load());
	}

	async load() {
		await this.attempt(async () => {
			this.nodes = (await get('nodes', {}, this.signal)).items;
		});
	}

	view() {
		return html`
			${head({ title: 'Nodes', text: 'The processes of this application, and how many runs each has in progress.' })}
			${problemBox(this.problem, () => this.load())}
			${!this.nodes ? (this.problem ? nothing : loading()) : this.nodes.length ? html`<section class="card flush"><div class="table" tabindex="0"><table>
				<thead><tr><th scope="col">State</th><th scope="col">Node</th><th scope="col" class="right">Runs</th><th scope="col">It runs</th><th scope="col">Last seen</th><th scope="col">Started</th></tr></thead>
				<tbody>${repeat(this.nodes, (one) => one.node_id, (one) => html`<tr><td>${one.alive ? html`<span class="pill good"><i></i>Alive</span>` : html`<span class="pill mute"><i></i>Gone</span>`}</td>
					<td><code>${one.node_id}</code></td><td class="right">${one.runs}</td><td>${one.newest_runs?.length ? html`<ul class="lines">${one.newest_runs.slice(0, 5).map((run) => html`<li>${workflowLink(run.workflow_id)} ${runLink(run.run_id)}</li>`)}</ul>` : html`<span class="faint">–</span>`}</td><td>${when(one.seen_at)}</td><td>${when(one.started_at)}</td></tr>`)}</tbody></table></div></section>`
				: empty('nodes', 'No nodes', 'A process is listed once it executes a run with a store that several nodes may share.')}`;
	}

}

import { html, nothing, repeat } from '../lib.js';
import { cursor, get, send } from '../api.js';
import { go, link, pushQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, id, loading, problemBox, when, workflowLink } from '../ui.js';
import { icon } from '../icons.js';

/** The sessions, last used first. */
export class Sessions extends Screen {

	sessions = null;

	workflows = [];

	get title() {
		return 'Sessions';
	}

	start() {
		this.load();
		this.every(8000, () => this.query.get('after') || this.load());
		this.attempt(async () => {
			this.workflows = (await get('workflows', {}, this.signal)).items;
		});
	}

	async load() {
		const asked = this.query.toString();
		await this.attempt(async () => {
			const page = await get('sessions', { workflow_id: this.query.get('workflow_id'), user_id: this.query.get('user_id'), session_name: this.query.get('name'), after: this.query.get('after'), limit: 50 }, this.signal);
			if (asked === this.query.toString()) {
				this.sessions = page.items;
				this.next = cursor(page);
			}
		});
	}

	narrow(changes) {
		pushQuery({ ...changes, after: '' });
	}

	async take(input) {
		const [file] = input.files;
		input.value = '';
		if (file) {
			const text = await file.text();
			const done = await this.act(async () => (await send('POST', 'sessions', { body: text })).json(), 'The session is imported.');
			if (done?.session_id) {
				go(['sessions', done.session_id]);
			}
		}
	}

	get filtered() {
		return ['workflow_id', 'user_id', 'name', 'after'].some((name) => this.query.get(name));
	}

	view() {
		return html`
			${head({ title: 'Sessions', text: 'Runs that share state and history.', actions: html`
				<form class="search" role="search" @submit=${(event) => {
					event.preventDefault();
					const value = event.target.elements.id.value.trim();
					if (value) {
						go(['sessions', value]);
					}
				}}>${icon('search')}<input type="search" name="id" aria-label="Session id" placeholder="Open by id"></form>
				${this.app.caller.operator ? html`<label class="button">${icon('upload')}Import<input class="hidden" type="file" accept="application/json,.json" @change=${(event) => this.take(event.target)}></label>` : nothing}` })}
			<div class="filters">
				<input aria-label="Name" placeholder="Any name" .value=${this.query.get('name') || ''} @change=${(event) => this.narrow({ name: event.target.value.trim() })}>
				<select aria-label="Workflow" @change=${(event) => this.narrow({ workflow_id: event.target.value })}><option value="">All workflows</option>${this.workflows.map((one) => html`<option value=${one.workflow_id} .selected=${one.workflow_id === this.query.get('workflow_id')}>${one.workflow_id}</option>`)}</select>
				<input aria-label="User" placeholder="Any user" .value=${this.query.get('user_id') || ''} @change=${(event) => this.narrow({ user_id: event.target.value.trim() })}>
				${this.filtered ? html`<button type="button" class="more" @click=${() => go(['sessions'])}>Clear all</button>` : nothing}
			</div>
			${problemBox(this.problem, () => this.load())}
			${!this.sessions ? (this.problem ? nothing : loading()) : this.sessions.length ? html`<section class="card flush"><div class="table" tabindex="0"><table>
				<thead><tr><th scope="col">Name</th><th scope="col">Id</th><th scope="col">Workflow</th><th scope="col">User</th><th scope="col">Last used</th><th scope="col">Created</th></tr></thead>
				<tbody>${repeat(this.sessions, (one) => one.session_id, (one) => html`<tr>
					<td><a href=${link(['sessions', one.session_id])}>${one.session_name || html`<span class="faint">unnamed</span>`}</a></td><td>${id(one.session_id)}</td><td>${workflowLink(one.workflow_id)}</td>
					<td>${one.user_id || html`<span class="faint">–</span>`}</td><td class="nowrap">${when(one.updated_at)}</td><td class="nowrap">${when(one.created_at)}</td></tr>`)}</tbody></table></div></section>
				<nav class="pages" aria-label="Pages"><button type="button" class="button small" ?disabled=${!this.query.get('after')} @click=${() => history.back()}>${icon('back')}Newer</button>
					<button type="button" class="button small" ?disabled=${!this.next} @click=${() => pushQuery({ after: this.next })}>Older${icon('next')}</button></nav>`
				: this.next ? empty('search', 'No session fits among the last thousand', 'Names are looked for among a thousand sessions at a time.', html`<button type="button" class="button" @click=${() => pushQuery({ after: this.next })}>Search older sessions</button>`)
				: this.filtered ? empty('search', 'No session fits', 'Take a filter away.', html`<button type="button" class="button" @click=${() => go(['sessions'])}>Clear all filters</button>`)
					: empty('sessions', 'No sessions yet', 'The first run of a workflow makes one.', html`<a class="button primary" href="#/workflows">Choose a workflow</a>`)}`;
	}

}

import { html, nothing } from '../lib.js';
import { cursor, get } from '../api.js';
import { go, pushQuery, replaceQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, loading, problemBox, statusName, statusTone } from '../ui.js';
import { icon } from '../icons.js';
import { runTable } from '../parts/run-table.js';

const STATUSES = ['RUNNING', 'PENDING', 'PAUSED', 'COMPLETED', 'ERROR', 'CANCELLED'];

const SPANS = [['', 'Any time'], ['1h', 'Last hour', 3600], ['24h', 'Last day', 86400], ['7d', 'Last 7 days', 604800]];

const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The runs, newest first. The address holds the filters and the page. */
export class Runs extends Screen {

	runs = null;

	workflows = [];

	get title() {
		return 'Runs';
	}

	start() {
		this.load();
		this.every(3000, () => this.query.get('after') || this.load());
		this.attempt(async () => {
			this.workflows = (await get('workflows', {}, this.signal)).items;
		});
	}

	get filter() {
		const span = SPANS.find(([name]) => name === this.query.get('span'));
		return {
			status: this.query.get('status'),
			workflow_id: this.query.get('workflow_id'),
			session_id: this.query.get('session_id'),
			user_id: this.query.get('user_id'),
			from: span?.[2] ? new Date(Date.now() - span[2] * 1000).toISOString() : null,
			after: this.query.get('after'),
			limit: 50
		};
	}

	async load() {
		const asked = this.query.toString();
		await this.attempt(async () => {
			const page = await get('runs', this.filter, this.signal);
			if (asked === this.query.toString()) {
				this.runs = page.items;
				this.next = cursor(page);
			}
		});
	}

	get statuses() {
		return (this.query.get('status') || '').split(',').filter(Boolean);
	}

	toggle(status) {
		const chosen = new Set(this.statuses);
		if (!chosen.delete(status)) {
			chosen.add(status);
		}
		this.narrow({ status: [...chosen].join(',') });
	}

	narrow(changes) {
		pushQuery({ ...changes, after: '' });
	}

	/** An id of a run opens it; anything else is the id of a session. */
	find(text) {
		const id = text.trim();
		if (RUN_ID.test(id)) {
			go(['runs', id]);
		}
		else {
			this.narrow({ session_id: id });
		}
	}

	get filtered() {
		return ['status', 'workflow_id', 'session_id', 'user_id', 'span', 'after'].some((name) => this.query.get(name));
	}

	view() {
		return html`
			${head({ title: 'Runs', badge: this.query.get('after') ? nothing : html`<span class="tag on-air"><i></i>live</span>`, actions: html`
				<form class="search" role="search" @submit=${(event) => {
					event.preventDefault();
					this.find(event.target.elements.id.value);
				}}>${icon('search')}<input type="search" name="id" aria-label="Id of a run or a session" placeholder="Id of a run or a session" .value=${this.query.get('session_id') || ''}></form>` })}
			<div class="filters">
				<div class="chips" role="group" aria-label="Status">${STATUSES.map((status) => html`<button type="button" class="chip ${statusTone(status)}" aria-pressed=${this.statuses.includes(status)} @click=${() => this.toggle(status)}><i></i>${statusName(status)}</button>`)}</div>
				<select aria-label="Workflow" @change=${(event) => this.narrow({ workflow_id: event.target.value })}><option value="">All workflows</option>${this.workflows.map((one) => html`<option value=${one.workflow_id} .selected=${one.workflow_id === this.query.get('workflow_id')}>${one.workflow_id}</option>`)}</select>
				<select aria-label="Time" @change=${(event) => this.narrow({ span: event.target.value })}>${SPANS.map(([name, text]) => html`<option value=${name} .selected=${name === (this.query.get('span') || '')}>${text}</option>`)}</select>
				<input aria-label="User" placeholder="Any user" .value=${this.query.get('user_id') || ''} @change=${(event) => this.narrow({ user_id: event.target.value.trim() })}>
				${this.filtered ? html`<button type="button" class="more" @click=${() => go(['runs'])}>Clear all</button>` : nothing}
			</div>
			${problemBox(this.problem, () => this.load())}
			${!this.runs ? (this.problem ? nothing : loading()) : this.runs.length ? html`<section class="card flush">${runTable(this.runs)}</section>
				<nav class="pages" aria-label="Pages"><button type="button" class="button small" ?disabled=${!this.query.get('after')} @click=${() => history.back()}>${icon('back')}Newer</button>
					${this.query.get('after') ? html`<button type="button" class="button small" @click=${() => replaceQuery({ after: '' })}>Newest</button>` : nothing}
					<button type="button" class="button small" ?disabled=${!this.next} @click=${() => pushQuery({ after: this.next })}>Older${icon('next')}</button></nav>`
				: this.filtered ? empty('search', 'No run fits', 'Take a filter away, or choose a longer time.', html`<button type="button" class="button" @click=${() => go(['runs'])}>Clear all filters</button>`)
					: empty('runs', 'Nothing has run yet', 'Start a workflow, and its run is shown here as it goes on.', html`<a class="button primary" href="#/workflows">Choose a workflow</a>`)}`;
	}

}

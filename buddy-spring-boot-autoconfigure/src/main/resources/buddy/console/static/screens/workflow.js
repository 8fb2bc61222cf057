import { html, live, nothing } from '../lib.js';
import { get, post, Problem, run, send, url, workflow } from '../api.js';
import { title } from '../format.js';
import { go, link, replaceQuery } from '../router.js';
import { Screen } from '../screen.js';
import { copy, head, loading, problemBox } from '../ui.js';
import { icon } from '../icons.js';
import { Form } from '../parts/form.js';
import { Follower } from '../parts/follower.js';
import { answer } from '../parts/answer.js';
import { runTable } from '../parts/run-table.js';

/** One workflow: its input, its answer as it is made, and its last runs. */
export class WorkflowPage extends Screen {

	workflow = null;

	sessions = [];

	session = '';

	user = '';

	runs = [];

	follower = null;

	run = null;

	get workflowId() {
		return this.route.path[1];
	}

	get title() {
		return this.workflow ? title(this.workflow.name) : this.workflowId;
	}

	start() {
		this.load();
		this.every(5000, () => this.loadRuns());
		const runId = this.query.get('run');
		if (runId) {
			this.follow(runId);
		}
	}

	moved(route) {
		this.route = route;
		this.changed();
	}

	stop() {
		super.stop();
		this.follower?.stop();
	}

	async load() {
		await this.attempt(async () => {
			this.workflow = await get(workflow(this.workflowId), {}, this.signal);
			if (!this.form) {
				const draft = this.draft();
				this.form = new Form(this.workflow.input_schema, () => this.drafted(), draft?.input);
				this.session = this.query.get('session') || draft?.session || '';
				this.user = draft?.user || '';
			}
		});
		this.loadRuns();
		await this.attempt(async () => {
			this.sessions = (await get('sessions', { workflow_id: this.workflowId, limit: 30 }, this.signal)).items;
		});
		const from = this.query.get('input');
		if (from && this.form) {
			this.again(from);
		}
	}

	/** Takes the input of an earlier run. */
	async again(runId) {
		replaceQuery({ input: '' });
		await this.attempt(async () => {
			const earlier = await get(run(runId), {}, this.signal);
			this.form.fill(withoutNulls(earlier.input || {}));
		});
	}

	async loadRuns() {
		await this.attempt(async () => {
			this.runs = (await get('runs', { workflow_id: this.workflowId, limit: 8 }, this.signal)).items;
		});
	}

	/** What was typed outlives a reload. */
	draft() {
		try {
			return JSON.parse(sessionStorage.getItem(`buddy.draft.${this.workflowId}`));
		}
		catch {
			return null;
		}
	}

	drafted() {
		try {
			sessionStorage.setItem(`buddy.draft.${this.workflowId}`, JSON.stringify({ input: this.form.value, session: this.session, user: this.user }));
		}
		catch {
			// storage is blocked
		}
		this.changed();
	}

	body() {
		const input = this.form.read();
		if (input === undefined) {
			return null;
		}
		const session = { ...(this.session ? { session_id: this.session } : {}), ...(this.user ? { user_id: this.user } : {}) };
		return { input, ...(Object.keys(session).length ? { session } : {}) };
	}

	async launch(background) {
		const body = this.body();
		if (!body || this.starting) {
			return;
		}
		this.form.faults = new Map();
		this.startProblem = null;
		this.starting = true;
		this.changed();
		try {
			await (background ? this.queue(body) : this.stream(body));
		}
		catch (error) {
			if (error instanceof Problem && error.code === 'invalid-input') {
				this.form.faults = error.faults('input');
				this.focusFault();
			}
			else if (error.name !== 'AbortError') {
				this.startProblem = error;
			}
		}
		this.starting = false;
		this.changed();
	}

	focusFault() {
		requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector('.faulty :is(input, textarea, select)')?.focus()));
	}

	async queue(body) {
		const response = await send('POST', workflow(this.workflowId, '/runs'), { body, headers: { Prefer: 'respond-async' } });
		const started = await response.json();
		this.app.toast('The run is queued.', 'good');
		go(['runs', started.run_id]);
	}

	async stream(body) {
		this.watch();
		const follower = this.follower;
		const done = follower.start(workflow(this.workflowId, '/runs'), body, (runId) => {
			this.starting = false;
			this.began = Date.now() / 1000;
			replaceQuery({ run: runId });
			this.loadRuns();
		});
		try {
			await done;
		}
		catch (error) {
			if (!follower.runId) {
				this.follower = null;
				throw error;
			}
		}
		this.ended(follower);
	}

	async follow(runId) {
		this.watch();
		const follower = this.follower;
		await this.attempt(() => follower.follow(runId));
		this.ended(follower);
	}

	watch() {
		this.follower?.stop();
		this.run = null;
		this.began = null;
		this.follower = new Follower((event) => {
			this.began ??= event.created_at;
			this.changed();
			if (event.event === 'RunPaused') {
				this.loadRun(event.run_id);
			}
		});
	}

	ended(follower) {
		if (this.follower === follower && follower.runId) {
			this.loadRun(follower.runId);
			this.loadRuns();
		}
	}

	loadRun(runId) {
		return this.attempt(async () => {
			this.run = await get(run(runId), {}, this.signal);
		});
	}

	cancel() {
		this.act(() => post(run(this.follower.runId, '/cancel')), 'The run was asked to stop.');
	}

	get curl() {
		const body = JSON.stringify(this.form.raw === null ? this.body() : { input: this.form.raw }).replaceAll("'", "'\\''");
		return `curl -H 'Content-Type: application/json' -d '${body}' '${url(workflow(this.workflowId, '/runs'))}'`;
	}

	view() {
		return html`
			${head({ up: { path: ['workflows'], name: 'Workflows' }, title: this.title, badge: html`<code class="tag">${this.workflowId}</code>`, text: this.workflow?.description || nothing })}
			${problemBox(this.problem, () => this.load())}
			${this.form ? html`<div class="split ${this.app.caller.operator ? '' : 'one'}">
				${this.app.caller.operator ? this.input() : nothing}
				<div class="stack">
					${this.follower ? answer(this, this.follower, this.run) : nothing}
					<section class="card"><h2>Last runs <a class="more" href=${link(['runs'], { workflow_id: this.workflowId })}>Show all</a></h2>
						${this.runs.length ? runTable(this.runs, { narrow: true }) : html`<p class="faint">It has not run yet. ${this.app.caller.operator ? 'Fill in its input, and press Run.' : ''}</p>`}</section>
				</div></div>` : this.problem ? nothing : loading()}`;
	}

	input() {
		return html`<form class="card input" @submit=${(event) => {
			event.preventDefault();
			this.launch(false);
		}} @keydown=${(event) => {
			if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
				event.preventDefault();
				event.target.dispatchEvent(new Event('change', { bubbles: true }));
				this.launch(false);
			}
		}}>
			<h2>Input <button type="button" class="more" aria-pressed=${this.form.raw !== null} @click=${() => this.form.toggleRaw()}>${this.form.raw === null ? 'Edit as JSON' : 'Edit as a form'}</button></h2>
			${this.form.view()}
			<details class="session" ?open=${Boolean(this.session || this.user)}><summary>Session${this.session ? html`: <code>${this.session}</code>` : html` <span class="faint">a new one</span>`}</summary>
				<label class="field"><span>Session id</span><input list="sessions" autocomplete="off" placeholder="A new session" .value=${live(this.session)} @input=${(event) => {
					this.session = event.target.value.trim();
					this.drafted();
				}}></label>
				<datalist id="sessions">${this.sessions.map((one) => html`<option value=${one.session_id}>${one.session_name || ''}</option>`)}</datalist>
				${this.app.caller.user_id ? nothing : html`<label class="field"><span>User id</span><input autocomplete="off" placeholder="Nobody" .value=${live(this.user)} @input=${(event) => {
					this.user = event.target.value.trim();
					this.drafted();
				}}></label>`}
			</details>
			${problemBox(this.startProblem)}
			<div class="buttons">
				<button class="button primary" ?disabled=${this.starting}>${icon('play')}Run</button>
				<button type="button" class="button" ?disabled=${this.starting} @click=${() => this.launch(true)}>Run in background</button>
				<span class="grow"></span>
				<span class="curl">curl ${copy(this.curl, 'Copy as curl')}</span>
			</div></form>`;
	}

}

/** Arguments that were null were left out. */
const withoutNulls = (input) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));

import { html, nothing, repeat } from '../lib.js';
import { cursor, get, patch, Problem, remove, run, session, url, workflow } from '../api.js';
import { go } from '../router.js';
import { Screen } from '../screen.js';
import { ask, confirm, fact, hasEnded, head, id, loading, pill, problemBox, runLink, when, workflowLink } from '../ui.js';
import { icon } from '../icons.js';
import { content, text } from '../parts/content.js';
import { Follower } from '../parts/follower.js';
import { Form } from '../parts/form.js';
import { json } from '../parts/json.js';

const PAGE = 10;

/** One session: its runs as a conversation that goes on, and its state. */
export class SessionPage extends Screen {

	session = null;

	/** The runs that are shown, oldest first. */
	runs = [];

	whole = new Map();

	follower = null;

	get sessionId() {
		return this.route.path[1];
	}

	get title() {
		return this.session?.session_data?.session_name || `Session ${this.sessionId.slice(0, 8)}`;
	}

	start() {
		this.load();
		this.every(5000, () => this.load());
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
			this.session = await get(session(this.sessionId), {}, this.signal);
			const page = await get(session(this.sessionId, '/runs'), { limit: PAGE }, this.signal);
			const known = new Set(page.items.map((one) => one.run_id));
			const older = this.runs.filter((one) => !known.has(one.run_id) && this.more !== undefined && this.loadedMore);
			this.runs = [...older, ...page.items.reverse()];
			if (!this.loadedMore) {
				this.more = cursor(page);
			}
			await this.fill();
			if (!this.form) {
				const schema = (await get(workflow(this.session.workflow_id), {}, this.signal)).input_schema;
				this.form = new Form(schema, () => this.changed());
			}
		});
	}

	/** Runs in lists have neither input nor response. Those that have ended do not change. */
	async fill() {
		for (const one of this.runs) {
			const known = this.whole.get(one.run_id);
			if (!known || known.status !== one.status) {
				this.whole.set(one.run_id, await get(run(one.run_id), {}, this.signal));
				this.changed();
			}
		}
	}

	async earlier() {
		await this.attempt(async () => {
			const page = await get(session(this.sessionId, '/runs'), { limit: PAGE, after: this.more }, this.signal);
			this.loadedMore = true;
			this.more = cursor(page);
			this.runs = [...page.items.reverse(), ...this.runs];
			await this.fill();
		});
	}

	async say() {
		const input = this.form.read();
		if (input === undefined || this.follower) {
			return;
		}
		this.form.faults = new Map();
		this.sayProblem = null;
		const follower = new Follower(() => this.changed());
		this.follower = follower;
		this.said = input;
		this.changed();
		try {
			const body = { input, session: { session_id: this.sessionId, ...(this.session.user_id && !this.app.caller.user_id ? { user_id: this.session.user_id } : {}) } };
			await follower.start(workflow(this.session.workflow_id, '/runs'), body, () => this.changed());
			this.form.value = new Form(this.form.schema, () => { }).value;
		}
		catch (error) {
			if (error instanceof Problem && error.code === 'invalid-input') {
				this.form.faults = error.faults('input');
			}
			else if (error.name !== 'AbortError') {
				this.sayProblem = error;
			}
		}
		await this.load();
		this.follower = null;
		this.changed();
	}

	async rename() {
		const name = await ask({ title: 'Rename the session', label: 'Name', value: this.session.session_data?.session_name, action: 'Rename' });
		if (name !== null && await this.act(() => patch(session(this.sessionId), { session_name: name }), 'The session is renamed.')) {
			this.load();
		}
	}

	async remove() {
		if (await confirm({ title: 'Delete this session?', text: 'The session, its state and all of its runs are deleted. This cannot be undone.', action: 'Delete the session' })
			&& await this.act(() => remove(session(this.sessionId)), 'The session is deleted.')) {
			go(['sessions']);
		}
	}

	view() {
		const one = this.session;
		const acts = this.app.caller.operator;
		return html`
			${head({ up: { path: ['sessions'], name: 'Sessions' }, title: one?.session_data?.session_name || 'Session', text: id(this.sessionId), actions: one ? html`
				<a class="button" href=${url(session(this.sessionId, '/export'))} download="${this.sessionId}.json">${icon('download')}Export</a>
				${acts ? html`<button type="button" class="button" @click=${() => this.rename()}>${icon('edit')}Rename</button>
				<button type="button" class="button danger" @click=${() => this.remove()}>${icon('trash')}Delete</button>` : nothing}` : nothing })}
			${problemBox(this.problem, () => this.load())}
			${one ? html`<dl class="facts">${fact('Workflow', workflowLink(one.workflow_id))}${fact('User', one.user_id)}${fact('Created', when(one.created_at))}${fact('Last used', when(one.updated_at))}</dl>
				<div class="split talk">
					<section class="card" aria-label="Conversation"><h2>Conversation</h2>
						${this.more ? html`<button type="button" class="button small" @click=${() => this.earlier()}>Show earlier runs</button>` : nothing}
						<ol class="turns">${repeat(this.runs.filter((entry) => entry.run_id !== this.follower?.runId), (entry) => entry.run_id, (entry) => this.turn(entry, this.whole.get(entry.run_id)))}${this.follower ? this.now() : nothing}</ol>
						${this.runs.length || this.follower ? nothing : html`<p class="faint">This session has no runs.</p>`}
						${acts && this.form ? this.next() : nothing}</section>
					<section class="card state"><h2>State</h2>${json(one.session_data?.session_state || {})}</section></div>` : this.problem ? nothing : loading()}`;
	}

	turn(summary, whole) {
		return html`<li class="turn">
			<div class="said">${whole ? this.input(whole.input) : html`<span class="faint">…</span>`}</div>
			<div class="reply"><p class="faint">${pill(summary.status)} ${runLink(summary.run_id)} ${when(summary.created_at)}</p>
				${whole?.response && 'content' in whole.response ? content(whole.response.content) : whole?.error ? html`<p class="fault">${whole.error.message || whole.error.type}</p>` : hasEnded(summary.status) ? nothing : html`<span class="spinner"></span>`}</div></li>`;
	}

	now() {
		const { follower } = this;
		return html`<li class="turn"><div class="said">${this.input(this.said)}</div><div class="reply" aria-live="polite"><p class="faint">${pill(follower.status)}</p>
			${follower.status === 'COMPLETED' ? content(follower.result) : follower.pieces.map((piece) => (piece.tool ? html`<p class="faint">${icon('tool')}calls <code>${piece.tool}</code></p>` : text(piece.text)))}</div></li>`;
	}

	input(value) {
		const given = Object.entries(value || {}).filter(([, item]) => item !== null);
		return given.length === 1 && typeof given[0][1] === 'string' ? html`<p>${given[0][1]}</p>` : given.length ? content(Object.fromEntries(given)) : html`<p class="faint">no input</p>`;
	}

	next() {
		return html`<form class="next" @submit=${(event) => {
			event.preventDefault();
			this.say();
		}}>${this.form.view()}${problemBox(this.sayProblem)}
			<div class="buttons"><button class="button primary" ?disabled=${Boolean(this.follower)}>${icon('play')}Run in this session</button></div></form>`;
	}

}

import { html, nothing } from '../lib.js';
import { cursor, get, post, run as path } from '../api.js';
import { duration, number, runTime, title, tokens } from '../format.js';
import { go, link } from '../router.js';
import { Screen } from '../screen.js';
import { confirm, copy, fact, hasEnded, head, id, loading, pill, problemBox, runLink, sessionLink, tabs, when, workflowLink } from '../ui.js';
import { icon } from '../icons.js';
import { Follower } from '../parts/follower.js';
import { content, messages } from '../parts/content.js';
import { json } from '../parts/json.js';
import { waits } from '../parts/waits.js';
import { answer } from '../parts/answer.js';
import { eventList } from '../parts/event-list.js';
import { timeline } from '../parts/timeline.js';
import { diff, differences } from '../parts/diff.js';

const NESTED = 10;

/** One run: what ran when, what was said, what went in and what came out. */
export class RunPage extends Screen {

	run = null;

	steps = null;

	nested = new Map();

	executions = [];

	/** How many pages of steps are shown. */
	pages = 1;

	/** The pages of steps that do not change any more, by their cursor. */
	#whole = new Map();

	follower = new Follower((event) => this.told(event));

	get runId() {
		return this.route.path[1];
	}

	get tab() {
		return this.query.get('tab') || 'timeline';
	}

	get title() {
		return this.run ? `${title(this.run.workflow_id)} ${this.runId.slice(0, 8)}` : 'Run';
	}

	start() {
		this.load();
		this.every(5000, () => this.run && !hasEnded(this.run.status) && this.load());
		// a bar of a step in progress grows
		this.every(1000, () => this.run?.status === 'RUNNING' && this.changed());
	}

	stop() {
		super.stop();
		this.follower.stop();
	}

	moved(route) {
		this.route = route;
		this.listen();
		this.changed();
	}

	async load() {
		await this.attempt(async () => {
			this.run = await get(path(this.runId), {}, this.signal);
			this.listen();
			this.steps = await this.shownSteps();
			this.executions = await this.executed();
		});
	}

	/** Which node executed the run when, which only operators may know. */
	async executed() {
		if (!this.app.caller.operator) {
			return [];
		}
		const known = this.executions.length && this.executions.at(-1).epoch === (this.run.epoch || 0);
		return known ? this.executions : (await get(path(this.runId, '/executions'), {}, this.signal)).items;
	}

	/** The steps of the pages that are shown. Pages of ended steps are read once. */
	async shownSteps() {
		const steps = [];
		let after = '';
		for (let page = 0; page < this.pages && after !== null; page++) {
			const read = this.#whole.get(after) || await this.stepsOf(this.runId, after);
			if (!read.steps) {
				return null;
			}
			if (read.next && read.steps.every((step) => step.ended_at)) {
				this.#whole.set(after, read);
			}
			steps.push(...read.steps);
			after = read.next;
		}
		this.moreSteps = after;
		return steps;
	}

	/** A page of the steps of a run, and of those of the runs that it has called. */
	async stepsOf(runId, after = '') {
		try {
			const page = await get(path(runId, '/steps'), { limit: 100, after }, this.signal);
			const steps = page.items;
			for (const step of steps) {
				if (step.child_run_id && (this.nested.size < NESTED || this.nested.has(step.child_run_id))) {
					this.nested.set(step.child_run_id, (await this.stepsOf(step.child_run_id)).steps);
				}
			}
			return { steps, next: cursor(page) };
		}
		catch (error) {
			if (error.code === 'steps-not-recorded') {
				return { steps: null, next: null };
			}
			throw error;
		}
	}

	/** Events are read while the run goes on, or when they are looked at. */
	listen() {
		if (!this.listening && this.run && (this.tab === 'events' || !hasEnded(this.run.status))) {
			this.listening = true;
			this.follower.follow(this.runId).catch((error) => {
				this.eventProblem = error.status ? error : null;
			}).finally(() => {
				this.listening = hasEnded(this.follower.status);
				this.load();
			});
		}
	}

	told(event) {
		this.began ??= event.created_at;
		this.changed();
		if (!hasEnded(this.run?.status) && !event.event.startsWith('RunResponse') && !this.soon) {
			this.soon = setTimeout(() => {
				this.soon = null;
				this.load();
			}, 300);
		}
	}

	async cancel() {
		if (await confirm({ title: 'Cancel this run?', text: 'It is asked to stop. What it has done already stays done.', action: 'Cancel the run' })) {
			await this.act(() => post(path(this.runId, '/cancel')), 'The run was asked to stop.');
			this.load();
		}
	}

	async goOn(how) {
		const { epoch } = this.run;
		if (await this.act(() => post(path(this.runId, `/${how}`)), how === 'retry' ? 'The failed step is tried again.' : 'The run goes on.')) {
			this.follower.stop();
			this.follower = new Follower((event) => this.told(event));
			this.listening = false;
			this.#whole.clear();
			await this.begun(epoch);
		}
	}

	/** Waits until another execution has begun. */
	async begun(epoch) {
		for (let i = 0; i < 40 && this.run.epoch === epoch && !this.signal.aborted; i++) {
			await this.load();
			await new Promise((resolve) => {
				setTimeout(resolve, i < 10 ? 100 : 500);
			});
		}
	}

	showMoreSteps() {
		this.pages++;
		this.load();
	}

	async fork(key) {
		if (await confirm({ title: 'Fork from here?', text: `A new run begins with the recorded steps before "${key}", and executes the rest again.`, action: 'Fork the run' })) {
			const forked = await this.act(() => post(path(this.runId, '/fork'), { before: key }), 'The fork has begun.');
			if (forked?.run_id) {
				go(['runs', forked.run_id]);
			}
		}
	}

	loadRun() {
		return this.load();
	}

	get actions() {
		const { run } = this;
		if (!run || !this.app.caller.operator) {
			return nothing;
		}
		const interrupted = run.error?.reason === 'step_interrupted';
		return html`
			${hasEnded(run.status) ? nothing : html`<button type="button" class="button" @click=${() => this.cancel()}>${icon('stop')}Cancel</button>`}
			${run.resumable && run.status === 'ERROR' && !interrupted ? html`<button type="button" class="button primary" @click=${() => this.goOn('retry')}>${icon('retry')}Retry</button>` : nothing}
			${run.resumable && (run.status !== 'ERROR' || interrupted) ? html`<button type="button" class="button primary" @click=${() => this.goOn('resume')}>${icon('play')}Resume</button>` : nothing}
			<a class="button" href=${link(['workflows', run.workflow_id], { input: run.run_id })}>${icon('retry')}Run again…</a>`;
	}

	/** What agents and their models have said; of a run that goes on, what its steps have recorded. */
	get said() {
		return this.run.response?.messages || (this.steps || []).filter((step) => step.kind === 'agent').flatMap((step) => step.result?.messages || []);
	}

	get changes() {
		return Object.entries(this.run.state_changes || {}).flatMap(([key, change]) => (change.before_note || change.after_note
			? [{ ...change, path: [key] }] : differences(change.before, change.after, [key])));
	}

	view() {
		const { run } = this;
		return html`
			${head({ up: { path: ['runs'], name: 'Runs' }, title: run ? run.workflow_id : 'Run', badge: run ? pill(run.status) : nothing, actions: html`${this.actions}<a class="button" href=${link(['compare', this.runId])}>${icon('compare')}Compare…</a>`, text: id(this.runId) })}
			${problemBox(this.problem, () => this.load())}
			${run ? html`${this.facts(run)}
				${run.error ? this.failure(run.error) : nothing}
				${run.waits_for ? waits(this, run, () => this.load()) : nothing}
				${tabs(this.tab, [['timeline', 'Timeline', this.steps?.length], ['result', 'Input and output'], ['talk', 'Conversation', this.said.length], ['state', 'State', Object.keys(run.state_changes || {}).length], ['events', 'Events']],
					(key) => link(['runs', this.runId], { tab: key === 'timeline' ? '' : key }))}
				${this.part(run)}` : this.problem ? nothing : loading()}`;
	}

	facts(run) {
		const spent = tokens(run.response?.metrics);
		const exact = this.exactTime(run);
		return html`<dl class="facts">
			${fact('Workflow', workflowLink(run.workflow_id))}
			${fact('Session', sessionLink(run.session_id))}
			${fact('User', run.user_id)}
			${fact('Began', when(run.created_at))}
			${fact('Took', exact !== null ? duration(exact) : hasEnded(run.status) ? runTime(run) : html`<x-elapsed .span=${[run.created_at]}></x-elapsed>`)}
			${fact('Tokens', spent ? `${number(spent.input)} in, ${number(spent.output)} out` : null)}
			${fact('Executions', run.epoch ? `${run.epoch + 1}${run.recoveries ? `, ${run.recoveries} after a crash` : ''}` : null)}
			${fact(this.executions.length > 1 ? 'Nodes' : 'Node', this.executions.length ? html`<ul class="lines">${this.executions.map((one) => html`<li>${this.executions.length > 1 ? html`<span class="tag" title=${`Execution ${one.epoch + 1}`}>e${one.epoch}</span>` : nothing}<code class="clip" title=${one.node_id}>${one.node_id}</code></li>`)}</ul>` : null)}
			${fact('Called by', run.parent_run_id ? runLink(run.parent_run_id) : null)}
			${fact('Fork of', run.forked_from ? runLink(run.forked_from) : null)}
			${fact('Deadline', run.deadline ? when(run.deadline) : null)}
			${fact('Code', run.code_version)}
		</dl>`;
	}

	/** The times of a run are whole seconds, those of its steps are not. */
	exactTime(run) {
		if (!run.ended_at || !this.steps?.length || run.ended_at - run.created_at > 2) {
			return null;
		}
		return Math.max(...this.steps.map((step) => step.ended_at ?? step.started_at)) - Math.min(...this.steps.map((step) => step.started_at));
	}

	failure(error) {
		return html`<div class="problem">${icon('alert')}<div><strong>${error.type || 'The run has ended'}${error.reason ? html` <code>${error.reason}</code>` : nothing}</strong><p>${error.message || ''}</p>
			${error.stack_trace ? html`<details><summary>Stack trace ${copy(error.stack_trace, 'Copy the stack trace')}</summary><pre>${error.stack_trace}</pre></details>` : nothing}</div></div>`;
	}

	part(run) {
		switch (this.tab) {
			case 'result':
				return this.result(run);
			case 'talk':
				return html`<section class="card">${this.said.length ? messages(this.said) : html`<p class="faint">No agent has spoken in this run${hasEnded(run.status) ? '' : ' yet'}.</p>`}</section>`;
			case 'state':
				return this.state(run);
			case 'events':
				return eventList(this);
			default:
				return timeline(this);
		}
	}

	state(run) {
		return html`<section class="card">${run.state_changes ? html`<h2>What this run has changed in the state of its session</h2>${diff(this.changes)}`
			: html`<p class="faint">${run.status !== 'COMPLETED' ? 'Only runs that complete change the state of their session.' : this.steps?.length ? 'This run has changed nothing in the state of its session.' : 'What a run has changed is recorded if it has steps. This one has none.'}</p>`}
			</section>
			<p class="below"><a href=${link(['sessions', run.session_id])}>Show the session, and its state as it is now</a></p>`;
	}

	result(run) {
		return html`<div class="halves">
			<section class="card"><h2>Input</h2>${run.input === undefined ? html`<p class="faint">No input is recorded.</p>` : json(run.input)}</section>
			${hasEnded(run.status) || !this.follower.events.length ? html`<section class="card"><h2>Output ${run.response?.content_type ? html`<span class="tag">${run.response.content_type}</span>` : nothing}</h2>
				${run.response && 'content' in run.response ? html`${content(run.response.content)}<details class="made"><summary>As JSON</summary>${json(run.response.content)}</details>` : html`<p class="faint">${hasEnded(run.status) ? 'The run has no result.' : 'The run has no result yet.'}</p>`}</section>`
				: answer(this, this.follower, null)}
		</div>`;
	}

}

import { html, nothing } from '../lib.js';
import { get } from '../api.js';
import { duration, number } from '../format.js';
import { link } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, loading, pill, problemBox, runLink, statusName, statusTone, tabs, when, workflowLink } from '../ui.js';
import { runTable } from '../parts/run-table.js';
import { plot } from '../parts/plot.js';

const WINDOWS = [['1h', 'Last hour'], ['24h', 'Last day']];

const UNFINISHED = ['RUNNING', 'PENDING', 'PAUSED'];

/** What goes on, and what went wrong. */
export class Overview extends Screen {

	runs = null;

	stats = null;

	nodes = [];

	schedules = [];

	get title() {
		return 'Overview';
	}

	get window() {
		return this.query.get('window') || '1h';
	}

	start() {
		this.load();
		this.every(5000, () => this.load());
	}

	async load() {
		await Promise.all([this.attempt(() => this.loadRuns()), this.attempt(() => this.loadStats()),
			this.app.caller.operator ? this.attempt(() => this.loadOperations()) : null]);
	}

	async loadRuns() {
		const { signal } = this;
		const [runs, open, failed] = await Promise.all([get('runs', { limit: 10 }, signal),
			get('runs', { status: UNFINISHED.join(','), limit: 100 }, signal), get('runs', { status: 'ERROR', limit: 5 }, signal)]);
		this.runs = runs.items;
		this.open = open;
		this.failed = failed.items;
	}

	/** Servers without statistics show their lists alone. */
	async loadStats() {
		if (this.noStats) {
			return;
		}
		try {
			const stats = await get('stats', { window: this.window }, this.signal);
			if (stats.window === this.window) {
				this.stats = stats;
			}
		}
		catch (error) {
			this.noStats = error.status === 404 || error.status === 501;
			if (!this.noStats) {
				throw error;
			}
		}
	}

	async loadOperations() {
		const [nodes, schedules] = await Promise.allSettled([get('nodes', {}, this.signal), get('schedules', { limit: 5 }, this.signal)]);
		this.nodes = nodes.value?.items || [];
		this.schedules = schedules.value?.items || [];
	}

	view() {
		if (!this.runs) {
			return html`${head({ title: 'Overview' })}${problemBox(this.problem, () => this.load())}${this.problem ? nothing : loading()}`;
		}
		return html`
			${head({ title: 'Overview', actions: this.stats ? tabs(this.window, WINDOWS, (key) => link(['overview'], { window: key === '1h' ? '' : key })) : nothing })}
			${problemBox(this.problem, () => this.load())}
			${this.runs.length ? html`${this.tiles()}${this.stats ? this.plots() : nothing}${this.lists()}`
				: empty('workflows', 'Nothing has run yet', 'Choose a workflow, fill in its input, and watch it run.', html`<a class="button primary" href="#/workflows">Choose a workflow</a>`)}`;
	}

	count(status) {
		if (this.stats) {
			return number(this.stats.unfinished[status] ?? 0);
		}
		const found = this.open.items.filter((run) => run.status === status).length;
		return `${found}${this.open.next ? '+' : ''}`;
	}

	tiles() {
		const ended = this.stats?.ended;
		return html`<ul class="tiles">
			${UNFINISHED.map((status) => html`<li><a class="tile ${statusTone(status)}" href=${link(['runs'], { status })}><span><i></i>${statusName(status)}</span><strong>${this.count(status)}</strong></a></li>`)}
			<li><a class="tile wait" href=${link(['questions'])}><span><i></i>Open questions</span><strong>${this.app.openQuestions}${this.app.manyQuestions ? '+' : ''}</strong></a></li>
			${ended ? ['COMPLETED', 'ERROR'].map((status) => html`<li><a class="tile ${statusTone(status)}" href=${link(['runs'], { status, span: this.window })} title=${this.window === '1h' ? 'In the last hour' : 'In the last day'}><span><i></i>${statusName(status)}, ${this.window}</span><strong>${number(ended[status] ?? 0)}</strong></a></li>`) : nothing}
		</ul>`;
	}

	plots() {
		const { buckets, truncated } = this.stats;
		const times = buckets.map((bucket) => (typeof bucket.from === 'number' ? bucket.from : Date.parse(bucket.from) / 1000));
		const column = (name) => buckets.map((bucket) => bucket[name] ?? null);
		return html`<div class="plots">
			<section class="card"><h2>Runs ended</h2>${plot('runs', times, [['Completed', column('completed'), 'good'], ['Failed', column('error'), 'bad'], ['Cancelled', column('cancelled'), 'mute']], { bars: true })}</section>
			<section class="card"><h2>Duration</h2>${plot('time', times, [['p50', column('p50_seconds'), 'live'], ['p95', column('p95_seconds'), 'wait']], { unit: (value) => duration(value) })}</section>
			<section class="card"><h2>Tokens</h2>${plot('tokens', times, [['Input', column('input_tokens'), 'live'], ['Output', column('output_tokens'), 'good']], { bars: true })}</section>
			${truncated ? html`<p class="faint">More runs have ended than are counted here; the figures are those of the last ones.</p>` : nothing}</div>`;
	}

	lists() {
		const { stats } = this;
		const oldest = stats?.oldest_unfinished;
		return html`<div class="halves wide">
			<section class="card"><h2>Last runs <a class="more" href=${link(['runs'])}>Show all</a></h2>${runTable(this.runs, { session: false })}</section>
			<div class="stack">
				<section class="card"><h2>Failures <a class="more" href=${link(['runs'], { status: 'ERROR' })}>Show all</a></h2>${stats?.errors?.length ? html`<ul class="lines">${stats.errors.slice(0, 6).map((error) => html`<li><span class="mono clip" title=${error.type}>${String(error.type).split('.').pop()}</span><span class="grow"></span><strong>${number(error.count)}</strong> ${error.last_run_id ? runLink(error.last_run_id) : nothing}</li>`)}</ul>`
					: this.failed.length && !stats ? html`<ul class="lines">${this.failed.map((run) => html`<li>${pill(run.status)} ${workflowLink(run.workflow_id)}<span class="grow"></span>${runLink(run.run_id)} <span class="faint">${when(run.created_at)}</span></li>`)}</ul>`
						: html`<p class="faint">No run has failed${stats ? ' in this time' : ''}.</p>`}</section>
				${oldest ? html`<section class="card"><h2>Longest in progress</h2><p>${workflowLink(oldest.workflow_id)} ${runLink(oldest.run_id)} <span class="faint">began ${when(oldest.created_at)}</span></p></section>` : nothing}
				${this.app.caller.operator ? html`<section class="card"><h2>Nodes <a class="more" href=${link(['nodes'])}>Show all</a></h2>${this.nodes.length ? html`<ul class="lines">${this.nodes.slice(0, 5).map((node) => html`<li><span class="dot ${node.alive ? 'good' : 'mute'}"></span><code class="clip">${node.node_id}</code><span class="grow"></span><span class="faint">${node.runs} ${node.runs === 1 ? 'run' : 'runs'}, seen ${when(node.seen_at)}</span></li>`)}</ul>` : html`<p class="faint">No node has run anything yet.</p>`}</section>
				<section class="card"><h2>Schedules <a class="more" href=${link(['schedules'])}>Show all</a></h2>${this.schedules.length ? html`<ul class="lines">${this.schedules.map((one) => html`<li><strong>${one.schedule_id}</strong><span class="grow"></span><span class="faint">${one.paused ? 'paused' : one.next_fire_at ? html`fires ${when(one.next_fire_at)}` : 'does not fire again'}</span></li>`)}</ul>` : html`<p class="faint">No workflow runs by itself.</p>`}</section>` : nothing}
			</div></div>`;
	}

}

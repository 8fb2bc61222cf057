import { html, nothing } from '../lib.js';
import { get, run as path } from '../api.js';
import { duration, runTime, shortId } from '../format.js';
import { replaceQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, fact, hasEnded, head, loading, pill, problemBox, runLink, sessionLink, when } from '../ui.js';
import { content } from '../parts/content.js';
import { diff, differences } from '../parts/diff.js';

const STEPS = 100;

/** Two runs of a workflow side by side. */
export class Compare extends Screen {

	sides = null;

	others = [];

	get ids() {
		return [this.route.path[1], this.query.get('with')];
	}

	get title() {
		return 'Compare runs';
	}

	async load() {
		await this.attempt(async () => {
			const [one, other] = this.ids;
			const first = await this.side(one);
			this.others = (await get('runs', { workflow_id: first.run.workflow_id, limit: 30 }, this.signal)).items.filter((run) => run.run_id !== one);
			this.sides = [first, other ? await this.side(other) : null];
		});
	}

	async side(runId) {
		const run = await get(path(runId), {}, this.signal);
		try {
			return { run, steps: (await get(path(runId, '/steps'), { limit: STEPS }, this.signal)).items };
		}
		catch (error) {
			if (error.code === 'steps-not-recorded') {
				return { run, steps: [] };
			}
			throw error;
		}
	}

	view() {
		const [one, other] = this.ids;
		return html`
			${head({ up: { path: ['runs', one], name: 'Run' }, title: 'Compare runs' })}
			${problemBox(this.problem, () => this.load())}
			${!this.sides ? (this.problem ? nothing : loading()) : html`
				<div class="filters"><label>With <select aria-label="The other run" @change=${(event) => replaceQuery({ with: event.target.value })}>
					<option value="">Choose a run</option>
					${other && !this.others.some((run) => run.run_id === other) ? html`<option value=${other} selected>${shortId(other)}</option>` : nothing}
					${this.others.map((run) => html`<option value=${run.run_id} .selected=${run.run_id === other}>${shortId(run.run_id)}, ${run.status.toLowerCase()}</option>`)}</select></label></div>
				${this.sides[1] ? this.both(...this.sides)
					: empty('compare', 'Which run is the other one?', this.others.length ? 'Choose one of the last runs of the same workflow.' : 'This workflow has no other run yet.')}`}`;
	}

	both(a, b) {
		const input = differences(a.run.input, b.run.input);
		const output = differences(a.run.response?.content, b.run.response?.content);
		return html`
			<div class="halves">${[a, b].map((side) => this.facts(side))}</div>
			<section class="card"><h2>Input</h2>${input.length ? diff(input, 'First', 'Second') : html`<p class="faint">Both have the same input.</p>`}</section>
			<section class="card"><h2>Steps</h2>${a.steps.length || b.steps.length ? this.steps(a.steps, b.steps) : html`<p class="faint">Neither has steps.</p>`}</section>
			<section class="card"><h2>Output</h2>${output.length ? html`<div class="halves">${[a, b].map((side) => html`<div>${this.output(side)}</div>`)}</div>` : html`<p class="faint">Both have the same output.</p>`}</section>`;
	}

	facts({ run, steps }) {
		return html`<section class="card"><h2>${runLink(run.run_id)} ${pill(run.status)}</h2><dl class="fields">
			${fact('Session', sessionLink(run.session_id))}
			${fact('Began', when(run.created_at))}
			${fact('Took', run.ended_at ? runTime(run) : html`<x-elapsed .span=${[run.created_at]}></x-elapsed>`)}
			${fact('Steps', String(steps.length))}
			${fact('Executions', run.epoch ? String(run.epoch + 1) : null)}
			${fact('Code', run.code_version)}
			${fact('Fork of', run.forked_from ? runLink(run.forked_from) : null)}</dl></section>`;
	}

	/** The steps by key, in the order of the first run. */
	steps(first, second) {
		const found = new Map(second.map((step) => [step.key, step]));
		const rows = [...first.map((step) => [step, found.get(step.key)]),
			...second.filter((step) => !first.some((one) => one.key === step.key)).map((step) => [undefined, step])];
		return html`<div class="table" tabindex="0"><table><thead><tr><th scope="col">Step</th><th scope="col">First</th><th scope="col">Second</th><th scope="col">Result</th></tr></thead>
			<tbody>${rows.map(([a, b]) => html`<tr><td><code>${(a || b).key}</code></td><td class="nowrap">${this.step(a)}</td><td class="nowrap">${this.step(b)}</td>
				<td>${!a || !b ? html`<span class="tag">only in one</span>` : differences(a.result, b.result).length || differences(a.error, b.error).length ? html`<span class="pill wait"><i></i>Differs</span>` : html`<span class="faint">the same</span>`}</td></tr>`)}</tbody></table></div>`;
	}

	step(step) {
		return step ? html`${pill(step.status)} <span class="faint">${step.ended_at ? duration(step.ended_at - step.started_at) : ''}</span>` : html`<span class="faint">–</span>`;
	}

	output({ run }) {
		return run.error ? html`<p class="fault">${run.error.message || run.error.type}</p>`
			: run.response && 'content' in run.response ? content(run.response.content)
				: html`<p class="faint">${hasEnded(run.status) ? 'No result.' : 'No result yet.'}</p>`;
	}

}

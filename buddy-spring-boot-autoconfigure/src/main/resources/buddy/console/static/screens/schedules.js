import { html, nothing, repeat } from '../lib.js';
import { cursor, get, patch, post, remove, schedule, workflow } from '../api.js';
import { go, pushQuery } from '../router.js';
import { Screen } from '../screen.js';
import { confirm, empty, head, loading, problemBox, runLink, when, workflowLink } from '../ui.js';
import { icon } from '../icons.js';

const SOURCES = { annotation: 'code', properties: 'properties', api: 'API' };

/** The schedules, with when each fires next. */
export class Schedules extends Screen {

	schedules = null;

	get title() {
		return 'Schedules';
	}

	start() {
		this.load();
		this.every(5000, () => this.load());
	}

	async load() {
		await this.attempt(async () => {
			const page = await get('schedules', { limit: 50, after: this.query.get('after') }, this.signal);
			this.schedules = page.items;
			this.next = cursor(page);
		});
	}

	async pause(one) {
		await this.act(() => patch(schedule(one.schedule_id), { paused: !one.paused }), one.paused ? 'The schedule goes on.' : 'The schedule is paused.');
		this.load();
	}

	/** A run apart from the fire times, with the input of the schedule. */
	async runNow(one) {
		const session = { ...(one.session_id ? { session_id: one.session_id } : {}), ...(one.user_id && !this.app.caller.user_id ? { user_id: one.user_id } : {}) };
		const started = await this.act(() => post(workflow(one.workflow_id, '/runs'), { input: one.input || {}, session }, { Prefer: 'respond-async' }), 'The run is queued.');
		if (started?.run_id) {
			go(['runs', started.run_id]);
		}
	}

	async remove(one) {
		if (await confirm({ title: 'Delete this schedule?', text: `"${one.schedule_id}" fires no more. Its runs stay.`, action: 'Delete the schedule' })) {
			await this.act(() => remove(schedule(one.schedule_id)), 'The schedule is deleted.');
			this.load();
		}
	}

	view() {
		return html`
			${head({ title: 'Schedules', text: 'Runs that begin by themselves.' })}
			${problemBox(this.problem, () => this.load())}
			${!this.schedules ? (this.problem ? nothing : loading()) : this.schedules.length ? html`<section class="card flush"><div class="table" tabindex="0"><table>
				<thead><tr><th scope="col">Schedule</th><th scope="col">Workflow</th><th scope="col">When</th><th scope="col">Next</th><th scope="col">Last</th><th scope="col">From</th><th scope="col"><span class="hidden">Actions</span></th></tr></thead>
				<tbody>${repeat(this.schedules, (one) => one.schedule_id, (one) => html`<tr>
					<td><strong>${one.schedule_id}</strong></td><td>${workflowLink(one.workflow_id)}</td>
					<td class="nowrap"><code>${one.cron || one.every}</code> <span class="faint">${one.cron ? one.zone : ''}</span></td>
					<td class="nowrap">${one.paused ? html`<span class="pill wait"><i></i>Paused</span>` : one.next_fire_at ? when(one.next_fire_at) : html`<span class="faint">–</span>`}</td>
					<td class="nowrap">${one.last_fire_at ? when(one.last_fire_at) : html`<span class="faint">never</span>`}${one.last_run_id ? html` · ${runLink(one.last_run_id)}` : nothing}</td>
					<td class="faint">${SOURCES[one.source] || one.source}</td>
					<td class="right nowrap">${this.app.caller.operator ? html`
						<button type="button" class="button small" @click=${() => this.runNow(one)}>${icon('play')}Run now</button>
						<button type="button" class="button small" @click=${() => this.pause(one)}>${icon(one.paused ? 'play' : 'pause')}${one.paused ? 'Resume' : 'Pause'}</button>
						${one.source === 'api' ? html`<button type="button" class="button small danger" aria-label="Delete ${one.schedule_id}" @click=${() => this.remove(one)}>${icon('trash')}</button>` : nothing}` : nothing}</td></tr>`)}</tbody></table></div></section>
				${this.next ? html`<nav class="pages" aria-label="Pages"><button type="button" class="button small" @click=${() => pushQuery({ after: this.next })}>More${icon('next')}</button></nav>` : nothing}`
				: empty('schedules', 'No schedules', 'Put @WorkflowSchedule on a workflow, set buddy.workflows.<id>.schedule.cron, or create one by the API.')}`;
	}

}

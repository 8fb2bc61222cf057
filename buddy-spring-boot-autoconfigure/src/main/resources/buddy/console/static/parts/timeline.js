import { html, nothing } from '../lib.js';
import { moment, number, tokens } from '../format.js';
import { icon } from '../icons.js';
import { hasEnded } from '../ui.js';
import { replaceQuery } from '../router.js';
import { gantt, rows, stepHead } from './gantt.js';
import { content, messages } from './content.js';
import { json } from './json.js';

/** The steps of a run in time, and the one that is looked at. */
export function timeline(screen) {
	const { run, steps } = screen;
	if (steps === null) {
		return html`<section class="card"><p class="faint">The steps of this run are not recorded.</p></section>`;
	}
	if (!steps.length) {
		return html`<section class="card"><p class="faint">${hasEnded(run.status) ? 'No steps are stored of this run: its code has called none, or they were deleted for their age.' : 'No step has begun yet.'}</p></section>`;
	}
	const running = !hasEnded(run.status);
	const all = [...steps, ...[...screen.nested.values()].flatMap((some) => some || [])];
	const from = Math.min(...all.map((step) => step.started_at));
	const to = running ? Math.max(Date.now() / 1000, from + 0.001) : Math.max(...all.map((step) => step.ended_at ?? step.started_at));
	const tree = rows(steps, screen.nested);
	const chosen = screen.query.get('step');
	const row = chosen ? find(tree, chosen) : null;
	return html`<section class="card flush">${gantt(tree, { from, to, chosen, running, executed: screen.executions, choose: (next) => replaceQuery({ step: next ? next.id : '' }) })}</section>
		${screen.moreSteps ? html`<nav class="pages" aria-label="Pages"><button type="button" class="button small" @click=${() => screen.showMoreSteps()}>Show more steps</button></nav>` : nothing}
		${row?.step ? detail(screen, row) : html`<p class="faint below">Choose a step to see its result.</p>`}`;
}

function find(list, id) {
	for (const row of list) {
		const found = row.id === id ? row : find(row.children, id);
		if (found) {
			return found;
		}
	}
	return null;
}

function detail(screen, { step, runId }) {
	const spent = step.kind === 'agent' && tokens(step.result?.metrics);
	// only the steps of the body of the run itself are places to fork from
	const forks = !runId && !step.key.includes('/') && hasEnded(screen.run.status) && screen.app.caller.operator;
	return html`<section class="card step"><h2><code>${step.key}</code> ${stepHead(step)}<span class="grow"></span>
			${forks ? html`<button type="button" class="button small" @click=${() => screen.fork(step.key)}>${icon('fork')}Fork from here</button>` : nothing}</h2>
		<p class="faint">Began ${moment(step.started_at)}${spent ? ` · ${number(spent.input)} tokens in, ${number(spent.output)} out` : ''}${step.result?.model ? ` · ${step.result.model}` : ''}</p>
		${step.error ? html`<div class="problem"><div><strong>${step.error.type || 'It has failed'}</strong><p>${step.error.message || ''}</p></div></div>` : nothing}
		${step.result_note ? html`<p class="faint">The result is ${step.result_note}.</p>` : nothing}
		${step.kind === 'agent' && step.result?.messages ? html`${messages(step.result.messages)}<details class="made"><summary>As JSON</summary>${json(step.result)}</details>`
			: step.result !== undefined ? content(step.result) : nothing}</section>`;
}

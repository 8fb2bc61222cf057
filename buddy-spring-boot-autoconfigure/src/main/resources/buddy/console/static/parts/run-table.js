import { html, nothing, repeat } from '../lib.js';
import { runTime } from '../format.js';
import { hasEnded, pill, runLink, sessionLink, when, workflowLink } from '../ui.js';

/** Runs as a table. */
export const runTable = (runs, { narrow = false, session = true } = {}) => html`<div class="table" tabindex="0"><table>
	<thead><tr><th scope="col">Status</th><th scope="col">Run</th>${narrow ? nothing : html`<th scope="col">Workflow</th>`}${session && !narrow ? html`<th scope="col">Session</th><th scope="col">User</th>` : nothing}<th scope="col">Began</th><th scope="col" class="right">Took</th></tr></thead>
	<tbody>${repeat(runs, (run) => run.run_id, (run) => html`<tr>
		<td>${pill(run.status)}</td>
		<td>${runLink(run.run_id)}${run.parent_run_id ? html` <span class="tag" title="Called by another run">nested</span>` : nothing}</td>
		${narrow ? nothing : html`<td>${workflowLink(run.workflow_id)}</td>`}
		${session && !narrow ? html`<td>${sessionLink(run.session_id)}</td><td>${run.user_id || html`<span class="faint">–</span>`}</td>` : nothing}
		<td class="nowrap">${when(run.created_at)}</td>
		<td class="right nowrap">${hasEnded(run.status) ? runTime(run) : html`<x-elapsed .span=${[run.created_at]}></x-elapsed>`}</td></tr>`)}</tbody></table></div>`;

import { html, nothing } from '../lib.js';
import { number, shortId, tokens } from '../format.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { hasEnded, pill } from '../ui.js';
import { content, text } from './content.js';
import { waits } from './waits.js';

/** The answer of a run as it is made. */
export function answer(screen, follower, run) {
	const status = run && run.status !== 'RUNNING' ? run.status : follower.status;
	const ended = hasEnded(status);
	const spent = tokens(run?.response?.metrics);
	return html`<section class="card answer" aria-label="Answer">
		<h2>Answer ${pill(status)}
			<span class="meter">${screen.began ? html`<span title="Elapsed">${icon('clock')}<x-elapsed .span=${[screen.began, ended ? run?.ended_at ?? follower.events.at(-1)?.created_at : undefined]}></x-elapsed></span>` : nothing}
				${spent ? html`<span title="Tokens read and written">${number(spent.input)} → ${number(spent.output)} tokens</span>` : nothing}</span>
			<span class="grow"></span>
			${!ended && follower.runId && screen.app.caller.operator ? html`<button type="button" class="button small" @click=${() => screen.cancel()}>${icon('stop')}Cancel</button>` : nothing}
			${follower.runId ? html`<a class="button small" href=${link(['runs', follower.runId])} title=${follower.runId}>Open run ${shortId(follower.runId).slice(0, 8)}</a>` : nothing}</h2>
		<div class="stream" aria-live="polite" aria-busy=${!ended}>${body(follower, status)}</div>
		${run?.waits_for ? waits(screen, run, () => screen.loadRun(run.run_id)) : nothing}
	</section>`;
}

function body(follower, status) {
	const pieces = follower.pieces.filter((piece) => piece.text || piece.tool);
	if (status === 'COMPLETED') {
		return html`${content(follower.result)}${pieces.length > 1 || (pieces.length && pieces[0].agent && typeof follower.result !== 'string')
			? html`<details class="made"><summary>What the agents wrote</summary>${written(pieces)}</details>` : nothing}`;
	}
	return html`${written(pieces)}${status === 'ERROR' && follower.error ? html`<div class="problem"><div><strong>${follower.error.error_type || 'The run has failed'}</strong><p>${follower.error.error || ''}</p></div></div>` : nothing}
		${pieces.length || status === 'ERROR' || status === 'CANCELLED' || status === 'PAUSED' ? nothing : html`<p class="faint"><span class="spinner"></span>Waiting for the first words…</p>`}`;
}

const written = (pieces) => pieces.map((piece) => html`<div class="piece">${piece.tool ? html`<p class="faint">${icon('tool')}${piece.agent} calls <code>${piece.tool}</code></p>`
	: html`${piece.agent ? html`<p class="faint">${icon('agent')}${piece.agent}${piece.model ? html` · ${piece.model}` : nothing}</p>` : nothing}${text(piece.text)}`}</div>`);

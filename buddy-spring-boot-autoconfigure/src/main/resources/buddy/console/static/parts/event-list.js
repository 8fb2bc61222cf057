import { html, nothing, repeat } from '../lib.js';
import { number } from '../format.js';
import { problemBox, when } from '../ui.js';
import { json } from './json.js';

const SHOWN = 200;

const MORE = 500;

const KNOWN = new Set(['id', 'event', 'created_at', 'run_id', 'session_id', 'workflow_id', 'agent_id', 'agent_name', 'content_type']);

const TONES = { WorkflowCompleted: 'good', StepCompleted: 'good', RunCompleted: 'good', ToolCallCompleted: 'good', WorkflowError: 'bad', StepError: 'bad', RunError: 'bad', WorkflowCancelled: 'mute', RunPaused: 'wait', BudgetWarning: 'wait' };

/** The events of a run, newest last. Pieces of one text stand together. */
export function eventList(screen) {
	const { follower } = screen;
	const lines = together(follower.events);
	const most = screen.shownEvents ?? SHOWN;
	const shown = lines.slice(-most);
	const open = screen.openEvents ??= new Set();
	return html`<section class="card flush">${problemBox(screen.eventProblem)}
		${lines.length > most || follower.dropped ? html`<p class="faint below">The last ${number(shown.length)} lines of ${number(follower.events.length + follower.dropped)} events.
			${lines.length > most ? html`<button type="button" class="more" @click=${() => {
				screen.shownEvents = most + MORE;
				screen.changed();
			}}>Show ${number(Math.min(MORE, lines.length - most))} earlier ones</button>` : nothing}</p>` : nothing}
		${shown.length ? html`<ol class="events">${repeat(shown, (line) => line.id, (line) => event(line, open, screen))}</ol>` : html`<p class="faint below">${screen.listening && !screen.eventProblem ? html`<span class="spinner"></span>Reading the events…` : 'No events are stored of this run.'}</p>`}</section>`;
}

function together(events) {
	const lines = [];
	for (const one of events) {
		const last = lines.at(-1);
		if (one.event === 'RunResponseContent' && last?.event === one.event && last.agent_name === one.agent_name && typeof one.content === 'string' && typeof last.content === 'string') {
			last.content += one.content;
			last.pieces += 1;
		}
		else {
			lines.push({ ...one, pieces: 1 });
		}
	}
	return lines;
}

/** What an event holds is drawn once somebody opens it: a run has thousands. */
function event(one, open, screen) {
	const about = one.key || one.agent_name || one.name || one.reason || '';
	return html`<li><details @toggle=${(toggled) => {
		open[toggled.target.open ? 'add' : 'delete'](one.id);
		screen.changed();
	}}><summary><span class="e-id mono">${one.id}</span><span class="dot ${TONES[one.event] || ''}"></span><strong>${one.event}</strong>
		<span class="e-about">${about}${one.pieces > 1 ? html` <span class="faint">${one.pieces} pieces</span>` : nothing}</span><span class="e-line">${line(one)}</span><span class="e-time">${when(one.created_at)}</span></summary>
		${open.has(one.id) ? fields(one) : nothing}</details></li>`;
}

function fields(one) {
	const rest = Object.fromEntries(Object.entries(one).filter(([name]) => !KNOWN.has(name) && name !== 'pieces'));
	return Object.keys(rest).length ? json(rest) : html`<p class="faint">It has no further fields.</p>`;
}

function line(one) {
	const text = one.error ?? one.content ?? one.tool?.tool_name ?? '';
	const plain = typeof text === 'string' ? text : JSON.stringify(text);
	return plain.length > 160 ? `${plain.slice(0, 160)}…` : plain;
}

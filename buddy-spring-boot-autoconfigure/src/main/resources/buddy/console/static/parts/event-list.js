import { html, nothing, repeat } from '../lib.js';
import { number } from '../format.js';
import { problemBox, when } from '../ui.js';
import { json } from './json.js';

const SHOWN = 500;

const KNOWN = new Set(['id', 'event', 'created_at', 'run_id', 'session_id', 'workflow_id', 'agent_id', 'agent_name', 'content_type']);

const TONES = { WorkflowCompleted: 'good', StepCompleted: 'good', RunCompleted: 'good', ToolCallCompleted: 'good', WorkflowError: 'bad', StepError: 'bad', RunError: 'bad', WorkflowCancelled: 'mute', RunPaused: 'wait' };

/** The events of a run, newest last. Pieces of one text stand together. */
export function eventList(screen) {
	const { follower } = screen;
	const lines = together(follower.events);
	const shown = lines.slice(-SHOWN);
	return html`<section class="card flush">${problemBox(screen.eventProblem)}
		${lines.length > SHOWN || follower.dropped ? html`<p class="faint below">The last ${number(shown.length)} lines of ${number(follower.events.length + follower.dropped)} events.</p>` : nothing}
		${shown.length ? html`<ol class="events">${repeat(shown, (line) => line.id, event)}</ol>` : html`<p class="faint below">${screen.listening && !screen.eventProblem ? html`<span class="spinner"></span>Reading the events…` : 'No events are stored of this run.'}</p>`}</section>`;
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

function event(one) {
	const rest = Object.fromEntries(Object.entries(one).filter(([name]) => !KNOWN.has(name) && name !== 'pieces'));
	const about = one.key || one.agent_name || one.name || one.reason || '';
	return html`<li><details><summary><span class="e-id mono">${one.id}</span><span class="dot ${TONES[one.event] || ''}"></span><strong>${one.event}</strong>
		<span class="e-about">${about}${one.pieces > 1 ? html` <span class="faint">${one.pieces} pieces</span>` : nothing}</span><span class="e-line">${line(one)}</span><span class="e-time">${when(one.created_at)}</span></summary>
		${Object.keys(rest).length ? json(rest) : html`<p class="faint">It has no further fields.</p>`}</details></li>`;
}

function line(one) {
	const text = one.error ?? one.content ?? one.tool?.tool_name ?? '';
	const plain = typeof text === 'string' ? text : JSON.stringify(text);
	return plain.length > 160 ? `${plain.slice(0, 160)}…` : plain;
}

import { html, nothing, repeat } from '../lib.js';
import { duration } from '../format.js';
import { icon } from '../icons.js';
import { pill, runLink, statusName, statusTone } from '../ui.js';

const ICONS = { agent: 'agent', model: 'agent', tool: 'tool', input: 'questions', sleep: 'clock', run: 'runs', step: 'step', patch: 'step' };

const TICKS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400];

/** Lays steps out as rows: branches and nested runs stand under what they belong to. */
export function rows(steps, nested, runId = '') {
	const top = [];
	const groups = new Map();
	const into = (path) => {
		if (!path) {
			return top;
		}
		if (!groups.has(path)) {
			const at = path.lastIndexOf('/');
			const row = { id: `${runId}/${path}`, name: path.slice(at + 1), group: true, children: [] };
			groups.set(path, row);
			into(at < 0 ? '' : path.slice(0, at)).push(row);
		}
		return groups.get(path).children;
	};
	const keys = new Set(steps.map((step) => step.key));
	for (const step of [...steps].sort((a, b) => a.started_at - b.started_at)) {
		const at = step.key.lastIndexOf('/');
		const row = { id: `${runId}/${step.key}`, runId, name: step.key.slice(at + 1), step, children: [] };
		const inner = step.child_run_id && nested.get(step.child_run_id);
		if (inner) {
			row.children = rows(inner, nested, step.child_run_id);
		}
		const path = at < 0 ? '' : step.key.slice(0, at);
		into(path).push(row);
		if (keys.has(step.key) && !groups.has(step.key)) {
			groups.set(step.key, row);
		}
	}
	return top;
}

function* flat(list, depth = 0) {
	for (const row of list) {
		yield [row, depth];
		yield* flat(row.children, depth + 1);
	}
}

function extent(row, now) {
	const parts = row.children.map((child) => extent(child, now));
	if (row.step) {
		parts.push([row.step.started_at, row.step.ended_at ?? now]);
	}
	return [Math.min(...parts.map(([from]) => from)), Math.max(...parts.map(([, to]) => to))];
}

/** What ran when. */
export function gantt(tree, { from, to, chosen, choose, running, executed }) {
	const length = Math.max(to - from, 0.001);
	const place = (start, end) => {
		const left = Math.max(0, ((start - from) / length) * 100);
		return [left, Math.min(100 - left, Math.max(0, ((end - start) / length) * 100))];
	};
	const size = TICKS.find((tick) => length / tick <= 6) || length / 5;
	const ticks = Array.from({ length: Math.floor(length / size) + 1 }, (none, index) => index * size);
	return html`<div class="gantt">
		<div class="g-row g-head" aria-hidden="true"><span class="g-name">Step</span><span class="g-line">${ticks.map((tick) => html`<x-span class="g-tick" .place=${[(tick / length) * 100, 0]}><span>${tick ? duration(tick) : '0'}</span></x-span>`)}</span><span class="g-took">Took</span></div>
		${executions(tree, to, place, executed)}
		<ol aria-label="Steps in time">${repeat([...flat(tree)], ([row]) => row.id, ([row, depth]) => line(row, depth, extent(row, to), place, chosen, choose, running))}</ol>
	</div>`;
}

/** Which execution of the run did what, if it was continued. */
function executions(tree, to, place, executed) {
	const spans = new Map();
	for (const [row] of flat(tree)) {
		if (row.step && !row.runId) {
			const { epoch, started_at: start, ended_at: end } = row.step;
			const [first, last] = spans.get(epoch) || [start, start];
			spans.set(epoch, [Math.min(first, start), Math.max(last, end ?? to)]);
		}
	}
	if (!spans.size || Math.max(...spans.keys()) === 0) {
		return nothing;
	}
	const title = (epoch) => {
		const node = executed.find((one) => one.epoch === epoch)?.node_id;
		return `Execution ${epoch + 1}: the run was ${epoch ? 'continued' : 'called'}${node ? ` on ${node}` : ''}`;
	};
	return html`<div class="g-row g-runs"><span class="g-name">${icon('runs')}Executions</span><span class="g-line">${[...spans].sort(([a], [b]) => a - b).map(([epoch, [start, end]]) => html`
		<x-span class="g-run" title=${title(epoch)} .place=${place(start, end)}>e${epoch}</x-span>`)}</span><span class="g-took">${spans.size}</span></div>`;
}

function line(row, depth, [start, end], place, chosen, choose, running) {
	const step = row.step;
	const open = step && !step.ended_at;
	const name = html`<span class="g-name depth-${Math.min(depth, 6)}">${icon(step ? ICONS[step.kind] || 'step' : 'fork')}<span class="g-text">${row.name}</span>${step?.attempts > 1 ? html`<span class="tag" title="attempts">×${step.attempts}</span>` : nothing}${step?.epoch ? html`<span class="tag" title="The execution that recorded it">e${step.epoch}</span>` : nothing}</span>`;
	const bar = html`<span class="g-line"><x-span class="g-bar ${step ? statusTone(step.status) : 'group'} ${open && running ? 'open' : ''}" title=${step ? statusName(step.status) : ''} .place=${place(start, end)}></x-span></span><span class="g-took">${duration(end - start)}</span>`;
	return html`<li>${step ? html`<button type="button" class="g-row" aria-expanded=${chosen === row.id} @click=${() => choose(chosen === row.id ? null : row)}>${name}${bar}</button>`
		: html`<div class="g-row">${name}${bar}</div>`}</li>`;
}

export const stepHead = (step) => html`${pill(step.status)} <span class="tag">${step.kind}</span>${step.attempts > 1 ? html`<span class="tag">${step.attempts} attempts</span>` : nothing}${step.child_run_id ? html` <span class="faint">run</span> ${runLink(step.child_run_id)}` : nothing}`;

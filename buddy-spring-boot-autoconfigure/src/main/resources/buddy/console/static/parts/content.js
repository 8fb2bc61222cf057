import { html, nothing } from '../lib.js';
import { label } from '../format.js';
import { json } from './json.js';

/** Markdown, rendered again only when the text changes. */
export const text = (value) => html`<x-markdown class="markdown" .text=${value}></x-markdown>`;

/** What a workflow made or shows: a text as Markdown, an object by its fields. */
export function content(value) {
	if (value === null || value === undefined) {
		return html`<span class="faint">nothing</span>`;
	}
	if (typeof value === 'string') {
		return text(value);
	}
	if (typeof value !== 'object') {
		return html`<span class="value">${String(value)}</span>`;
	}
	const entries = Object.entries(value);
	return Array.isArray(value) || !entries.length ? json(value) : html`
		<dl class="fields">${entries.map(([key, item]) => html`<div class=${isLong(item) ? 'long' : ''}><dt>${label(key)}</dt><dd>${field(item)}</dd></div>`)}</dl>`;
}

const isLong = (value) => (typeof value === 'string' ? value.length > 60 : value !== null && typeof value === 'object');

function field(value) {
	if (typeof value === 'boolean') {
		return value ? 'yes' : 'no';
	}
	return value !== null && typeof value === 'object' ? json(value) : content(value);
}

/** A conversation of an agent with its model. */
export const messages = (list) => html`<ol class="messages">${list.map(message)}</ol>`;

const ROLES = { system: 'Instructions', user: 'User', assistant: 'Assistant', tool: 'Tool' };

function message(one) {
	const calls = one.tool_calls || [];
	return html`<li class="message ${one.role}">
		<header><strong>${ROLES[one.role] || one.role}</strong>${one.agent_name && one.role === 'assistant' ? html`<span class="faint">${one.agent_name}</span>` : nothing}${one.tool_name ? html`<code>${one.tool_name}</code>` : nothing}</header>
		${one.content === undefined || one.content === null || one.content === '' ? nothing
			: typeof one.content === 'string' ? folded(one) : json(one.content)}
		${calls.map((call) => html`<div class="call"><span class="faint">calls</span> <code>${call.function?.name || call.tool_name || call.name}</code> ${json(call.function?.arguments ?? call.tool_args ?? call.arguments ?? {})}</div>`)}
	</li>`;
}

const folded = (one) => (one.role === 'system' && one.content.length > 400
	? html`<details><summary>${one.content.slice(0, 160)}…</summary>${text(one.content)}</details>` : text(one.content));

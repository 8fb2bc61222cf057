import { html, nothing } from '../lib.js';
import { pretty } from '../format.js';
import { copy } from '../ui.js';

const LONG = 600;

const MANY = 100;

/** JSON as a tree that can be folded, with long texts and long lists folded. */
export const json = (value, name = 'Copy the JSON') => html`
	<div class="json">${copy(pretty(value), name)}<div class="tree">${node(value, 0)}</div></div>`;

function node(value, depth, key = nothing) {
	const name = key === nothing ? nothing : html`<span class="j-key">${key}</span><span class="j-mark">: </span>`;
	const leaf = value === null || typeof value !== 'object' || !Object.keys(value).length;
	return leaf ? html`${name}${scalar(value)}` : branch(value, depth, name);
}

function scalar(value) {
	if (value === null || value === undefined) {
		return html`<span class="j-null">null</span>`;
	}
	if (typeof value === 'string') {
		return string(value);
	}
	return typeof value === 'object' ? html`<span class="j-mark">${Array.isArray(value) ? '[]' : '{}'}</span>`
		: html`<span class="j-${typeof value}">${String(value)}</span>`;
}

function string(value) {
	const text = JSON.stringify(value);
	return text.length <= LONG ? html`<span class="j-string">${text}</span>`
		: html`<details class="fold"><summary><span class="j-string">${text.slice(0, 120)}…</span> <small>${value.length} characters</small></summary><span class="j-string">${text}</span></details>`;
}

function branch(value, depth, name) {
	const list = Array.isArray(value);
	const entries = list ? value.map((item, index) => [index, item]) : Object.entries(value);
	const [open, close] = list ? ['[', ']'] : ['{', '}'];
	return html`<details class="branch" ?open=${depth < 2 && entries.length <= MANY}>
		<summary>${name}<span class="j-mark">${open}</span><small>${entries.length} ${list ? 'items' : 'fields'}</small></summary>
		<ul>${entries.slice(0, MANY * 5).map(([key, item]) => html`<li>${node(item, depth + 1, list ? nothing : key)}</li>`)}
			${entries.length > MANY * 5 ? html`<li><small>${entries.length - MANY * 5} more; copy the JSON to see them</small></li>` : nothing}</ul>
		<span class="j-mark">${close}</span></details>`;
}

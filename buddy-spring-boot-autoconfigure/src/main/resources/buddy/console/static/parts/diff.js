import { html, nothing } from '../lib.js';
import { json } from './json.js';

const isObject = (value) => value !== null && typeof value === 'object';

/** Where two values differ. What is not there is undefined. */
export function differences(before, after, path = []) {
	if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
		const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
		return keys.flatMap((key) => differences(before[key], after[key], [...path, key]));
	}
	return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** Differences as a table. */
export const diff = (changes, before = 'Before', after = 'After') => html`<div class="table" tabindex="0"><table class="diff">
	<thead><tr><th scope="col">Where</th><th scope="col">${before}</th><th scope="col">${after}</th></tr></thead>
	<tbody>${changes.map((change) => html`<tr><td><code>${change.path.join('.') || 'all of it'}</code></td>
		<td class="minus">${side(change.before, change.before_note)}</td><td class="plus">${side(change.after, change.after_note)}</td></tr>`)}</tbody></table></div>`;

const side = (value, note) => (note ? html`<span class="faint">${note}</span>` : value === undefined ? nothing
	: isObject(value) ? json(value) : html`<code>${JSON.stringify(value)}</code>`);

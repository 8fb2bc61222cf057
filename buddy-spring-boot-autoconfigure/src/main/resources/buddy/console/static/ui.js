import { html, nothing } from './lib.js';
import { icon } from './icons.js';
import { shortId } from './format.js';
import { link } from './router.js';

const STATUS = {
	COMPLETED: ['good', 'Completed'],
	ERROR: ['bad', 'Failed'],
	CANCELLED: ['mute', 'Cancelled'],
	RUNNING: ['live', 'Running'],
	PENDING: ['mute', 'Queued'],
	PAUSED: ['wait', 'Paused'],
	DONE: ['good', 'Done'],
	FAILED: ['bad', 'Failed'],
	STARTED: ['live', 'Running'],
	WAITING: ['wait', 'Waiting'],
	OPEN: ['wait', 'Open'],
	ANSWERED: ['good', 'Answered'],
	EXPIRED: ['bad', 'Expired'],
	CLOSED: ['mute', 'Closed']
};

export const statusName = (status) => (STATUS[status] || ['mute', status])[1];

export const statusTone = (status) => (STATUS[status] || ['mute'])[0];

export const pill = (status) => html`<span class="pill ${statusTone(status)}"><i></i>${statusName(status)}</span>`;

export const hasEnded = (status) => status === 'COMPLETED' || status === 'ERROR' || status === 'CANCELLED';

export const when = (seconds) => html`<x-time .at=${seconds}></x-time>`;

export const copy = (text, label = 'Copy') => html`<x-copy .value=${text} label=${label}></x-copy>`;

export const id = (text) => html`<span class="id"><code title=${text}>${shortId(text)}</code>${copy(text, 'Copy the id')}</span>`;

export const runLink = (runId) => html`<a class="mono" href=${link(['runs', runId])} title=${runId}>${shortId(runId)}</a>`;

export const sessionLink = (sessionId) => html`<a class="mono" href=${link(['sessions', sessionId])} title=${sessionId}>${shortId(sessionId)}</a>`;

export const workflowLink = (workflowId) => html`<a href=${link(['workflows', workflowId])}>${workflowId}</a>`;

export const problemBox = (problem, again) => (problem ? html`
	<div class="problem" role="alert">
		${icon('alert')}
		<div><strong>${problem.title || 'Something went wrong'}</strong><p>${problem.message}</p></div>
		${again ? html`<button type="button" class="button small" @click=${again}>Try again</button>` : nothing}
	</div>` : nothing);

export const empty = (name, title, text, action = nothing) => html`
	<div class="empty">${icon(name)}<h2>${title}</h2><p>${text}</p>${action}</div>`;

export const loading = () => html`<div class="loading" role="status"><span class="spinner"></span>Loading…</div>`;

/** The head of a page. */
export const head = ({ up, title, badge = nothing, text = nothing, actions = nothing }) => html`
	<header class="head">
		<div class="titles">
			${up ? html`<nav class="up" aria-label="Breadcrumb"><a href=${link(up.path)}>${icon('back')}${up.name}</a></nav>` : nothing}
			<h1>${title} ${badge}</h1>
			${text === nothing ? nothing : html`<p>${text}</p>`}
		</div>
		<div class="actions">${actions}</div>
	</header>`;

export const fact = (name, value) => (value === undefined || value === null || value === nothing ? nothing
	: html`<div><dt>${name}</dt><dd>${value}</dd></div>`);

/** Tabs as links: each has its address. */
export const tabs = (chosen, entries, address) => html`
	<nav class="tabs" aria-label="Parts of this page">
		${entries.map(([key, name, count]) => html`<a href=${address(key)} aria-current=${key === chosen ? 'page' : nothing}>${name}${count ? html` <span class="count">${count}</span>` : nothing}</a>`)}
	</nav>`;

/** Asks whether to do something that cannot be undone. */
export function confirm({ title, text, action }) {
	return dialog(title, action, true, (form) => {
		const paragraph = document.createElement('p');
		paragraph.textContent = text;
		form.append(paragraph);
		return () => true;
	});
}

/** Asks for a line of text. */
export function ask({ title, label, value, action }) {
	return dialog(title, action, false, (form) => {
		const field = document.createElement('label');
		field.className = 'field';
		const name = document.createElement('span');
		name.textContent = label;
		const input = document.createElement('input');
		input.value = value || '';
		input.autofocus = true;
		field.append(name, input);
		form.append(field);
		return () => input.value;
	});
}

function dialog(title, action, danger, fill) {
	const element = document.createElement('dialog');
	const form = document.createElement('form');
	form.method = 'dialog';
	const heading = document.createElement('h2');
	heading.textContent = title;
	element.setAttribute('aria-label', title);
	form.append(heading);
	const value = fill(form);
	const buttons = document.createElement('div');
	buttons.className = 'buttons';
	const cancel = document.createElement('button');
	cancel.className = 'button';
	cancel.type = 'button';
	cancel.textContent = 'Back';
	cancel.addEventListener('click', () => element.close());
	const accept = document.createElement('button');
	accept.className = `button ${danger ? 'danger' : 'primary'}`;
	accept.value = 'yes';
	accept.textContent = action;
	buttons.append(cancel, accept);
	form.append(buttons);
	element.append(form);
	document.body.append(element);
	return new Promise((resolve) => {
		element.addEventListener('close', () => {
			resolve(element.returnValue === 'yes' ? value() : null);
			element.remove();
		});
		element.showModal();
	});
}

import { html, nothing } from '../lib.js';
import { post, Problem, run as path } from '../api.js';
import { label } from '../format.js';
import { problemBox, when } from '../ui.js';
import { content } from './content.js';
import { Form } from './form.js';

/** The answers that are being written, by run and question. */
const drafts = new Map();

function draft(question, screen) {
	const key = `${question.run_id} ${question.question}`;
	let form = drafts.get(key);
	if (!form) {
		form = new Form(question.schema, () => screen.changed());
		drafts.set(key, form);
	}
	form.changed = () => screen.changed();
	return form;
}

async function submit(question, form, screen, done) {
	const answer = form.read();
	if (answer === undefined && form.raw !== null) {
		return;
	}
	form.problem = null;
	form.busy = true;
	screen.changed();
	try {
		await post(path(question.run_id, '/answers'), { question: question.question, answer: answer ?? null });
		drafts.delete(`${question.run_id} ${question.question}`);
		screen.app.toast('Your answer is recorded. The run goes on.', 'good');
		screen.app.countQuestions();
		done();
	}
	catch (error) {
		if (error instanceof Problem && error.code === 'invalid-answer') {
			form.faults = new Map([...error.faults('answer')].map(([at, message]) => [at, message.replace(/^The answer to question '.*' is refused: /, '')]));
		}
		else {
			form.problem = error;
		}
	}
	form.busy = false;
	screen.changed();
}

/** A question with what it shows, and the form of its answer. */
export function question(asked, screen, done) {
	const form = draft(asked, screen);
	return html`<form class="ask" @submit=${(event) => {
		event.preventDefault();
		submit(asked, form, screen, done);
	}}>
		${asked.shown === undefined ? nothing : html`<div class="shown" tabindex="0">${content(asked.shown)}</div>`}
		${form.view()}
		${problemBox(form.problem)}
		<div class="buttons"><button class="button primary" ?disabled=${form.busy}>Send the answer</button>
			<span class="grow"></span><button type="button" class="more" @click=${() => form.toggleRaw()}>${form.raw === null ? 'Edit as JSON' : 'Edit as a form'}</button></div></form>`;
}

/** What a paused run waits for. */
export const waits = (screen, run, done) => html`<div class="waits">${run.waits_for.map((wait) => (wait.kind === 'answer' ? html`
	<section class="card asks"><h2>${label(wait.question)} <span class="faint">asks <code>${wait.question}</code></span>${wait.expires_at ? html`<span class="faint">expires ${when(wait.expires_at)}</span>` : nothing}</h2>
		${screen.app.caller.operator ? question(wait, screen, done) : html`${content(wait.shown)}<p class="faint">Who is asked can answer it under Questions.</p>`}</section>`
	: html`<p class="card">${wait.kind === 'retry' ? html`Waits for attempt ${wait.attempt} of <code>${wait.step}</code>` : html`Sleeps in <code>${wait.step}</code>`}${wait.until ? html`, goes on ${when(wait.until)}` : nothing}.</p>`))}</div>`;

import { html, nothing, repeat } from '../lib.js';
import { cursor, get } from '../api.js';
import { label } from '../format.js';
import { link, pushQuery } from '../router.js';
import { Screen } from '../screen.js';
import { empty, head, loading, pill, problemBox, runLink, tabs, when } from '../ui.js';
import { content } from '../parts/content.js';
import { question } from '../parts/waits.js';

const STATUSES = [['open', 'Open'], ['answered', 'Answered'], ['expired', 'Expired'], ['closed', 'Closed']];

const NONE = {
	open: ['Nobody is waiting for you', 'When a run asks a person, its question is shown here.'],
	answered: ['Nothing is answered yet', 'Answers are kept here, with who gave them and when.'],
	expired: ['No question has expired', 'A question that nobody answered in its time is shown here.'],
	closed: ['No question was closed', 'A question is closed when its run ends before it is answered.']
};

/** The inbox of what waits for a person. */
export class Questions extends Screen {

	questions = null;

	get title() {
		return 'Questions';
	}

	get status() {
		return this.query.get('status') || 'open';
	}

	start() {
		this.load();
		this.every(4000, () => this.query.get('after') || this.load());
	}

	moved(route) {
		this.questions = null;
		super.moved(route);
	}

	async load() {
		const asked = this.query.toString();
		await this.attempt(async () => {
			const page = await get('questions', { status: this.status, run_id: this.query.get('run_id'), workflow_id: this.query.get('workflow_id'), limit: 30, after: this.query.get('after') }, this.signal);
			if (asked === this.query.toString()) {
				this.questions = page.items;
				this.next = cursor(page);
			}
		});
	}

	view() {
		return html`
			${head({ title: 'Questions', text: 'What runs ask people, and what people have answered.' })}
			${tabs(this.status, STATUSES.map(([key, name]) => [key, name, key === 'open' ? this.app.openQuestions : 0]), (key) => link(['questions'], { status: key === 'open' ? '' : key }))}
			${problemBox(this.problem, () => this.load())}
			${!this.questions ? (this.problem ? nothing : loading()) : this.questions.length ? html`
				<div class="stack">${repeat(this.questions, (one) => `${one.run_id} ${one.question}`, (one) => this.card(one))}</div>
				${this.next ? html`<nav class="pages" aria-label="Pages"><button type="button" class="button small" @click=${() => pushQuery({ after: this.next })}>Older</button></nav>` : nothing}`
				: empty('questions', ...NONE[this.status])}`;
	}

	/** Who may not answer is told so by the answer: only the server knows who is asked. */
	card(one) {
		return html`<article class="card asks"><h2>${label(one.question)} ${one.status === 'OPEN' ? nothing : pill(one.status)}
				<span class="faint">run</span> ${runLink(one.run_id)}<span class="grow"></span><span class="faint">asked ${when(one.asked_at)}${one.expires_at ? html` · expires ${when(one.expires_at)}` : nothing}</span></h2>
			${one.assignee || one.role ? html`<p class="faint">For ${[one.assignee, one.role && `the role ${one.role}`].filter(Boolean).join(' and ')}</p>` : nothing}
			${one.status === 'OPEN' && this.mayAnswer(one) ? question(one, this, () => this.load()) : html`
				${one.shown === undefined ? nothing : html`<div class="shown" tabindex="0">${content(one.shown)}</div>`}
				${'answer' in one ? html`<div class="given"><p class="faint">Answered${one.answered_by ? html` by <strong>${one.answered_by}</strong>` : nothing} ${when(one.answered_at)}</p>${content(one.answer)}</div>` : nothing}`}
		</article>`;
	}

	/** Whether a viewer is asked by a role is not known here, so the form is shown then. */
	mayAnswer(one) {
		return this.app.caller.operator || Boolean(one.role) || (one.assignee && one.assignee === this.app.caller.user_id);
	}

}

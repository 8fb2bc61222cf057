import { ago, duration, moment } from './format.js';

const clocks = new Set();

setInterval(() => document.hidden || clocks.forEach((clock) => clock.show()), 1000);

/** An element that shows something about the time, and keeps it right. */
class Clock extends HTMLElement {

	connectedCallback() {
		clocks.add(this);
		this.show();
	}

	disconnectedCallback() {
		clocks.delete(this);
	}

	write(text) {
		if (this.textContent !== text) {
			this.textContent = text;
		}
	}

}

/** How long ago a time is, or how far off. The title has the time itself. */
customElements.define('x-time', class extends Clock {

	#at;

	set at(seconds) {
		this.#at = seconds;
		this.title = moment(seconds);
		this.show();
	}

	show() {
		if (this.#at !== undefined) {
			this.write(ago(this.#at));
		}
	}

});

/** How long something has taken so far, or has taken. */
customElements.define('x-elapsed', class extends Clock {

	#span;

	set span(span) {
		this.#span = span;
		this.show();
	}

	show() {
		if (this.#span) {
			const [from, to] = this.#span;
			this.write(duration(Math.max(0, (to ?? Date.now() / 1000) - from)));
		}
	}

});

/** A piece of a line, from one percentage to another. */
customElements.define('x-span', class extends HTMLElement {

	set place([left, width]) {
		this.style.left = `${left}%`;
		this.style.width = `${width}%`;
	}

});

/** Copies its text. */
customElements.define('x-copy', class extends HTMLElement {

	connectedCallback() {
		if (this.firstChild) {
			return;
		}
		const button = document.createElement('button');
		button.type = 'button';
		button.className = 'copy';
		button.title = this.getAttribute('label') || 'Copy';
		button.setAttribute('aria-label', button.title);
		button.textContent = this.getAttribute('text') || '';
		button.addEventListener('click', (event) => {
			event.preventDefault();
			event.stopPropagation();
			this.copy(button);
		});
		this.append(button);
	}

	async copy(button) {
		try {
			await navigator.clipboard.writeText(this.value);
			button.classList.add('done');
			setTimeout(() => button.classList.remove('done'), 1200);
		}
		catch {
			window.prompt('Copy this text', this.value);
		}
	}

});

/** What renders Markdown, once a text needs it. */
let markdown = null;

/** Markdown. A text that grows is rendered at most once a frame. */
customElements.define('x-markdown', class extends HTMLElement {

	#text;

	#waits = false;

	set text(text) {
		if (text === this.#text) {
			return;
		}
		const first = this.#text === undefined;
		this.#text = text;
		if (first) {
			this.show();
		}
		else if (!this.#waits) {
			this.#waits = true;
			requestAnimationFrame(() => this.show());
		}
	}

	/** Until it can be rendered, and if it cannot, it is plain text. */
	async show() {
		if (!markdown) {
			this.textContent = this.#text;
			({ markdown } = await import('./markdown.js').catch(() => ({ markdown: null })));
		}
		this.#waits = false;
		if (markdown) {
			this.replaceChildren(markdown(this.#text));
		}
	}

});

import { Marked } from './lib/marked/lib/marked.esm.js';
import DOMPurify from './lib/dompurify/dist/purify.es.mjs';

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** HTML in a text is shown as text, and pictures as links: nothing is loaded from elsewhere. */
const marked = new Marked({
	gfm: true,
	breaks: true,
	async: false,
	renderer: {
		html: (token) => escape(token.text),
		image: (token) => `<a href="${escape(token.href)}">${escape(token.text || token.href)}</a>`
	}
});

const ALLOWED = {
	ALLOWED_TAGS: ['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'h5',
		'h6', 'hr', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
	ALLOWED_ATTR: ['href', 'start'],
	ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
	RETURN_DOM_FRAGMENT: true
};

/** Renders Markdown to nodes. */
export function markdown(text) {
	const nodes = DOMPurify.sanitize(marked.parse(text), ALLOWED);
	for (const anchor of nodes.querySelectorAll('a')) {
		anchor.target = '_blank';
		anchor.rel = 'noopener noreferrer';
	}
	return nodes;
}

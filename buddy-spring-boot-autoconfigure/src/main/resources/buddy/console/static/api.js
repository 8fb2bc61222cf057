/** The HTTP API. The console lies in a folder of its base path, whatever that is. */
const BASE = new URL('../', document.baseURI);

const RETRY = [1000, 2000, 4000, 5000];

/** An answer that is a problem, with its detail and the paths of its faults. */
export class Problem extends Error {

	constructor(status, body) {
		super(body.detail || body.title || `The server answered with status ${status}`);
		this.status = status;
		this.code = String(body.type || '').replace('urn:buddy:problem:', '');
		this.title = body.title || `Status ${status}`;
		this.body = body;
	}

	/** The messages by path; the paths have no prefix of the document's part. */
	faults(prefix) {
		const listed = this.body.errors || (this.body.path ? [{ path: this.body.path, message: this.message }] : []);
		return new Map(listed.map((fault) => [fault.path.replace(new RegExp(`^${prefix}(\\.|$)`), ''), fault.message]));
	}

}

/** The server was not reached. The banner tells it, and the screens keep what they have. */
export class Unreachable extends Error {
}

export const connection = new (class extends EventTarget {

	lost = false;

	#attempt = 0;

	fail() {
		if (this.lost) {
			return;
		}
		this.lost = true;
		this.#attempt = 0;
		this.dispatchEvent(new Event('change'));
		this.#again();
	}

	#again() {
		setTimeout(() => this.check(), RETRY[Math.min(this.#attempt++, RETRY.length - 1)]);
	}

	async check() {
		try {
			const response = await fetch(new URL('caller', BASE), { headers: { Accept: 'application/json' } });
			if (response.status < 502 || response.status > 504) {
				this.lost = false;
				this.dispatchEvent(new Event('change'));
				this.dispatchEvent(new Event('healed'));
				return;
			}
		}
		catch {
			// still away
		}
		this.#again();
	}

})();

export function url(path, query) {
	const target = new URL(path, BASE);
	for (const [name, value] of Object.entries(query || {})) {
		if (value !== undefined && value !== null && value !== '') {
			target.searchParams.set(name, value);
		}
	}
	return target;
}

/** Sends a request, and tells what is wrong with its answer. */
export async function send(method, path, { query, body, headers, signal } = {}) {
	let response;
	try {
		response = await fetch(url(path, query), {
			method,
			signal,
			headers: { Accept: 'application/json', ...(body !== undefined ? { 'Content-Type': 'application/json' } : {}), ...headers },
			body: body === undefined ? undefined : (typeof body === 'string' ? body : JSON.stringify(body))
		});
	}
	catch (error) {
		if (error.name === 'AbortError') {
			throw error;
		}
		connection.fail();
		throw new Unreachable('The server cannot be reached');
	}
	if (!response.ok) {
		throw await problem(response);
	}
	return response;
}

async function problem(response) {
	const text = await response.text().catch(() => '');
	try {
		return new Problem(response.status, JSON.parse(text));
	}
	catch {
		if (response.status >= 502 && response.status <= 504) {
			connection.fail();
			return new Unreachable('The server cannot be reached');
		}
		return new Problem(response.status, {});
	}
}

async function json(response) {
	const text = await response.text();
	return text ? JSON.parse(text) : null;
}

export const get = async (path, query, signal) => json(await send('GET', path, { query, signal }));

export const post = async (path, body, headers) => json(await send('POST', path, { body, headers }));

export const patch = async (path, body) => json(await send('PATCH', path, { body }));

export const remove = async (path) => json(await send('DELETE', path));

/** The cursor of the next page. */
export function cursor(page) {
	return page.next ? new URL(page.next, BASE).searchParams.get('after') : null;
}

export const run = (id, rest = '') => `runs/${encodeURIComponent(id)}${rest}`;

export const workflow = (id, rest = '') => `workflows/${encodeURIComponent(id)}${rest}`;

export const session = (id, rest = '') => `sessions/${encodeURIComponent(id)}${rest}`;

export const schedule = (id) => `schedules/${encodeURIComponent(id)}`;

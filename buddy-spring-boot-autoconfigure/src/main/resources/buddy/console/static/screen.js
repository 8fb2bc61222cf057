import { connection, Unreachable } from './api.js';

/** A view at an address. It loads what it shows, and ends with all of its requests. */
export class Screen {

	#abort = new AbortController();

	#timers = [];

	constructor(app, route) {
		this.app = app;
		this.route = route;
		this.problem = null;
		const heal = () => this.load();
		connection.addEventListener('healed', heal, { signal: this.signal });
	}

	get signal() {
		return this.#abort.signal;
	}

	get query() {
		return this.route.query;
	}

	/** The title of the page. */
	get title() {
		return 'buddy';
	}

	start() {
		this.load();
	}

	/** Only the query has changed. */
	moved(route) {
		this.route = route;
		this.load();
	}

	stop() {
		this.#abort.abort();
		this.#timers.forEach(clearInterval);
	}

	/** Does something now and then, while the page is seen and the server is there. */
	every(milliseconds, action) {
		this.#timers.push(setInterval(() => document.hidden || connection.lost || action(), milliseconds));
	}

	changed() {
		if (!this.signal.aborted) {
			this.app.update();
		}
	}

	/** Loads, and shows a problem in the place of what could not be loaded. */
	async attempt(action) {
		try {
			await action();
			this.problem = null;
		}
		catch (error) {
			if (this.signal.aborted || error.name === 'AbortError' || error instanceof Unreachable) {
				return;
			}
			this.problem = error;
			if (!error.status) {
				console.error(error);
			}
		}
		this.changed();
	}

	/** Acts, and tells how that went. */
	async act(action, done) {
		try {
			const result = await action();
			if (done) {
				this.app.toast(done, 'good');
			}
			return result ?? true;
		}
		catch (error) {
			if (!this.signal.aborted) {
				this.app.toast(error.message, 'bad', error.title);
			}
			return null;
		}
	}

}

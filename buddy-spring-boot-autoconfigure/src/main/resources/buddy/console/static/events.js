import { connection, run, send, Unreachable } from './api.js';

const LAST = new Set(['WorkflowCompleted', 'WorkflowError', 'WorkflowCancelled']);

/** Reads the events of a response, one after the other. */
async function* parse(response) {
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = '';
	for (;;) {
		const { value, done } = await reader.read();
		if (done) {
			return;
		}
		const blocks = (rest + value).split(/\r?\n\r?\n/);
		rest = blocks.pop();
		for (const block of blocks) {
			const event = { id: '', data: [] };
			for (const line of block.split(/\r?\n/)) {
				const [, name, text] = /^([^:]*):? ?(.*)$/.exec(line);
				if (name === 'id') {
					event.id = text;
				}
				else if (name === 'data') {
					event.data.push(text);
				}
			}
			if (event.data.length) {
				yield { id: event.id, ...JSON.parse(event.data.join('\n')) };
			}
		}
	}
}

/** Starts a run, and hands on its events until they end. Returns the run's id. */
export async function start(path, body, { signal, onStart, onEvent }) {
	const response = await send('POST', path, { body, signal, headers: { Accept: 'text/event-stream' } });
	const runId = decodeURIComponent((response.headers.get('Content-Location') || '').split('/').pop());
	onStart(runId);
	let last = '';
	let ended = false;
	try {
		for await (const event of parse(response)) {
			last = event.id;
			ended = LAST.has(event.event);
			onEvent(event);
		}
	}
	catch (error) {
		if (signal.aborted) {
			throw error;
		}
	}
	if (!ended) {
		await follow(runId, { after: last, signal, onEvent });
	}
	return runId;
}

/** Hands on the events of a run until they end, over lost connections. */
export async function follow(runId, { after = '', signal, onEvent }) {
	let last = after;
	while (!signal.aborted) {
		try {
			const response = await send('GET', run(runId, '/events'),
				{ signal, headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) } });
			if (response.status === 204) {
				return;
			}
			for await (const event of parse(response)) {
				last = event.id || last;
				onEvent(event);
				if (LAST.has(event.event)) {
					return;
				}
			}
		}
		catch (error) {
			if (signal.aborted) {
				return;
			}
			if (!(error instanceof Unreachable) && !(error instanceof TypeError)) {
				throw error;
			}
		}
		await pause(signal);
	}
}

/** Waits for a moment, and until the server is there. */
function pause(signal) {
	return new Promise((resolve) => {
		const done = () => {
			connection.removeEventListener('healed', done);
			resolve();
		};
		signal.addEventListener('abort', done, { once: true });
		if (connection.lost) {
			connection.addEventListener('healed', done);
		}
		else {
			setTimeout(done, 1000);
		}
	});
}

import { follow, start } from '../events.js';

const MOST = 5000;

/** What is known of a run by its events, as they come. */
export class Follower {

	events = [];

	/** What agents write, in the order in which they began. */
	pieces = [];

	dropped = 0;

	status = 'PENDING';

	constructor(changed) {
		this.changed = changed;
		this.abort = new AbortController();
	}

	start(path, body, onStart) {
		return start(path, body, { signal: this.abort.signal, onStart: (id) => {
			this.runId = id;
			onStart(id);
		}, onEvent: (event) => this.take(event) });
	}

	follow(runId) {
		this.runId = runId;
		return follow(runId, { signal: this.abort.signal, onEvent: (event) => this.take(event) });
	}

	stop() {
		this.abort.abort();
	}

	take(event) {
		if (event.event === 'RunContinued' && event.valid_until) {
			this.forget(event.valid_until);
		}
		this.events.push(event);
		if (this.events.length > MOST) {
			this.dropped += this.events.length - MOST;
			this.events.splice(0, this.events.length - MOST);
		}
		this.tell(event);
		this.changed(event);
	}

	/** What came after an event is executed again. */
	forget(last) {
		const at = this.events.findIndex((event) => event.id === last);
		if (at < 0) {
			return;
		}
		const kept = this.events.slice(0, at + 1);
		this.events = [];
		this.pieces = [];
		kept.forEach((event) => {
			this.events.push(event);
			this.tell(event);
		});
	}

	tell(event) {
		switch (event.event) {
			case 'WorkflowStarted': case 'RunContinued':
				this.status = 'RUNNING';
				break;
			case 'WorkflowCompleted':
				this.status = 'COMPLETED';
				this.result = event.content;
				break;
			case 'WorkflowError':
				this.status = 'ERROR';
				this.error = event;
				break;
			case 'WorkflowCancelled':
				this.status = 'CANCELLED';
				break;
			case 'RunPaused':
				this.status = event.waits_for ? 'PAUSED' : this.status;
				break;
			case 'RunStarted':
				this.pieces.push({ agent: event.agent_name || event.agent_id, model: event.model, text: '' });
				break;
			case 'RunResponseContent':
				this.append(event);
				break;
			case 'ToolCallStarted':
				this.pieces.push({ agent: event.agent_name, tool: event.tool?.tool_name, text: '' });
				break;
			default:
		}
	}

	append(event) {
		const agent = event.agent_name || event.agent_id;
		let piece = [...this.pieces].reverse().find((one) => one.agent === agent && !one.tool);
		if (!piece) {
			piece = { agent, text: '' };
			this.pieces.push(piece);
		}
		piece.text += typeof event.content === 'string' ? event.content : JSON.stringify(event.content);
	}

}

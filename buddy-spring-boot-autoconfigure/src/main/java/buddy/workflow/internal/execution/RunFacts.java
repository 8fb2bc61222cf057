package buddy.workflow.internal.execution;

import java.time.Clock;

import org.jspecify.annotations.Nullable;

import buddy.session.SessionState;
import buddy.storage.NewRun;
import buddy.storage.OpenedSession;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.RunRequest;
import buddy.workflow.internal.record.AgentRecord;
import buddy.workflow.internal.record.StreamContent;

/**
 * The data of one run and its results so far, shared by all parts of the run.
 */
final class RunFacts {

	private final LiveRun live;

	private final OpenedSession opened;

	private final RunEnvironment environment;

	private final AgentRecord agents = new AgentRecord();

	private final StreamContent stream;

	private @Nullable SessionState state;

	RunFacts(LiveRun live, OpenedSession opened, RunEnvironment environment) {
		this.live = live;
		this.opened = opened;
		this.environment = environment;
		this.stream = new StreamContent(live.request().limits().content());
	}

	LiveRun live() {
		return this.live;
	}

	RunRequest request() {
		return this.live.request();
	}

	NewRun run() {
		return this.live.run();
	}

	/** Returns the session as the run found it. */
	OpenedSession opened() {
		return this.opened;
	}

	RunEnvironment environment() {
		return this.environment;
	}

	Clock clock() {
		return this.environment.clock();
	}

	/** Returns the record of what the agents exchanged with their models. */
	AgentRecord agents() {
		return this.agents;
	}

	/** Returns the content of the stream, if the run is streamed. */
	StreamContent stream() {
		return this.stream;
	}

	/**
	 * Returns the run's copy of the session's state, which is opened at the first call.
	 */
	synchronized SessionState state() {
		if (this.state == null) {
			this.state = SessionState.open(this.opened.session().state(), request().settings().sessionState(),
					request().session().state(), request().limits().state());
		}
		return this.state;
	}

	/** Returns the run's copy of the state, or null if it has not been opened. */
	synchronized @Nullable SessionState stateIfOpened() {
		return this.state;
	}

}

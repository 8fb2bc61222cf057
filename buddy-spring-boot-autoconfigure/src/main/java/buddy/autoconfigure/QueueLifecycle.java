package buddy.autoconfigure;

import org.springframework.context.SmartLifecycle;

import buddy.engine.RunEngine;

/**
 * Lets the engine begin queued runs while the application runs. It begins no more as soon
 * as the application stops; the runs in progress are waited for, or handed over, by those
 * who do so for all runs.
 */
class QueueLifecycle implements SmartLifecycle {

	private final RunEngine engine;

	private final PeriodicCheck check;

	QueueLifecycle(RunEngine engine, PeriodicCheck check) {
		this.engine = engine;
		this.check = check;
	}

	@Override
	public void start() {
		this.engine.resume();
		this.check.start();
	}

	@Override
	public void stop() {
		this.engine.pause();
		this.check.stop();
	}

	@Override
	public boolean isRunning() {
		return this.check.isRunning();
	}

}

package buddy.workflow.internal.execution;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepKind;
import buddy.session.StateLog;

/**
 * The step whose body is executed.
 *
 * @param key its key
 * @param log logs what its body does to the session's state, and which agents it calls
 * @param around the log of the step around this one, or {@code null}
 * @param calling whether the agent whose call the step is has not begun yet
 */
record InnerStep(String key, StateLog log, @Nullable StateLog around, AtomicBoolean calling) {

	InnerStep(String key, StepKind kind, @Nullable StateLog around) {
		this(key, new StateLog(around), around, new AtomicBoolean(kind == StepKind.AGENT));
	}

	/**
	 * Returns the log for an agent that begins now. The agent whose call the step is has
	 * its response in the step's result.
	 */
	@Nullable StateLog begins() {
		return this.calling.compareAndSet(true, false) ? this.around : this.log;
	}

}

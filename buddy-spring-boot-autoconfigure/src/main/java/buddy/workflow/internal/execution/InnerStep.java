package buddy.workflow.internal.execution;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import buddy.durable.StepKind;
import buddy.durable.StepMode;
import buddy.durable.internal.StepCall;
import buddy.session.StateLog;

/**
 * The step whose body is executed.
 *
 * @param key its key
 * @param mode its mode
 * @param log logs what its body does to the session's state, and which agents it calls
 * @param around the log of the step around this one, or {@code null}
 * @param calling whether the agent whose call the step is has not begun yet
 */
record InnerStep(String key, StepMode mode, StateLog log, @Nullable StateLog around, AtomicBoolean calling) {

	InnerStep(String key, StepCall call, @Nullable StateLog around) {
		this(key, call.options().mode(), new StateLog(around), around,
				new AtomicBoolean(call.kind() == StepKind.AGENT));
	}

	/**
	 * Returns a part of the step with a key of its own, which is recorded with the step.
	 */
	InnerStep part(String key) {
		return new InnerStep(key, this.mode, this.log, this.around, this.calling);
	}

	/**
	 * Returns the log for an agent that begins now. The agent whose call the step is has
	 * its response in the step's result.
	 */
	@Nullable StateLog begins() {
		return this.calling.compareAndSet(true, false) ? this.around : this.log;
	}

}

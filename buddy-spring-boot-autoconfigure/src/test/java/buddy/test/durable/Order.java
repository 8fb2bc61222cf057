package buddy.test.durable;

import java.util.List;
import java.util.function.Function;

import buddy.durable.StepBody;
import buddy.durable.StepOptions;
import buddy.session.SessionState;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * A workflow whose code a test gives.
 */
class Order extends Workflow {

	private final Function<Order, Object> body;

	Order(String id, Function<Order, Object> body) {
		super(WorkflowSettings.builder().workflowId(id).build());
		this.body = body;
	}

	public Object run() {
		return this.body.apply(this);
	}

	<T> T call(String name, StepBody<T, RuntimeException> step) {
		return step(name, step);
	}

	<T> T call(String name, Class<T> type, StepBody<T, RuntimeException> step) {
		return step(name, type, step);
	}

	<T> T call(String name, StepOptions options, StepBody<T, RuntimeException> step) {
		return step(name, options, step);
	}

	<T, R> List<R> branches(String name, List<T> items, Function<T, R> branch) {
		return parallel(name, items, branch);
	}

	boolean isChanged(String name) {
		return changed(name);
	}

	SessionState state() {
		return sessionState();
	}

}

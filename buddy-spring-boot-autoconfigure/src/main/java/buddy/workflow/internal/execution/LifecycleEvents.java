package buddy.workflow.internal.execution;

import java.lang.reflect.TypeVariable;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.run.RunResponseEvent.WorkflowStarted;

/**
 * Identifies the events that mark the start and the end of a run. Only the run itself
 * publishes them. In a body that passes on the events of another workflow, they would be
 * a second start and a second end.
 */
public final class LifecycleEvents {

	private LifecycleEvents() {
	}

	/** Returns whether the items of a stream may be events of any kind. */
	public static boolean admittedBy(ResolvableType streamType) {
		ResolvableType item = item(streamType);
		return item.toClass() == RunResponseEvent.class && !(item.getType() instanceof TypeVariable<?>);
	}

	/** Returns whether the items of a stream are events, of any kind or of one. */
	public static boolean ofEvents(ResolvableType streamType) {
		return RunResponseEvent.class.isAssignableFrom(item(streamType).toClass());
	}

	/** Returns whether an item is an event that marks the start or end of a run. */
	public static boolean frames(@Nullable Object item) {
		return item instanceof WorkflowStarted || item instanceof WorkflowCompleted || item instanceof WorkflowError
				|| item instanceof WorkflowCancelled;
	}

	private static ResolvableType item(ResolvableType streamType) {
		return streamType.isArray() ? streamType.getComponentType() : streamType.getGeneric(0);
	}

}

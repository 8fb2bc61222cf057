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
 * The events that frame a run. Only the run itself tells them: of a body that streams
 * another workflow's events on, they would be one start and one end too many.
 */
public final class LifecycleEvents {

	private LifecycleEvents() {
	}

	/** Tells whether the items of a stream may be any event. */
	public static boolean admittedBy(ResolvableType streamType) {
		ResolvableType item = item(streamType);
		return item.toClass() == RunResponseEvent.class && !(item.getType() instanceof TypeVariable<?>);
	}

	/** Tells whether the items of a stream are events, of any or of one kind. */
	public static boolean ofEvents(ResolvableType streamType) {
		return RunResponseEvent.class.isAssignableFrom(item(streamType).toClass());
	}

	/** Tells whether an item is an event that frames a run. */
	public static boolean frames(@Nullable Object item) {
		return item instanceof WorkflowStarted || item instanceof WorkflowCompleted || item instanceof WorkflowError
				|| item instanceof WorkflowCancelled;
	}

	private static ResolvableType item(ResolvableType streamType) {
		return streamType.isArray() ? streamType.getComponentType() : streamType.getGeneric(0);
	}

}

package buddy.workflow.runner;

import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.NonBlocking;

import buddy.workflow.Workflow;
import buddy.workflow.internal.definition.ReactiveTypes;
import buddy.workflow.internal.live.LiveRun;
import buddy.workflow.internal.live.LiveRuns;

/**
 * Logs a warning, once, about a run that seems to begin in an operator of another run's
 * publisher, where neither that run nor its user is known.
 */
final class LostContext {

	private static final Logger logger = LoggerFactory.getLogger(LostContext.class);

	private static final boolean LIBRARY = ClassUtils.isPresent("io.micrometer.context.ContextRegistry",
			LostContext.class.getClassLoader());

	private final AtomicBoolean told = new AtomicBoolean();

	/**
	 * Checks a call outside of any run.
	 * @param workflow the workflow that is called
	 * @param others the runs in progress
	 */
	void check(Workflow workflow, LiveRuns others) {
		if (ReactiveTypes.REACTOR_PRESENT && !this.told.get() && Reactor.isItsThread()
				&& others.all().stream().anyMatch(LiveRun::isPublisher) && this.told.compareAndSet(false, true)) {
			logger
				.warn("A run of workflow '{}' begins on Reactor's thread '{}' without a run around it, while runs that are"
						+ " publishers are in progress. If it is called in an operator of one of them, its parent, session and"
						+ " user are lost: set spring.reactor.context-propagation=auto (org.springframework.boot:spring-boot-reactor)."
						+ " This is said once", workflow.workflowId(), Thread.currentThread().getName());
		}
	}

	/** Loaded only where Reactor is present. */
	private static final class Reactor {

		static boolean isItsThread() {
			Thread thread = Thread.currentThread();
			boolean worker = thread instanceof NonBlocking || thread.getName().startsWith("boundedElastic-")
					|| thread.getName().startsWith("loomBoundedElastic-");
			return worker && !(LIBRARY && Hooks.isAutomaticContextPropagationEnabled());
		}

	}

}

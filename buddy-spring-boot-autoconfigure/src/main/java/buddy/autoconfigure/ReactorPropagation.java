package buddy.autoconfigure;

import java.util.List;
import java.util.concurrent.CompletionStage;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Hooks;

/**
 * Warns if Reactor does not propagate the run in progress to the threads of operators.
 * Loaded only where Reactor is present.
 */
final class ReactorPropagation {

	private static final Logger logger = LoggerFactory.getLogger(ReactorPropagation.class);

	private static final String MODULE = "org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration";

	private static final String LIBRARY = "io.micrometer.context.ContextRegistry";

	private ReactorPropagation() {
	}

	static boolean isPublisher(Class<?> type) {
		return !CompletionStage.class.isAssignableFrom(type)
				&& ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
	}

	static void warnIfOff(List<String> workflows) {
		boolean library = isPresent(LIBRARY);
		if (library && Hooks.isAutomaticContextPropagationEnabled()) {
			return;
		}
		logger.warn("The workflows {} return publishers, and Reactor does not propagate their runs to other threads: a"
				+ " workflow that is called in an operator begins a run without the parent, session and user of the run"
				+ " around it. {}", workflows, advice(library));
	}

	private static String advice(boolean library) {
		String add = isPresent(MODULE) ? "" : "add org.springframework.boot:spring-boot-reactor, ";
		String with = library ? "" : "add io.micrometer:context-propagation, ";
		String advice = add + with + "set spring.reactor.context-propagation=auto";
		return Character.toUpperCase(advice.charAt(0)) + advice.substring(1);
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ReactorPropagation.class.getClassLoader());
	}

}

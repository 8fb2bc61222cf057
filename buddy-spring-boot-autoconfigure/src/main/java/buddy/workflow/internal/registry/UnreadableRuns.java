package buddy.workflow.internal.registry;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that this process looks after, and whose records it cannot read. They must not
 * be in the way of the others; each is told once.
 */
final class UnreadableRuns {

	private static final Logger logger = LoggerFactory.getLogger(UnreadableRuns.class);

	private static final int MAX = 1000;

	private final Set<String> told = Collections.synchronizedSet(new LinkedHashSet<>());

	/** Tells of a run, unless that was done before. */
	void tell(String runId, RuntimeException failure) {
		if (this.told.size() >= MAX) {
			this.told.clear();
		}
		if (this.told.add(runId)) {
			logger.warn("Run '{}' is not continued by itself on this node, which cannot read it: {}", runId,
					failure.toString());
		}
	}

}

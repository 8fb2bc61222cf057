package benchmarks.nightly;

import java.util.stream.IntStream;
import java.util.stream.Stream;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Streams a few words.
 */
class StreamingWorkflow extends Workflow {

	static final int ITEMS = 20;

	Stream<String> run(@SessionId String sessionId) {
		return IntStream.range(0, ITEMS).mapToObj((i) -> "word " + i + ' ');
	}

}

package benchmarks.stream;

import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Streams words, with a pause before each as a model makes.
 */
class WordsWorkflow extends Workflow {

	Stream<String> run(@SessionId String session, int words, long pauseMicros) {
		return IntStream.range(0, words).mapToObj((i) -> {
			if (pauseMicros > 0) {
				LockSupport.parkNanos(pauseMicros * 1_000);
			}
			return "word ";
		});
	}

}

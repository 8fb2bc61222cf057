package buddy.web;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.event.EventPosition;

/**
 * Opens the event stream of a run as an answer.
 */
@FunctionalInterface
interface EventStreams {

	/**
	 * Opens a stream.
	 * @param runId the run, which the client may see
	 * @param after where the client stands, or {@code null} at the beginning
	 * @param onDisconnect told when the client is gone before the end
	 * @return the answer
	 */
	ServerResponse open(String runId, @Nullable EventPosition after, Runnable onDisconnect);

}

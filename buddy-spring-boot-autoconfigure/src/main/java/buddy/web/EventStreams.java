package buddy.web;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.event.EventPosition;

/**
 * Opens the event stream of a run as a response.
 */
@FunctionalInterface
interface EventStreams {

	/**
	 * Opens a stream.
	 * @param runId the run, which the client may see
	 * @param after the position of the client, or {@code null} for the beginning
	 * @param onDisconnect called if the client disconnects before the end
	 * @return the response
	 */
	ServerResponse open(String runId, @Nullable EventPosition after, Runnable onDisconnect);

}

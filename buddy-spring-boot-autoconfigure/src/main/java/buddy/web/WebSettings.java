package buddy.web;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the HTTP routes.
 *
 * @param basePath the base path, such as {@code /buddy}
 * @param limits the limits
 * @param security the security settings
 * @param allowedOrigins the origins of other sites whose pages may use the routes
 * @param onDisconnect what happens to a streamed run whose client has disconnected
 * @param heartbeat the interval of heartbeats on an idle event stream
 * @param pausedStream how long an event stream stays open while its run is paused
 * @param startTimeout the time in which a background run must begin
 * @param verifyTimeout the time that a comparison of runs with their code may take
 * @param queueRuns whether runs in the background are queued for any node
 */
public record WebSettings(String basePath, Limits limits, Security security, List<String> allowedOrigins,
		OnDisconnect onDisconnect, Duration heartbeat, Duration pausedStream, Duration startTimeout,
		Duration verifyTimeout, boolean queueRuns) {

	/**
	 * Validates the base path and the origins.
	 */
	public WebSettings {
		if (!basePath.matches("(/[A-Za-z0-9._~-]+)+")) {
			throw new IllegalArgumentException("buddy.web.base-path must be one or more segments of letters, digits and"
					+ " . _ ~ - with a slash before each, such as /buddy, not '" + basePath + "'");
		}
		if (verifyTimeout.isNegative() || verifyTimeout.isZero()) {
			throw new IllegalArgumentException("buddy.web.verify-timeout must be positive, not " + verifyTimeout);
		}
		if (pausedStream.isNegative()) {
			throw new IllegalArgumentException("buddy.web.paused-stream must not be negative, but is " + pausedStream);
		}
		allowedOrigins = List.copyOf(allowedOrigins);
		if (allowedOrigins.contains("*")) {
			throw new IllegalArgumentException("Each allowed origin must be given in full; '*' is not supported");
		}
	}

	/**
	 * Limits of the routes.
	 *
	 * @param requestSize the maximum size of a request body in bytes
	 * @param inFlightSize the maximum total size of all request bodies in progress in
	 * bytes
	 * @param importedRuns the maximum number of runs in an imported session
	 * @param streams the maximum number of open event streams
	 * @param streamsPerUser the maximum number of open event streams per user
	 */
	public record Limits(long requestSize, long inFlightSize, int importedRuns, int streams, int streamsPerUser) {
	}

	/**
	 * Security settings of the routes.
	 *
	 * @param allowRemote whether clients on other machines are served without Spring
	 * Security
	 * @param viewerRole the role that may read; empty for every authenticated user
	 * @param operatorRole the role that may read and act; empty for every authenticated
	 * user
	 * @param operatorSeesAll whether operators see the sessions and runs of all users
	 * @param operatorAnswersAll whether operators answer questions that others are asked
	 * @param showStackTraces who sees stack traces
	 * @param answerTokens whether tokens answer questions without a login
	 */
	public record Security(boolean allowRemote, String viewerRole, String operatorRole, boolean operatorSeesAll,
			boolean operatorAnswersAll, ShowStackTraces showStackTraces, boolean answerTokens) {
	}

	/**
	 * Options for who sees the stack traces of failed runs.
	 */
	public enum ShowStackTraces {

		/** Nobody. */
		NEVER,

		/**
		 * With Spring Security, operators. Without it, clients on this machine while
		 * DevTools or one of the profiles local, dev and test is active.
		 */
		WHEN_AUTHORIZED,

		/** Everyone who may see the run. */
		ALWAYS

	}

	/**
	 * Options for a streamed run whose client has disconnected.
	 */
	public enum OnDisconnect {

		/** The run continues, and a client that reconnects finds its events. */
		FINISH,

		/** The run is cancelled. */
		CANCEL

	}

}

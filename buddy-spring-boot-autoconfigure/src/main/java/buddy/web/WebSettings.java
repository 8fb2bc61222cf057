package buddy.web;

import java.time.Duration;
import java.util.List;

/**
 * How the routes behave.
 *
 * @param basePath where they are, such as {@code /buddy}
 * @param limits how much of each is served
 * @param security who may use them
 * @param allowedOrigins origins of other sites' pages that may read and write
 * @param onDisconnect what becomes of a streamed run whose client is gone
 * @param heartbeat how often an event stream without events says that it lives
 * @param startTimeout how long a run that is started in the background may take to begin
 */
public record WebSettings(String basePath, Limits limits, Security security, List<String> allowedOrigins,
		OnDisconnect onDisconnect, Duration heartbeat, Duration startTimeout) {

	/**
	 * Checks the base path and the origins.
	 */
	public WebSettings {
		if (!basePath.matches("(/[A-Za-z0-9._~-]+)+")) {
			throw new IllegalArgumentException("buddy.web.base-path must be one or more segments of letters, digits and"
					+ " . _ ~ - with a slash before each, such as /buddy, not '" + basePath + "'");
		}
		allowedOrigins = List.copyOf(allowedOrigins);
		if (allowedOrigins.contains("*")) {
			throw new IllegalArgumentException("The allowed origins must be named each in full; there is no '*'");
		}
	}

	/**
	 * How much of each is served.
	 *
	 * @param requestSize the most bytes that a request's body may have
	 * @param inFlightSize the most bytes that the bodies of all requests that are handled
	 * at a time may have
	 * @param importedRuns the most runs that an imported session may have
	 * @param streams the most event streams at a time
	 * @param streamsPerUser the most event streams of one user at a time
	 */
	public record Limits(long requestSize, long inFlightSize, int importedRuns, int streams, int streamsPerUser) {
	}

	/**
	 * Who may use the routes.
	 *
	 * @param allowRemote whether they answer others than clients on this machine where
	 * there is no Spring Security
	 * @param viewerRole who may read; empty for every user who has signed in
	 * @param operatorRole who may read and act; empty for every user who has signed in
	 * @param operatorSeesAll whether who may act sees everybody's sessions and runs
	 * @param showStackTraces who sees stack traces
	 */
	public record Security(boolean allowRemote, String viewerRole, String operatorRole, boolean operatorSeesAll,
			ShowStackTraces showStackTraces) {
	}

	/**
	 * Who sees the stack traces of runs that failed.
	 */
	public enum ShowStackTraces {

		/** Nobody. */
		NEVER,

		/**
		 * With Spring Security, operators; without it, clients on this machine while the
		 * application is developed: with DevTools, or a profile local, dev or test.
		 */
		WHEN_AUTHORIZED,

		/** Everybody who may see the run. */
		ALWAYS

	}

	/**
	 * What becomes of a streamed run whose client is gone.
	 */
	public enum OnDisconnect {

		/** It goes on, and whoever comes back finds its events. */
		FINISH,

		/** It is cancelled. */
		CANCEL

	}

}

package buddy.autoconfigure;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import buddy.web.WebSettings;
import buddy.web.WebSettings.OnDisconnect;
import buddy.web.WebSettings.ShowStackTraces;

/**
 * Properties of the HTTP routes.
 *
 * @param enabled Whether the routes are enabled.
 * @param basePath Base path of the routes.
 * @param maxRequestSize Maximum size of a request body.
 * @param maxInFlightSize Maximum total size of the bodies of all requests in progress.
 * Requests beyond it are refused with 503. By default a 128th of the heap, and at least
 * max-request-size.
 * @param maxImportedRuns Maximum number of runs in a session that is imported over HTTP.
 * @param maxStreams Maximum number of open event streams.
 * @param maxStreamsPerUser Maximum number of open event streams per user. All clients
 * that have not signed in count as one user.
 * @param onDisconnect What happens to a run when the client that started it and follows
 * its events disconnects.
 * @param heartbeat Interval of heartbeats on an idle event stream.
 * @param pausedStream How long an event stream stays open while its run is paused. After
 * that it ends without a last event, and clients reconnect.
 * @param startTimeout Time in which a background run must begin. After that the request
 * is refused.
 * @param verifyTimeout Time that a request to verify may take. A page of runs ends early
 * after that.
 * @param queueRuns Whether runs in the background are queued, so that any node executes
 * them. If not, the task executor of the process that is asked executes them, with the
 * security context of the request.
 * @param allowRemote Whether the routes and MCP tools serve clients on other machines
 * without Spring Security.
 * @param problemDetails Problem details for buddy's exceptions in the application's own
 * controllers.
 * @param showStackTraces Who sees the stack trace of a failed run in its
 * error.stack_trace. The value when-authorized means operators with Spring Security, and
 * without it clients on the same machine while DevTools or one of the profiles local, dev
 * and test is active.
 * @param cors Pages of other sites that may use the routes.
 * @param security Roles that may use the routes with Spring Security.
 * @param answerTokens Tokens that answer questions of runs without a login.
 */
@ConfigurationProperties("buddy.web")
public record BuddyWebProperties(@DefaultValue("true") boolean enabled, @DefaultValue("/buddy") String basePath,
		@DefaultValue("1MB") DataSize maxRequestSize, @Nullable DataSize maxInFlightSize,
		@DefaultValue("5000") int maxImportedRuns, @DefaultValue("1000") int maxStreams,
		@DefaultValue("100") int maxStreamsPerUser, @DefaultValue("finish") OnDisconnect onDisconnect,
		@DefaultValue("15s") Duration heartbeat, @DefaultValue("5m") Duration pausedStream,
		@DefaultValue("30s") Duration startTimeout, @DefaultValue("30s") Duration verifyTimeout,
		@DefaultValue("true") boolean queueRuns, @DefaultValue("false") boolean allowRemote,
		@DefaultValue ProblemDetails problemDetails, @DefaultValue("when-authorized") ShowStackTraces showStackTraces,
		@DefaultValue Cors cors, @DefaultValue Security security, @DefaultValue AnswerTokens answerTokens) {

	/** Parsed JSON is up to 25 times larger than its text, and is copied a few times. */
	private static final int HEAP_PARTS = 128;

	WebSettings settings() {
		return new WebSettings(this.basePath,
				new WebSettings.Limits(this.maxRequestSize.toBytes(), inFlightSize(), this.maxImportedRuns,
						this.maxStreams, this.maxStreamsPerUser),
				new WebSettings.Security(this.allowRemote, this.security.viewerRole(), this.security.operatorRole(),
						this.security.operatorSeesAll(), this.security.operatorAnswersAll(), this.showStackTraces,
						this.answerTokens.enabled()),
				this.cors.allowedOrigins(), this.onDisconnect, this.heartbeat, this.pausedStream, this.startTimeout,
				this.verifyTimeout, this.queueRuns);
	}

	private long inFlightSize() {
		long most = (this.maxInFlightSize != null) ? this.maxInFlightSize.toBytes()
				: Runtime.getRuntime().maxMemory() / HEAP_PARTS;
		return Math.max(most, this.maxRequestSize.toBytes());
	}

	/**
	 * Problem details for buddy's exceptions in the application's own controllers.
	 *
	 * @param enabled Whether buddy's exceptions in the application's own controllers are
	 * answered with problem details, unless an exception handler of the application
	 * handles them.
	 */
	public record ProblemDetails(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * Pages of other sites that may use the routes.
	 *
	 * @param allowedOrigins Allowed origins, such as https://console.example.org, each in
	 * full; '*' is not supported. None by default.
	 */
	public record Cors(@DefaultValue List<String> allowedOrigins) {

		/**
		 * Validates the origins.
		 */
		public Cors {
			allowedOrigins.forEach(Cors::requireOrigin);
		}

		private static void requireOrigin(String origin) {
			try {
				URI uri = new URI(origin);
				if (uri.getScheme() != null && uri.getHost() != null && uri.getUserInfo() == null
						&& uri.getPath().isEmpty() && uri.getQuery() == null && uri.getFragment() == null) {
					return;
				}
			}
			catch (URISyntaxException ex) {
				// reported below
			}
			throw new InvalidConfigurationPropertyValueException("buddy.web.cors.allowed-origins", origin,
					"It must be an origin as a browser sends it, such as https://console.example.org: a scheme, a host"
							+ " and optionally a port, without a path. Patterns and '*' are not allowed:"
							+ " any page that a user has open could then run workflows.");
		}

	}

	/**
	 * Roles that may use the routes with Spring Security.
	 *
	 * @param viewerRole Role that may read. Empty for every authenticated user.
	 * @param operatorRole Role that may read and act. Empty for every authenticated user.
	 * @param operatorSeesAll Whether operators see the sessions and runs of all users,
	 * not only their own.
	 * @param operatorAnswersAll Whether operators may answer questions that others are
	 * asked. If not, a question that names an assignee or a role is answered by these
	 * only.
	 */
	public record Security(@DefaultValue("viewer") String viewerRole, @DefaultValue("operator") String operatorRole,
			@DefaultValue("false") boolean operatorSeesAll, @DefaultValue("true") boolean operatorAnswersAll) {
	}

	/**
	 * Tokens that answer questions of runs without a login.
	 *
	 * @param enabled Whether a token answers the question that it was made for without a
	 * login.
	 */
	public record AnswerTokens(@DefaultValue("false") boolean enabled) {
	}

}

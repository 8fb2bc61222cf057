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
 * How workflows, runs and sessions are served over HTTP.
 *
 * @param enabled Whether the routes are there.
 * @param basePath Where the routes are.
 * @param maxRequestSize How many bytes the body of a request may have.
 * @param maxInFlightSize How many bytes the bodies of all requests that are handled at a
 * time may have together; more are answered with 503. By default a 128th of the heap, and
 * never less than max-request-size.
 * @param maxImportedRuns How many runs a session may have that is imported over HTTP.
 * @param maxStreams How many event streams there may be at a time.
 * @param maxStreamsPerUser How many event streams a user may have at a time; all clients
 * that have not signed in count as one user.
 * @param onDisconnect What becomes of a run whose client followed its events and is gone.
 * @param heartbeat How often an event stream on which nothing happens says that it lives.
 * @param startTimeout How long a run that is started in the background may take until it
 * begins; then the request is refused.
 * @param allowRemote Whether the routes, and the tools of an MCP server, serve others
 * than clients on the same machine where there is no Spring Security.
 * @param problemDetails How buddy's exceptions are answered in the application's own
 * controllers.
 * @param showStackTraces Who sees the stack trace of a run that failed, in
 * error.stack_trace of the run: nobody, everybody who may see the run, or with Spring
 * Security operators and without it clients on the same machine while DevTools or one of
 * the profiles local, dev and test is active.
 * @param cors Which pages of other sites may use the routes.
 * @param security Who may do what where there is Spring Security.
 */
@ConfigurationProperties("buddy.web")
public record BuddyWebProperties(@DefaultValue("true") boolean enabled, @DefaultValue("/buddy") String basePath,
		@DefaultValue("1MB") DataSize maxRequestSize, @Nullable DataSize maxInFlightSize,
		@DefaultValue("5000") int maxImportedRuns, @DefaultValue("1000") int maxStreams,
		@DefaultValue("100") int maxStreamsPerUser, @DefaultValue("finish") OnDisconnect onDisconnect,
		@DefaultValue("15s") Duration heartbeat, @DefaultValue("30s") Duration startTimeout,
		@DefaultValue("false") boolean allowRemote, @DefaultValue ProblemDetails problemDetails,
		@DefaultValue("when-authorized") ShowStackTraces showStackTraces, @DefaultValue Cors cors,
		@DefaultValue Security security) {

	/** JSON becomes up to 25 times larger when it is read, and is copied a few times. */
	private static final int HEAP_PARTS = 128;

	WebSettings settings() {
		return new WebSettings(this.basePath,
				new WebSettings.Limits(this.maxRequestSize.toBytes(), inFlightSize(), this.maxImportedRuns,
						this.maxStreams, this.maxStreamsPerUser),
				new WebSettings.Security(this.allowRemote, this.security.viewerRole(), this.security.operatorRole(),
						this.security.operatorSeesAll(), this.showStackTraces),
				this.cors.allowedOrigins(), this.onDisconnect, this.heartbeat, this.startTimeout);
	}

	private long inFlightSize() {
		long most = (this.maxInFlightSize != null) ? this.maxInFlightSize.toBytes()
				: Runtime.getRuntime().maxMemory() / HEAP_PARTS;
		return Math.max(most, this.maxRequestSize.toBytes());
	}

	/**
	 * How buddy's exceptions are answered in the application's own controllers.
	 *
	 * @param enabled Whether they are answered with the problem details of the routes,
	 * unless an exception handler of the application takes them.
	 */
	public record ProblemDetails(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * Which pages of other sites may use the routes.
	 *
	 * @param allowedOrigins Origins, such as https://console.example.org, each in full;
	 * there is none for all. None by default.
	 */
	public record Cors(@DefaultValue List<String> allowedOrigins) {

		/**
		 * Checks the origins.
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
				// told below
			}
			throw new InvalidConfigurationPropertyValueException("buddy.web.cors.allowed-origins", origin,
					"It must be an origin as a browser sends it, such as https://console.example.org: a scheme, a host"
							+ " and perhaps a port, without a path. There are no patterns, and '*' is not allowed:"
							+ " any page that a user has open could then run workflows.");
		}

	}

	/**
	 * Who may do what where there is Spring Security.
	 *
	 * @param viewerRole Role that reads. Empty for every user who has signed in.
	 * @param operatorRole Role that reads and acts. Empty for every user who has signed
	 * in.
	 * @param operatorSeesAll Whether operators see everybody's sessions and runs, not
	 * only their own.
	 */
	public record Security(@DefaultValue("viewer") String viewerRole, @DefaultValue("operator") String operatorRole,
			@DefaultValue("false") boolean operatorSeesAll) {
	}

}

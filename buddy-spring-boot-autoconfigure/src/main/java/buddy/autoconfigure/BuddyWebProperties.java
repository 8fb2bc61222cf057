package buddy.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
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
		@DefaultValue("1MB") DataSize maxRequestSize, @DefaultValue("1000") int maxStreams,
		@DefaultValue("100") int maxStreamsPerUser, @DefaultValue("finish") OnDisconnect onDisconnect,
		@DefaultValue("15s") Duration heartbeat, @DefaultValue("30s") Duration startTimeout,
		@DefaultValue("false") boolean allowRemote, @DefaultValue ProblemDetails problemDetails,
		@DefaultValue("when-authorized") ShowStackTraces showStackTraces, @DefaultValue Cors cors,
		@DefaultValue Security security) {

	WebSettings settings() {
		return new WebSettings(this.basePath,
				new WebSettings.Limits(this.maxRequestSize.toBytes(), this.maxStreams, this.maxStreamsPerUser),
				new WebSettings.Security(this.allowRemote, this.security.viewerRole(), this.security.operatorRole(),
						this.security.operatorSeesAll(), this.showStackTraces),
				this.cors.allowedOrigins(), this.onDisconnect, this.heartbeat, this.startTimeout);
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
	 * @param allowedOrigins Origins, such as https://console.example.org. None by
	 * default.
	 */
	public record Cors(@DefaultValue List<String> allowedOrigins) {
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

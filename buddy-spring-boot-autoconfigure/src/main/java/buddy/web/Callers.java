package buddy.web;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

import buddy.web.WebSettings.ShowStackTraces;

/**
 * Determines the caller of a request.
 */
final class Callers {

	private final Supplier<@Nullable String> user;

	private final boolean known;

	private final boolean requireUser;

	private final boolean developing;

	private final WebSettings.Security settings;

	/**
	 * Creates an instance.
	 * @param user supplies the current user
	 * @param known whether the application identifies its users
	 * @param requireUser whether a user is required
	 * @param developing whether all clients are developers of the application
	 * @param settings the security settings
	 */
	Callers(Supplier<@Nullable String> user, boolean known, boolean requireUser, boolean developing,
			WebSettings.Security settings) {
		this.developing = developing;
		this.requireUser = requireUser;
		this.user = user;
		this.known = known;
		this.settings = settings;
	}

	Caller of(ServerRequest request) {
		ShowStackTraces show = this.settings.showStackTraces();
		if (!this.known) {
			return new Caller(null, false, !this.requireUser, true,
					show == ShowStackTraces.ALWAYS || (show == ShowStackTraces.WHEN_AUTHORIZED && this.developing));
		}
		boolean all = this.settings.operatorRole().isEmpty();
		boolean operator = (all && request.servletRequest().getUserPrincipal() != null)
				|| request.servletRequest().isUserInRole(this.settings.operatorRole());
		// without Spring Security nobody has roles, and everybody may act
		boolean acts = operator || request.servletRequest().getUserPrincipal() == null;
		return new Caller(this.user.get(), true, !all && operator && this.settings.operatorSeesAll(), acts,
				show == ShowStackTraces.ALWAYS
						|| (show == ShowStackTraces.WHEN_AUTHORIZED && (operator || this.developing)));
	}

}

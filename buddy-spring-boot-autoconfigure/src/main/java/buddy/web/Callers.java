package buddy.web;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Finds who makes a request.
 */
final class Callers {

	private final Supplier<@Nullable String> user;

	private final boolean known;

	private final boolean requireUser;

	private final WebSettings.Security settings;

	/**
	 * Finds callers.
	 * @param user tells the current user
	 * @param known whether the application tells its users apart
	 * @param requireUser whether nothing is shown to a caller without a user
	 * @param settings who sees what
	 */
	Callers(Supplier<@Nullable String> user, boolean known, boolean requireUser, WebSettings.Security settings) {
		this.requireUser = requireUser;
		this.user = user;
		this.known = known;
		this.settings = settings;
	}

	Caller of(ServerRequest request) {
		if (!this.known) {
			return new Caller(null, false, !this.requireUser);
		}
		boolean everybody = this.settings.operatorSeesAll() && !this.settings.operatorRole().isEmpty()
				&& request.servletRequest().isUserInRole(this.settings.operatorRole());
		return new Caller(this.user.get(), true, everybody);
	}

}

package buddy.web;

import java.util.Locale;

/**
 * A path that only allowed clients can reach, including everything below it.
 *
 * @param path the path, within the application's context and its dispatcher servlet
 * @param kind the kind of endpoint at the path
 */
public record GuardedPath(String path, Kind kind) {

	boolean holds(String requested) {
		String own = this.path.endsWith("/") ? this.path.substring(0, this.path.length() - 1) : this.path;
		// the application may match paths without regard to case
		String lower = requested.toLowerCase(Locale.ROOT);
		return lower.equals(own.toLowerCase(Locale.ROOT)) || lower.startsWith(own.toLowerCase(Locale.ROOT) + "/");
	}

	/**
	 * The kind of endpoint at a path.
	 */
	public enum Kind {

		/** The routes of workflows, runs and sessions. */
		ROUTES,

		/**
		 * Pages without data below the routes. The application's own security chains
		 * decide who gets them, so that a browser is led to the application's login.
		 */
		PAGES,

		/** An endpoint of an MCP server. */
		MCP,

		/** An endpoint of the actuator. */
		ACTUATOR

	}

}

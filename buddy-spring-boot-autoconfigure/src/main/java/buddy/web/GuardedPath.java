package buddy.web;

import java.util.Locale;

/**
 * A path that only those clients reach that buddy serves, with all that is below it.
 *
 * @param path the path, within the application's context and its dispatcher servlet
 * @param kind what is there
 */
public record GuardedPath(String path, Kind kind) {

	boolean holds(String requested) {
		String own = this.path.endsWith("/") ? this.path.substring(0, this.path.length() - 1) : this.path;
		// the application may match paths whatever their case is
		String lower = requested.toLowerCase(Locale.ROOT);
		return lower.equals(own.toLowerCase(Locale.ROOT)) || lower.startsWith(own.toLowerCase(Locale.ROOT) + "/");
	}

	/**
	 * What is at a path.
	 */
	public enum Kind {

		/** The routes of workflows, runs and sessions. */
		ROUTES,

		/** An endpoint of an MCP server. */
		MCP,

		/** An endpoint of the actuator. */
		ACTUATOR

	}

}

package buddy.web;

import java.net.URI;

import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.util.UriComponentsBuilder;

import buddy.session.RunPage;

/**
 * Where things are, as the client sees it: with the context path and whatever else stands
 * before the base path.
 */
final class Links {

	private final String basePath;

	Links(String basePath) {
		this.basePath = basePath;
	}

	URI run(ServerRequest request, String runId) {
		return at(request, "/runs/" + runId);
	}

	URI session(ServerRequest request, String sessionId) {
		return at(request, "/sessions/" + sessionId);
	}

	/** The same list from a place on. */
	URI next(ServerRequest request, int limit, RunPage.Cursor cursor) {
		return UriComponentsBuilder.fromPath(request.servletRequest().getRequestURI())
			.query(request.servletRequest().getQueryString())
			.replaceQueryParam("limit", limit)
			.replaceQueryParam("after", cursor.toString())
			.build(true)
			.toUri();
	}

	private URI at(ServerRequest request, String path) {
		String requested = request.servletRequest().getRequestURI();
		int prefix = requested.indexOf(this.basePath, request.servletRequest().getContextPath().length());
		return URI.create(requested.substring(0, Math.max(prefix, 0)) + this.basePath + path);
	}

}

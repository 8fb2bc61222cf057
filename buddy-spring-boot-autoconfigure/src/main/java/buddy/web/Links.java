package buddy.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;

import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

import buddy.session.RunPage;

/**
 * Builds the URIs of resources as the client sees them, with everything that precedes the
 * base path, such as the context path.
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

	URI schedule(ServerRequest request, String scheduleId) {
		return at(request, "/schedules/" + scheduleId);
	}

	/** Returns the link to the next page of the same list. */
	URI next(ServerRequest request, int limit, RunPage.Cursor cursor) {
		return nextAfter(request, limit, cursor.toString());
	}

	/** Returns the link to the page after an item with any text as its key. */
	URI next(ServerRequest request, int limit, String key) {
		return nextAfter(request, limit, UriUtils.encode(key, StandardCharsets.UTF_8));
	}

	private static URI nextAfter(ServerRequest request, int limit, String after) {
		return UriComponentsBuilder.fromPath(request.servletRequest().getRequestURI())
			.query(request.servletRequest().getQueryString())
			.replaceQueryParam("limit", limit)
			.replaceQueryParam("after", after)
			.build(true)
			.toUri();
	}

	private URI at(ServerRequest request, String path) {
		String requested = request.servletRequest().getRequestURI();
		int prefix = requested.indexOf(this.basePath, request.servletRequest().getContextPath().length());
		return URI.create(requested.substring(0, Math.max(prefix, 0)) + this.basePath + path);
	}

}

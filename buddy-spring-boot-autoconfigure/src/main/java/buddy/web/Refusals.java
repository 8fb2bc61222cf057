package buddy.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

import buddy.json.internal.Json;

/**
 * Writes the problems that filters refuse requests with.
 */
final class Refusals {

	/** Set on a refused request whose body nobody has read. */
	static final String UNREAD = Refusals.class.getName() + ".UNREAD";

	private static final int REFUSED = 400;

	private Refusals() {
	}

	static void write(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
		byte[] body = Json.write(problem.toMap(request.getRequestURI())).getBytes(StandardCharsets.UTF_8);
		response.setStatus(problem.status().value());
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setHeader("X-Content-Type-Options", "nosniff");
		problem.headers().forEach(response::setHeader);
		if (closes(request)) {
			response.setHeader(HttpHeaders.CONNECTION, "close");
		}
		response.getOutputStream().write(body);
	}

	/**
	 * Lets the connection of a refused request go with the answer if its body was not
	 * read, whoever refused it.
	 */
	static void closeIfUnread(HttpServletRequest request, HttpServletResponse response) {
		if (response.getStatus() >= REFUSED && request.getAttribute(RequestBody.READ) == null
				&& !request.isAsyncStarted() && closes(request)) {
			request.setAttribute(UNREAD, true);
			response.setHeader(HttpHeaders.CONNECTION, "close");
		}
	}

	/**
	 * Whether the connection should go with the answer: a body comes that nobody reads.
	 */
	static boolean closes(HttpServletRequest request) {
		boolean body = request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
		return body && request.getProtocol().startsWith("HTTP/1.");
	}

}

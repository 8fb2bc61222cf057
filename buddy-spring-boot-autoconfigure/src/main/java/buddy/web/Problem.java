package buddy.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.json.internal.Json;
import buddy.json.internal.StorableJson;

/**
 * A problem detail of RFC 9457 as the response to a request. Its type is part of the
 * public contract.
 *
 * @param name the last part of its type, such as {@code session-busy}, or a whole URI
 * @param status the status
 * @param title the kind of problem, the same for all problems of the type
 * @param detail the problem in this case, and what to do
 * @param more extension members by name
 * @param headers response headers by name
 */
record Problem(String name, HttpStatusCode status, String title, @Nullable String detail, Map<String, Object> more,
		Map<String, String> headers) {

	/** Set on a request whose body has been read to its end. */
	static final String BODY_READ = Problem.class.getName() + ".BODY_READ";

	private static final int MAX_TEXT = 1000;

	Problem {
		more = Map.copyOf(more);
		headers = Map.copyOf(headers);
	}

	static Problem of(HttpStatus status, String name, String title, @Nullable String detail) {
		return new Problem(name, status, title, detail, Map.of(), Map.of());
	}

	Problem with(String member, Object value) {
		Map<String, Object> members = new LinkedHashMap<>(this.more);
		members.put(member, value);
		return new Problem(this.name, this.status, this.title, this.detail, members, this.headers);
	}

	Problem header(String header, String value) {
		Map<String, String> all = new LinkedHashMap<>(this.headers);
		all.put(header, value);
		return new Problem(this.name, this.status, this.title, this.detail, this.more, all);
	}

	Refusal refusal() {
		return new Refusal(this);
	}

	Map<String, @Nullable Object> toMap(@Nullable String path) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("type", (this.name.indexOf(':') < 0) ? "urn:buddy:problem:" + this.name : this.name);
		json.put("title", this.title);
		json.put("status", this.status.value());
		if (this.detail != null) {
			json.put("detail", line(this.detail));
		}
		if (path != null) {
			json.put("instance", line(path));
		}
		json.putAll(this.more);
		return json;
	}

	ServerResponse toResponse(ServerRequest request) {
		HttpServletRequest servletRequest = request.servletRequest();
		return Answer.json(this.status, MediaType.APPLICATION_PROBLEM_JSON, toMap(servletRequest.getRequestURI()),
				closingIfUnread(servletRequest).headers);
	}

	/**
	 * Closes the connection after the answer if the request has a body that was not read:
	 * the server would read it to its end only to drop it.
	 */
	Problem closingIfUnread(HttpServletRequest request) {
		return isUnread(request) ? header(HttpHeaders.CONNECTION, "close") : this;
	}

	/** Whether the request has a body that was not read, on a connection of its own. */
	static boolean isUnread(HttpServletRequest request) {
		boolean body = request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
		return body && request.getAttribute(BODY_READ) == null && request.getProtocol().startsWith("HTTP/1.");
	}

	/** Writes the problem as the answer of a filter or an exception resolver. */
	void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
		byte[] body = Json.write(toMap(request.getRequestURI())).getBytes(StandardCharsets.UTF_8);
		response.setStatus(this.status.value());
		this.headers.forEach(response::setHeader);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	/**
	 * Removes control characters from text that may contain a caller's input and may be
	 * logged.
	 */
	static String line(String text) {
		String plain = StorableJson.sanitizeText(text).replaceAll("\\p{Cntrl}", "?");
		return (plain.length() > MAX_TEXT) ? StorableJson.beginning(plain, MAX_TEXT) + "…" : plain;
	}

	/** A request that is refused with a problem; it carries no stack trace. */
	static final class Refusal extends RuntimeException {

		private final transient Problem problem;

		private Refusal(Problem problem) {
			super(problem.title(), null, false, false);
			this.problem = problem;
		}

		Problem problem() {
			return this.problem;
		}

	}

}

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
 * What a request is refused with: a problem detail of RFC 9457, whose type is part of the
 * contract.
 *
 * @param name the last part of its type, such as {@code session-busy}, or a whole URI
 * @param status the status
 * @param title what kind of problem it is, the same for all of the type
 * @param detail what is wrong in this case, and what to do
 * @param more extension members by name
 * @param headers headers of the answer by name
 */
record Problem(String name, HttpStatusCode status, String title, @Nullable String detail, Map<String, Object> more,
		Map<String, String> headers) {

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
		boolean unread = servletRequest.getAttribute(RequestBody.READ) == null && Refusals.closes(servletRequest);
		Problem told = unread ? header(HttpHeaders.CONNECTION, "close") : this;
		return Answer.json(this.status, MediaType.APPLICATION_PROBLEM_JSON, toMap(servletRequest.getRequestURI()),
				told.headers);
	}

	/** Writes it where no route answers. */
	void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
		byte[] body = Json.write(toMap(request.getRequestURI())).getBytes(StandardCharsets.UTF_8);
		response.setStatus(this.status.value());
		this.headers.forEach(response::setHeader);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	/** What a caller sent may stand in it, and it may stand in a log. */
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

package buddy.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.util.StreamUtils;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.json.internal.Json;

/**
 * Creates responses, independent of the application's message converters.
 */
final class Answer {

	/** An answer of this size, in bytes, is sent as a whole or not at all. */
	private static final int BUFFER = 65_536;

	private Answer() {
	}

	static ServerResponse ok(Map<String, ? extends @Nullable Object> json) {
		return json(HttpStatus.OK, MediaType.APPLICATION_JSON, json, Map.of());
	}

	static ServerResponse created(URI location, Map<String, ? extends @Nullable Object> json) {
		return json(HttpStatus.CREATED, MediaType.APPLICATION_JSON, json,
				Map.of(HttpHeaders.LOCATION, location.toString()));
	}

	static ServerResponse noContent() {
		return ServerResponse.noContent().headers(Answer::plain).build();
	}

	/** Creates a page of items, with a link to the next page. */
	static ServerResponse page(List<?> items, @Nullable URI next) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("items", items);
		return page(json, next);
	}

	/** Adds a link to the next page to an object with items. */
	static ServerResponse page(Map<String, @Nullable Object> json, @Nullable URI next) {
		if (next != null) {
			json.put("next", next.toString());
		}
		return json(HttpStatus.OK, MediaType.APPLICATION_JSON, json,
				(next != null) ? Map.of(HttpHeaders.LINK, "<" + next + ">; rel=\"next\"") : Map.of());
	}

	static ServerResponse json(HttpStatusCode status, MediaType type, Map<String, ? extends @Nullable Object> json,
			Map<String, String> headers) {
		byte[] body = Json.write(json).getBytes(StandardCharsets.UTF_8);
		return ServerResponse.status(status).headers((all) -> {
			plain(all);
			headers.forEach(all::set);
		}).build((request, response) -> {
			response.setContentType(type.toString());
			response.setContentLength(body.length);
			response.getOutputStream().write(body);
			return null;
		});
	}

	/**
	 * Writes an object part by part, so that it is never in memory as a whole. An
	 * iterator in it is written as a list. If a part fails after the first bytes were
	 * sent, the response breaks off.
	 */
	static ServerResponse streamed(Map<String, ? extends @Nullable Object> json) {
		return ServerResponse.ok().headers(Answer::plain).build((request, response) -> {
			response.setContentType(MediaType.APPLICATION_JSON_VALUE);
			response.setBufferSize(BUFFER);
			// else a part that fails would send what was written before it
			Json.write(json, StreamUtils.nonClosing(response.getOutputStream()));
			return null;
		});
	}

	/** Forbids caching and content sniffing. */
	private static void plain(HttpHeaders headers) {
		headers.setCacheControl("no-store");
		headers.set("X-Content-Type-Options", "nosniff");
	}

}

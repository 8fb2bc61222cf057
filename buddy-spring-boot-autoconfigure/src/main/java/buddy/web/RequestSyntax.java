package buddy.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Refuses malformed queries and headers before the container, Spring or Spring Security
 * fail on them.
 */
final class RequestSyntax {

	private static final int HEX = 16;

	private static final int BYTE = 0xFF;

	private RequestSyntax() {
	}

	static void check(HttpServletRequest request) {
		checkQuery(request.getQueryString());
		checkContentType(request);
		checkAccept(request);
		checkOrigin(request.getHeader(HttpHeaders.ORIGIN));
	}

	/**
	 * Checks the query itself, since a lenient container would drop malformed parameters
	 * silently.
	 */
	private static void checkQuery(@Nullable String query) {
		if (query == null) {
			return;
		}
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(query.length());
		for (int at = 0; at < query.length(); at++) {
			char c = query.charAt(at);
			if (c == '%') {
				bytes.write(escaped(query, at));
				at += 2;
			}
			else if (c > BYTE) {
				throw unreadable("The query must be ASCII, with all other characters percent-encoded").refusal();
			}
			else {
				bytes.write(c);
			}
		}
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
			if (text.chars().anyMatch(Character::isISOControl)) {
				throw unreadable("The query must not hold control characters").refusal();
			}
		}
		catch (CharacterCodingException ex) {
			throw unreadable("The query must be percent-encoded UTF-8").refusal();
		}
	}

	private static int escaped(String query, int at) {
		int high = (at + 2 < query.length()) ? Character.digit(query.charAt(at + 1), HEX) : -1;
		int low = (at + 2 < query.length()) ? Character.digit(query.charAt(at + 2), HEX) : -1;
		if (high < 0 || low < 0 || query.charAt(at + 1) > BYTE || query.charAt(at + 2) > BYTE) {
			throw unreadable("A percent sign in the query must be followed by two hexadecimal digits").refusal();
		}
		return high * HEX + low;
	}

	private static void checkContentType(HttpServletRequest request) {
		List<String> types = Collections.list(request.getHeaders(HttpHeaders.CONTENT_TYPE));
		if (types.isEmpty()) {
			return;
		}
		try {
			MediaType type = MediaType.parseMediaType(types.get(0));
			if (types.size() == 1 && !type.isWildcardType() && !type.isWildcardSubtype()) {
				return;
			}
		}
		catch (IllegalArgumentException ex) {
			// reported below
		}
		throw unreadable("The Content-Type header must be one media type, such as application/json").refusal();
	}

	private static void checkAccept(HttpServletRequest request) {
		try {
			MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
		}
		catch (IllegalArgumentException ex) {
			throw unreadable("The Accept header must be a comma-separated list of media types").refusal();
		}
	}

	private static void checkOrigin(@Nullable String origin) {
		try {
			if (origin != null) {
				UriComponentsBuilder.fromUriString(origin).build();
			}
		}
		catch (IllegalArgumentException ex) {
			throw unreadable("The Origin header must be an origin, such as https://console.example.org").refusal();
		}
	}

	private static Problem unreadable(String detail) {
		return Problems.invalidParameter(detail);
	}

}

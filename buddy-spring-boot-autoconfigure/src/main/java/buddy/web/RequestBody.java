package buddy.web;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads JSON objects from request bodies, within limits.
 */
final class RequestBody {

	/**
	 * Stored values have at most 30 levels, and the document of a session adds a few.
	 */
	private static final int MAX_DEPTH = 64;

	private static final int MAX_NUMBER = 100;

	private static final int MAX_SCALE = 500;

	private static final int MAX_NAME = 1000;

	private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {
	};

	private static final JsonMapper SORTED = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.build();

	/** The assumed average size of a JSON token. */
	private static final int BYTES_PER_TOKEN = 10;

	private static final int MIN_TOKENS = 10_000;

	/** The request attribute that holds the action to release its share of the limit. */
	private static final String RESERVATION = RequestBody.class.getName() + ".reservation";

	private final long most;

	private final long mostInFlight;

	private final long mostTokens;

	private final AtomicLong inFlight = new AtomicLong();

	private final JsonMapper mapper;

	/**
	 * Creates a reader of bodies.
	 * @param limits the size limits for one body and for all bodies in flight
	 */
	RequestBody(WebSettings.Limits limits) {
		this.most = limits.requestSize();
		this.mostInFlight = limits.inFlightSize();
		this.mostTokens = Math.max(MIN_TOKENS, this.most / BYTES_PER_TOKEN);
		this.mapper = JsonMapper
			.builder(JsonFactory.builder()
				.streamReadConstraints(StreamReadConstraints.builder()
					.maxNestingDepth(MAX_DEPTH)
					.maxNumberLength(MAX_NUMBER)
					.maxNameLength(MAX_NAME)
					.maxStringLength((int) Math.min(this.most, Integer.MAX_VALUE))
					.maxTokenCount(this.mostTokens)
					.build())
				.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
				.enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
				.build())
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.build();
	}

	/** Reads the object; a missing body is an empty object. */
	Map<String, @Nullable Object> objectIfAny(ServerRequest request) {
		String text = text(request.servletRequest());
		return text.isBlank() ? Map.of() : object(text);
	}

	Map<String, @Nullable Object> object(ServerRequest request) {
		return object(text(request.servletRequest()));
	}

	/** Returns a canonical text, independent of the order of fields. */
	static String canonical(Map<String, ? extends @Nullable Object> object) {
		return SORTED.writeValueAsString(object);
	}

	Map<String, @Nullable Object> object(String text) {
		Map<String, @Nullable Object> object;
		try {
			object = this.mapper.readValue(text, OBJECT);
		}
		catch (StreamConstraintsException ex) {
			throw Problems
				.malformed("It exceeds a limit: " + MAX_DEPTH + " levels, numbers of " + MAX_NUMBER
						+ " characters, names of " + MAX_NAME + " characters, " + this.mostTokens
						+ " values, names and brackets (a tenth of buddy.web.max-request-size)")
				.refusal();
		}
		catch (JacksonException ex) {
			throw Problems.malformed("It must be one JSON object, each field once; " + where(ex)).refusal();
		}
		if (object == null) {
			throw Problems.malformed("It must be one JSON object, not null").refusal();
		}
		requireFinite("", object);
		return object;
	}

	private static String where(JacksonException ex) {
		return (ex.getLocation() != null)
				? "see line " + ex.getLocation().getLineNr() + ", column " + ex.getLocation().getColumnNr()
				: "see its beginning";
	}

	/**
	 * Refuses NaN, which JSON does not have, and numbers such as 1e999999999, which would
	 * not fit into memory when written out.
	 */
	private static void requireFinite(String path, @Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((key, item) -> requireFinite(path.isEmpty() ? String.valueOf(key) : path + "." + key, item));
		}
		else if (value instanceof List<?> list) {
			for (int i = 0; i < list.size(); i++) {
				requireFinite(path + "[" + i + "]", list.get(i));
			}
		}
		else if (value instanceof BigDecimal number && !isMeasurable(number)) {
			throw Problems.malformed("The number at '" + path + "' is too large or too close to 0")
				.with("path", Problem.line(path))
				.refusal();
		}
		else if (value instanceof Double number && !Double.isFinite(number)) {
			throw Problems.malformed("The number at '" + path + "' is " + number + ", which JSON cannot represent")
				.with("path", Problem.line(path))
				.refusal();
		}
	}

	/**
	 * Counts the body against the limit until the request has been handled, since it
	 * stays in memory for as long.
	 */
	private void acquire(HttpServletRequest request) {
		long length = request.getContentLengthLong();
		acquire(request, (length >= 0) ? length : this.most);
	}

	private void acquire(HttpServletRequest request, long size) {
		if (this.inFlight.addAndGet(size) > this.mostInFlight) {
			this.inFlight.addAndGet(-size);
			throw Problems
				.overloaded("The bodies of the requests in progress have reached the limit of " + this.mostInFlight
						+ " bytes (buddy.web.max-in-flight-size)")
				.refusal();
		}
		request.setAttribute(RESERVATION, (Runnable) () -> this.inFlight.addAndGet(-size));
	}

	/** Releases a request's share of the limit, if it has one. */
	static void release(HttpServletRequest request) {
		if (request.getAttribute(RESERVATION) instanceof Runnable release) {
			request.removeAttribute(RESERVATION);
			release.run();
		}
	}

	private static boolean isMeasurable(BigDecimal number) {
		return Math.abs((long) number.scale()) <= MAX_SCALE && Double.isFinite(number.doubleValue());
	}

	String text(HttpServletRequest request) {
		if (request.getContentLengthLong() > this.most) {
			throw Problems.tooLarge(this.most).refusal();
		}
		acquire(request);
		try (InputStream body = request.getInputStream()) {
			byte[] bytes = body.readNBytes((int) Math.min(this.most + 1, Integer.MAX_VALUE - 8));
			if (bytes.length > this.most) {
				throw Problems.tooLarge(this.most).refusal();
			}
			request.setAttribute(Problem.BODY_READ, true);
			release(request);
			acquire(request, bytes.length);
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			throw Problems.malformed("It must be UTF-8").refusal();
		}
		catch (IOException ex) {
			throw Problems.malformed("It could not be read to its end").refusal();
		}
	}

}

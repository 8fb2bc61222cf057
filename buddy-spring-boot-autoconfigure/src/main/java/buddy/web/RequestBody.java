package buddy.web;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON object that a request carries, within limits.
 */
final class RequestBody {

	/**
	 * What may be stored has at most 30 levels, and a session's document a few around.
	 */
	private static final int MAX_DEPTH = 64;

	/** Set on a request whose body has been read to its end. */
	static final String READ = RequestBody.class.getName() + ".READ";

	private static final int MAX_NUMBER = 100;

	private static final int MAX_SCALE = 500;

	private static final int MAX_NAME = 1000;

	private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {
	};

	private static final JsonMapper SORTED = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.build();

	private final long most;

	private final JsonMapper mapper;

	/**
	 * Reads bodies.
	 * @param most how many bytes a body may have
	 */
	RequestBody(long most) {
		this.most = most;
		this.mapper = JsonMapper
			.builder(JsonFactory.builder()
				.streamReadConstraints(StreamReadConstraints.builder()
					.maxNestingDepth(MAX_DEPTH)
					.maxNumberLength(MAX_NUMBER)
					.maxNameLength(MAX_NAME)
					.maxStringLength((int) Math.min(most, Integer.MAX_VALUE))
					.build())
				.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
				.build())
			.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.build();
	}

	/** The object, or an empty one where there is no body at all. */
	Map<String, @Nullable Object> objectIfAny(ServerRequest request) {
		String text = text(request.servletRequest());
		return text.isBlank() ? Map.of() : object(text);
	}

	Map<String, @Nullable Object> object(ServerRequest request) {
		return object(text(request.servletRequest()));
	}

	/** The same text for the same JSON, whatever the order of its fields. */
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
						+ " characters, names of " + MAX_NAME + " characters")
				.refusal();
		}
		catch (JacksonException ex) {
			throw Problems.malformed("It must be one JSON object, each field once; " + where(ex)).refusal();
		}
		if (object == null) {
			throw Problems.malformed("It must be one JSON object, not null").refusal();
		}
		requireFinite(object.values());
		return object;
	}

	private static String where(JacksonException ex) {
		return (ex.getLocation() != null)
				? "see line " + ex.getLocation().getLineNr() + ", column " + ex.getLocation().getColumnNr()
				: "see its beginning";
	}

	/** Written out, a number like 1e999999999 has more digits than memory. */
	private static void requireFinite(Collection<? extends @Nullable Object> values) {
		for (Object value : values) {
			if (value instanceof Map<?, ?> map) {
				requireFinite(map.values());
			}
			else if (value instanceof Collection<?> list) {
				requireFinite(list);
			}
			else if (value instanceof BigDecimal number && !isMeasurable(number)) {
				throw Problems.malformed("It has a number that is too large or too close to 0").refusal();
			}
		}
	}

	private static boolean isMeasurable(BigDecimal number) {
		return Math.abs((long) number.scale()) <= MAX_SCALE && Double.isFinite(number.doubleValue());
	}

	String text(HttpServletRequest request) {
		if (request.getContentLengthLong() > this.most) {
			throw Problems.tooLarge(this.most).refusal();
		}
		try (InputStream body = request.getInputStream()) {
			byte[] bytes = body.readNBytes((int) Math.min(this.most + 1, Integer.MAX_VALUE - 8));
			if (bytes.length > this.most) {
				throw Problems.tooLarge(this.most).refusal();
			}
			request.setAttribute(READ, true);
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

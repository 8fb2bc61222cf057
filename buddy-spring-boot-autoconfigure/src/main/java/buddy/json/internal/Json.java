package buddy.json.internal;

import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads and writes the JSON that buddy stores and sends. It does not use the
 * application's mapper, so that changes to that mapper never affect stored data.
 *
 * <p>
 * Settings that an application adds with {@link JsonExtension} apply to the conversion of
 * its own values, but not to buddy's documents.
 */
public final class Json {

	private static final TypeReference<LinkedHashMap<String, @Nullable Object>> MAP = new TypeReference<>() {
	};

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.findAndAddModules(Json.class.getClassLoader())
		.addModule(new SimpleModule("buddy-type-ids").setSerializerModifier(new TypeIds()))
		.addModule(WholeNumbers.module())
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
		.disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
		.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
		.disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
		.disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
		.disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
		.build();

	private static final ObjectReader WITH_DOUBLES = MAPPER.readerFor(Object.class)
		.without(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

	private Json() {
	}

	/** Returns the mapper of buddy's own documents. */
	static JsonMapper own() {
		return MAPPER;
	}

	private static JsonMapper values() {
		return JsonExtension.mappers().values();
	}

	/**
	 * Writes a document of buddy as JSON text.
	 * @param value plain maps, lists and scalars
	 * @return the text
	 * @throws tools.jackson.core.JacksonException if the value cannot be written
	 */
	public static String write(@Nullable Object value) {
		return MAPPER.writeValueAsString(value);
	}

	/**
	 * Writes a value of the application as JSON text.
	 * @param value any value that Jackson can write
	 * @return the text
	 * @throws tools.jackson.core.JacksonException if the value cannot be written
	 */
	public static String writeValue(@Nullable Object value) {
		return values().writeValueAsString(value);
	}

	/** Writes a value with unquoted {@code NaN}. */
	static String writeExactly(@Nullable Object value) {
		return JsonExtension.mappers().exact().writeValueAsString(value);
	}

	/**
	 * Reads a JSON object.
	 * @param json the text of an object
	 * @return a mutable map in the order of the text
	 * @throws tools.jackson.core.JacksonException if the text is not an object
	 */
	public static Map<String, @Nullable Object> readMap(String json) {
		return MAPPER.readValue(json, MAP);
	}

	/**
	 * Reads some fields of a document of buddy. The others are skipped, however large
	 * they are.
	 * @param json the text
	 * @param type a record with the fields to read
	 * @param <T> the type of the record
	 * @return the record
	 */
	public static <T> @Nullable T readParts(String json, Class<T> type) {
		return MAPPER.readValue(json, type);
	}

	/**
	 * Reads a JSON object that may contain {@code NaN} and {@code Infinity}, which Python
	 * writes but JSON does not allow, so that they can be reported with their path.
	 * @param json the text of an object
	 * @return a mutable map in the order of the text
	 * @throws tools.jackson.core.JacksonException if the text is not an object
	 */
	public static Map<String, @Nullable Object> readMapWithNaN(String json) {
		Map<String, @Nullable Object> map = MAPPER.readerFor(MAP)
			.with(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
			.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
			.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.readValue(json);
		return (map != null) ? map : new LinkedHashMap<>();
	}

	/**
	 * Writes a value as JSON in UTF-8. The items of an {@link java.util.Iterator} in it
	 * are written one by one. The stream stays open.
	 * @param value any value that Jackson can write
	 * @param target the stream to write to
	 */
	public static void write(@Nullable Object value, OutputStream target) {
		MAPPER.writer().without(StreamWriteFeature.AUTO_CLOSE_TARGET).writeValue(target, value);
	}

	/**
	 * Reads any JSON value as maps, lists, strings, numbers, booleans and null. A number
	 * with a fraction is read as a {@code BigDecimal}.
	 * @param json the text
	 * @return the mutable plain value
	 */
	public static @Nullable Object readPlain(String json) {
		return MAPPER.readValue(json, Object.class);
	}

	/**
	 * Reads any JSON value as maps, lists, strings, numbers, booleans and null; a number
	 * with a fraction is a {@code Double}.
	 * @param json the text
	 * @return the mutable plain value
	 */
	public static @Nullable Object readWithDoubles(String json) {
		return WITH_DOUBLES.readValue(json);
	}

	/**
	 * Reads a value of the application.
	 * @param json the text
	 * @param type what it is
	 * @return the value
	 * @throws tools.jackson.core.JacksonException if the JSON does not fit the type
	 */
	public static @Nullable Object read(String json, java.lang.reflect.Type type) {
		JsonMapper mapper = values();
		return mapper.readValue(json, mapper.constructType(type));
	}

	/**
	 * Reads JSON text as a tree.
	 * @param json the text
	 * @return the tree
	 */
	public static JsonNode readTree(String json) {
		return MAPPER.readTree(json);
	}

	/**
	 * Returns a value as its JSON tree.
	 * @param value any value that Jackson can write
	 * @return the tree
	 */
	public static JsonNode tree(@Nullable Object value) {
		return readTree(writeValue(value));
	}

	/**
	 * Returns whether two values have the same JSON, with numbers compared by value.
	 * @param one a value that Jackson can write
	 * @param other another
	 * @return whether they are equal as JSON
	 */
	public static boolean same(@Nullable Object one, @Nullable Object other) {
		return JsonDifference.find(tree(one), tree(other), false) == null;
	}

	/**
	 * Converts a value to its plain JSON form: mutable maps and lists, strings, numbers,
	 * booleans and null.
	 * @param value any value that Jackson can write
	 * @return the plain copy
	 */
	public static @Nullable Object plain(@Nullable Object value) {
		if (value == null || value instanceof String || value instanceof Boolean || value instanceof Integer) {
			return value;
		}
		if (value instanceof Long number) {
			return (number.intValue() == number) ? (Object) number.intValue() : number;
		}
		return readPlain(writeValue(value));
	}

	/**
	 * Writes a value as {@link #writeExactly} does, and refuses objects without
	 * properties, which would all look the same.
	 */
	static String writeTelling(@Nullable Object value) {
		return JsonExtension.mappers()
			.exact()
			.writer()
			.with(SerializationFeature.FAIL_ON_EMPTY_BEANS)
			.writeValueAsString(value);
	}

	/**
	 * Returns a value as an instance of a type. A value that already has the type is
	 * returned as is.
	 * @param value a plain value or an instance of the type
	 * @param type the target type
	 * @param <T> the target type
	 * @return the instance, or {@code null} for {@code null}
	 * @throws tools.jackson.core.JacksonException if the JSON does not fit the type
	 */
	public static <T> @Nullable T convert(@Nullable Object value, Class<T> type) {
		if (value == null || type.isInstance(value)) {
			return type.cast(value);
		}
		return values().convertValue(value, type);
	}

	/**
	 * Returns a value as an instance of a generic type.
	 * @param value a plain value
	 * @param type the target type
	 * @return the instance, or {@code null} for {@code null}
	 */
	public static @Nullable Object convert(@Nullable Object value, java.lang.reflect.Type type) {
		JsonMapper mapper = values();
		JavaType javaType = mapper.constructType(type);
		return (value != null) ? mapper.convertValue(value, javaType) : null;
	}

}

package buddy.json.internal;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads what a caller hands in as JSON, exactly as {@link JsonSchemas} describes it:
 * nothing is converted that has another JSON type, unknown properties are refused, and so
 * is {@code null} where a type is known not to take it.
 */
public final class InputJson {

	private static final CoercionInputShape[] NOT_TEXT = { CoercionInputShape.Integer, CoercionInputShape.Float,
			CoercionInputShape.Boolean };

	private static final CoercionInputShape[] NOT_A_NUMBER = { CoercionInputShape.String,
			CoercionInputShape.EmptyString, CoercionInputShape.Boolean };

	private static final CoercionInputShape[] NOT_A_BOOLEAN = { CoercionInputShape.String,
			CoercionInputShape.EmptyString, CoercionInputShape.Integer, CoercionInputShape.Float };

	private InputJson() {
	}

	/**
	 * Returns a value as an instance of a type: the value itself where it is one already.
	 * @param value a plain value or an instance of the type, or {@code null}
	 * @param type the type wanted
	 * @return the instance; for {@code null} what the type has for it, such as an empty
	 * {@code Optional}
	 * @throws JacksonException if the JSON does not fit the type; it knows the path to
	 * the wrong field
	 */
	public static @Nullable Object read(@Nullable Object value, Type type) {
		JsonMapper mapper = mapper();
		JavaType javaType = mapper.constructType(type);
		if (value != null && !javaType.isContainerType() && javaType.getRawClass().isInstance(value)) {
			return value;
		}
		JsonNode tree = mapper.valueToTree(value);
		refuseNullItems(tree, javaType);
		return mapper.readValue(mapper.treeAsTokens(tree), javaType);
	}

	/**
	 * Finds what in a type no JSON can be read into, such as an interface that nothing
	 * says the classes of. Components that are declared nullable may be left out.
	 * @param type the type
	 * @return the type that cannot be read, {@code type} or one within it, or
	 * {@code null} if there is none
	 */
	public static @Nullable Type unreadable(Type type) {
		return UnreadableTypes.find(mapper(), mapper().constructType(type));
	}

	/**
	 * Returns a type as Jackson sees it.
	 * @param type the type
	 * @return the same with what is known of its generics
	 */
	public static JavaType type(Type type) {
		return mapper().constructType(type);
	}

	/**
	 * Returns the properties that are read into instances of a type.
	 * @param type the type
	 * @return by the name in Java, the name in JSON and the type
	 */
	public static Map<String, Property> properties(JavaType type) {
		DeserializationConfig config = mapper().deserializationConfig();
		ClassIntrospector introspector = config.classIntrospectorInstance();
		return introspector.introspectForDeserialization(type, introspector.introspectClassAnnotations(type))
			.findProperties()
			.stream()
			.collect(Collectors.toMap(BeanPropertyDefinition::getInternalName,
					(property) -> new Property(property.getName(), property.getPrimaryType()),
					(first, second) -> first));
	}

	static JsonMapper mapper() {
		return JsonExtension.mappers().input();
	}

	static JsonMapper strict(JsonMapper mapper) {
		AnnotationIntrospector usual = mapper.deserializationConfig().getAnnotationIntrospector();
		return mapper.rebuild()
			.annotationIntrospector(AnnotationIntrospector.pair(new NullnessIntrospector(), usual))
			.addModule(new SimpleModule("buddy-input").setDeserializerModifier(new TextDeserializers()))
			.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
			.enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
			.withCoercionConfigDefaults(
					(coercions) -> coercions.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
			.withCoercionConfig(LogicalType.Textual, (coercions) -> {
				for (CoercionInputShape shape : NOT_TEXT) {
					coercions.setCoercion(shape, CoercionAction.Fail);
				}
			})
			.withCoercionConfig(LogicalType.Integer, (coercions) -> {
				coercions.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
				for (CoercionInputShape shape : NOT_A_NUMBER) {
					coercions.setCoercion(shape, CoercionAction.Fail);
				}
			})
			.withCoercionConfig(LogicalType.Float, (coercions) -> {
				for (CoercionInputShape shape : NOT_A_NUMBER) {
					coercions.setCoercion(shape, CoercionAction.Fail);
				}
			})
			.withCoercionConfig(LogicalType.Boolean, (coercions) -> {
				for (CoercionInputShape shape : NOT_A_BOOLEAN) {
					coercions.setCoercion(shape, CoercionAction.Fail);
				}
			})
			.build();
	}

	/** Of a property's items, {@link NullnessIntrospector} says it. */
	private static void refuseNullItems(JsonNode node, JavaType type) {
		JavaType items = type.getContentType();
		if (!type.isContainerType() || items == null || items.isJavaLangObject()) {
			return;
		}
		for (JsonNode item : node) {
			if (item.isNull()) {
				throw DatabindException.from((tools.jackson.core.JsonParser) null,
						"null is no item of " + type.toCanonical());
			}
			refuseNullItems(item, items);
		}
	}

	/**
	 * A property of a JSON object.
	 *
	 * @param name its name in JSON
	 * @param type its type
	 */
	public record Property(String name, JavaType type) {
	}

}

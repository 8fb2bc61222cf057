package buddy.json.internal;

import java.lang.reflect.Field;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.Nulls;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfig;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Generates schemas of Java types as {@link InputJson} reads them. Its mapper determines
 * the properties and whether they are required or nullable.
 */
final class TypeSchemas {

	private static final Map<Class<?>, Class<?>> NULLABLE = Map.of(OptionalInt.class, Integer.class, OptionalLong.class,
			Long.class, OptionalDouble.class, Double.class);

	private TypeSchemas() {
	}

	static JsonSchemas.Described describe(List<Type> types) {
		SchemaBuilder builder = new SchemaGenerator(config(InputJson.mapper())).buildMultipleSchemaDefinitions();
		List<ObjectNode> schemas = types.stream().map(builder::createSchemaReference).toList();
		return new JsonSchemas.Described(schemas, builder.collectDefinitions("$defs"));
	}

	private static SchemaGeneratorConfig config(JsonMapper mapper) {
		SchemaGeneratorConfigBuilder builder = new SchemaGeneratorConfigBuilder(mapper, SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(new JacksonSchemaModule(JacksonOption.RESPECT_JSONPROPERTY_ORDER))
			.with(Option.PLAIN_DEFINITION_KEYS, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
					Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.ENUM_KEYWORD_FOR_SINGLE_VALUES)
			.without(Option.SCHEMA_VERSION_INDICATOR, Option.VALUES_FROM_CONSTANT_FIELDS, Option.FLATTENED_SUPPLIERS)
			.with(TypeSchemas::custom);
		builder.forTypesInGeneral()
			.withTypeAttributeOverride((node, scope, context) -> nameKeys(node, scope.getType()));
		builder.forFields()
			.withIgnoreCheck((field) -> property(field) == null)
			.withPropertyNameOverrideResolver(TypeSchemas::name)
			.withRequiredCheck(TypeSchemas::isRequired)
			.withNullableCheck(TypeSchemas::isNullable);
		return builder.build();
	}

	private static @Nullable CustomDefinition custom(ResolvedType type, SchemaGenerationContext context) {
		Class<?> erased = type.getErasedType();
		Class<?> raw = NULLABLE.getOrDefault(erased, erased);
		ObjectNode node = context.getGeneratorConfig().createObjectNode();
		if (raw.isEnum()) {
			ArrayNode values = node.put("type", "string").putArray("enum");
			Arrays.stream(raw.getEnumConstants()).map(InputJson.mapper()::<JsonNode>valueToTree).forEach(values::add);
			return new CustomDefinition(node);
		}
		TextFormat format = TextFormat.find(raw);
		BigInteger[] range = TextFormat.range(raw);
		if (format != null) {
			node.put("type", "string").put("pattern", format.anchored());
			if (format.format() != null) {
				node.put("format", format.format());
			}
		}
		else if (range != null) {
			node.put("type", "integer").put("minimum", range[0]).put("maximum", range[1]);
		}
		else if (raw == java.time.Year.class) {
			node.put("type", "integer");
		}
		else if (raw != erased) {
			node.put("type", "number");
		}
		else if (!JsonNode.class.isAssignableFrom(raw)) {
			return null;
		}
		if (raw != erased) {
			String scalar = node.path("type").stringValue();
			node.putArray("type").add(scalar).add("null");
		}
		return new CustomDefinition(node, CustomDefinition.INLINE_DEFINITION, CustomDefinition.EXCLUDING_ATTRIBUTES);
	}

	/** Restricts the names in a map with enum keys. */
	private static void nameKeys(ObjectNode node, ResolvedType type) {
		List<ResolvedType> parameters = type.typeParametersFor(Map.class);
		if (parameters != null && !parameters.isEmpty() && parameters.get(0).getErasedType().isEnum()) {
			ArrayNode names = node.putObject("propertyNames").putArray("enum");
			Arrays.stream(parameters.get(0).getErasedType().getEnumConstants())
				.map(InputJson.mapper()::<JsonNode>valueToTree)
				.forEach(names::add);
		}
	}

	/** Returns the name by the application's naming strategy. */
	private static @Nullable String name(FieldScope field) {
		BeanPropertyDefinition property = field.isFakeContainerItemScope() ? null : property(field);
		return (property != null) ? property.getName() : null;
	}

	private static boolean isRequired(FieldScope field) {
		BeanPropertyDefinition property = property(field);
		return property != null && property.getConstructorParameter() != null
				&& (property.isRequired() || property.getRawPrimaryType().isPrimitive());
	}

	private static @Nullable Boolean isNullable(FieldScope field) {
		if (field.isFakeContainerItemScope()) {
			return false;
		}
		BeanPropertyDefinition property = property(field);
		return property != null && !property.getRawPrimaryType().isPrimitive()
				&& property.getMetadata().getValueNulls() != Nulls.FAIL;
	}

	/**
	 * Returns the property that Jackson reads into a field, or through a parameter or
	 * setter of the same name.
	 */
	private static @Nullable BeanPropertyDefinition property(FieldScope scope) {
		Field field = scope.getRawMember();
		DeserializationConfig config = InputJson.mapper().deserializationConfig();
		JavaType type = InputJson.mapper().constructType(scope.getDeclaringType().getErasedType());
		ClassIntrospector introspector = config.classIntrospectorInstance();
		return introspector.introspectForDeserialization(type, introspector.introspectClassAnnotations(type))
			.findProperties()
			.stream()
			.filter((property) -> property.couldDeserialize() && property.getInternalName().equals(field.getName()))
			.findFirst()
			.orElse(null);
	}

}

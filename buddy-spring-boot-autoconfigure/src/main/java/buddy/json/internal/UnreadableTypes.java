package buddy.json.internal;

import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds types that Jackson cannot instantiate from any JSON.
 */
final class UnreadableTypes {

	private UnreadableTypes() {
	}

	static @Nullable Type find(JsonMapper mapper, JavaType type) {
		return find(mapper, type, new HashSet<>());
	}

	private static @Nullable Type find(JsonMapper mapper, JavaType type, Set<JavaType> seen) {
		if (type.isContainerType() || type.isReferenceType()) {
			JavaType content = type.getContentType();
			return (content != null) ? find(mapper, content, seen) : null;
		}
		if (type.isPrimitive() || type.isEnumType() || type.isJavaLangObject()
				|| TextFormat.find(type.getRawClass()) != null || !seen.add(type)) {
			return null;
		}
		if (!isReadable(mapper, type)) {
			return type.getRawClass();
		}
		return type.getRawClass().getName().startsWith("java.") ? null : inComponents(mapper, type, seen);
	}

	/**
	 * Tries to read {@code true}, which no class accepts, so that no constructor is
	 * called.
	 */
	private static boolean isReadable(JsonMapper mapper, JavaType type) {
		try {
			mapper.readValue("true", type);
			return true;
		}
		catch (InvalidDefinitionException ex) {
			return false;
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return true;
		}
	}

	private static @Nullable Type inComponents(JsonMapper mapper, JavaType type, Set<JavaType> seen) {
		DeserializationConfig config = mapper.deserializationConfig();
		ClassIntrospector introspector = config.classIntrospectorInstance();
		for (BeanPropertyDefinition property : introspector
			.introspectForDeserialization(type, introspector.introspectClassAnnotations(type))
			.findProperties()) {
			AnnotatedParameter component = property.getConstructorParameter();
			if (component != null && !NullnessIntrospector.isNullable(component)) {
				Type unreadable = find(mapper, property.getPrimaryType(), seen);
				if (unreadable != null) {
					return unreadable;
				}
			}
		}
		return null;
	}

}

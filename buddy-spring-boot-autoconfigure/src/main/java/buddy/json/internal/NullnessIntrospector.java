package buddy.json.internal;

import java.lang.reflect.Executable;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Nullness;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Applies the nullness of JSpecify and Kotlin to Jackson: record components that are not
 * nullable are required, and such properties do not accept {@code null}.
 */
final class NullnessIntrospector extends NopAnnotationIntrospector {

	private static final long serialVersionUID = 1L;

	@Override
	public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
		// Jackson supports required parameters of creators only
		return (member instanceof AnnotatedParameter && !member.getType().isReferenceType()
				&& nullness(member) == Nullness.NON_NULL) ? Boolean.TRUE : null;
	}

	@Override
	public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
		JavaType type = type(annotated);
		boolean refused = type != null && !type.isReferenceType() && nullness(annotated) == Nullness.NON_NULL;
		boolean itemsRefused = type != null && type.isContainerType() && type.getContentType() != null
				&& !type.getContentType().isJavaLangObject();
		return JsonSetter.Value.construct(refused ? Nulls.FAIL : null, itemsRefused ? Nulls.FAIL : null);
	}

	static boolean isNullable(AnnotatedParameter parameter) {
		return nullness(parameter) == Nullness.NULLABLE;
	}

	private static @Nullable JavaType type(Annotated annotated) {
		if (annotated instanceof AnnotatedMethod method) {
			return (method.getParameterCount() == 1) ? method.getParameterType(0) : null;
		}
		return (annotated instanceof AnnotatedMember) ? annotated.getType() : null;
	}

	private static Nullness nullness(Annotated annotated) {
		if (annotated instanceof AnnotatedParameter parameter
				&& parameter.getOwner().getAnnotated() instanceof Executable executable) {
			return Nullness.forParameter(executable.getParameters()[parameter.getIndex()]);
		}
		if (annotated instanceof AnnotatedField field) {
			return Nullness.forField(field.getAnnotated());
		}
		if (annotated instanceof AnnotatedMethod method && method.getParameterCount() == 1) {
			return Nullness.forParameter(method.getAnnotated().getParameters()[0]);
		}
		return Nullness.UNSPECIFIED;
	}

}

package buddy.json.internal;

import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * Builds the mapper that reads input: it does not convert one JSON type to another.
 */
final class InputMapper {

	private static final CoercionInputShape[] NOT_TEXT = { CoercionInputShape.Integer, CoercionInputShape.Float,
			CoercionInputShape.Boolean };

	private static final CoercionInputShape[] NOT_A_NUMBER = { CoercionInputShape.String,
			CoercionInputShape.EmptyString, CoercionInputShape.Boolean };

	private static final CoercionInputShape[] NOT_A_BOOLEAN = { CoercionInputShape.String,
			CoercionInputShape.EmptyString, CoercionInputShape.Integer, CoercionInputShape.Float };

	private InputMapper() {
	}

	static JsonMapper of(JsonMapper mapper) {
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

}

package buddy.json.internal;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.type.ArrayType;

/**
 * Restricts times, ids and similar types to the text that their schema describes. Jackson
 * by itself would also accept numbers and arrays.
 */
final class TextDeserializers extends ValueDeserializerModifier {

	private static final long serialVersionUID = 1L;

	@Override
	public ValueDeserializer<?> modifyDeserializer(DeserializationConfig config, BeanDescription.Supplier bean,
			ValueDeserializer<?> deserializer) {
		return modify(bean.getBeanClass(), deserializer);
	}

	@Override
	public ValueDeserializer<?> modifyArrayDeserializer(DeserializationConfig config, ArrayType type,
			BeanDescription.Supplier bean, ValueDeserializer<?> deserializer) {
		return modify(type.getRawClass(), deserializer);
	}

	private static ValueDeserializer<?> modify(Class<?> type, ValueDeserializer<?> deserializer) {
		TextFormat format = TextFormat.find(type);
		return (format != null) ? new Formatted(deserializer, format) : deserializer;
	}

	private static final class Formatted extends DelegatingDeserializer {

		private final transient TextFormat format;

		Formatted(ValueDeserializer<?> delegate, TextFormat format) {
			super(delegate);
			this.format = format;
		}

		@Override
		protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
			return new Formatted(delegate, this.format);
		}

		@Override
		public Object deserialize(JsonParser parser, DeserializationContext context) {
			Class<?> type = handledType();
			if (!parser.hasToken(JsonToken.VALUE_STRING)) {
				JavaType wanted = context.constructType(type);
				return context.handleUnexpectedToken(wanted, parser);
			}
			if (!this.format.matches(parser.getString())) {
				return context.handleWeirdStringValue(type, parser.getString(),
						"it must match " + this.format.pattern());
			}
			return super.deserialize(parser, context);
		}

	}

}

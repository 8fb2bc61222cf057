package buddy.json.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.ext.jdk8.OptionalIntDeserializer;
import tools.jackson.databind.ext.jdk8.OptionalLongDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.type.ArrayType;

/**
 * Accepts {@code 1.0} for integer types, as JSON Schema does. Other fractions are left
 * for the deserializer to refuse.
 */
final class WholeNumbers extends ValueDeserializerModifier {

	private static final long serialVersionUID = 1L;

	private static final int MAX_DIGITS = 1000;

	private static final Set<Class<?>> INTEGERS = Set.of(byte.class, short.class, int.class, long.class, Byte.class,
			Short.class, Integer.class, Long.class, BigInteger.class, AtomicInteger.class, AtomicLong.class);

	private static final Set<Class<?>> ARRAYS = Set.of(short[].class, int[].class, long[].class);

	/**
	 * Returns a module for the two types whose deserializers are not passed to modifiers.
	 */
	@SuppressWarnings("unchecked") // they return the requested type
	static SimpleModule module() {
		return new SimpleModule("buddy-whole-numbers").setDeserializerModifier(new WholeNumbers())
			.addDeserializer(OptionalInt.class,
					(ValueDeserializer<OptionalInt>) (ValueDeserializer<?>) new Whole(new OptionalIntDeserializer()))
			.addDeserializer(OptionalLong.class,
					(ValueDeserializer<OptionalLong>) (ValueDeserializer<?>) new Whole(new OptionalLongDeserializer()));
	}

	@Override
	public ValueDeserializer<?> modifyDeserializer(DeserializationConfig config, BeanDescription.Supplier bean,
			ValueDeserializer<?> deserializer) {
		return INTEGERS.contains(bean.getBeanClass()) ? new Whole(deserializer) : deserializer;
	}

	@Override
	public ValueDeserializer<?> modifyArrayDeserializer(DeserializationConfig config, ArrayType type,
			BeanDescription.Supplier bean, ValueDeserializer<?> deserializer) {
		return ARRAYS.contains(type.getRawClass()) ? new Whole(deserializer) : deserializer;
	}

	private static @Nullable BigInteger whole(BigDecimal number) {
		if (number.precision() - (long) number.scale() > MAX_DIGITS) {
			return null;
		}
		BigDecimal shortest = number.stripTrailingZeros();
		return (shortest.scale() <= 0) ? shortest.toBigInteger() : null;
	}

	private static JsonNode whole(JsonNode number) {
		BigInteger whole = (number instanceof NumericNode numeric && numeric.isFloatingPointNumber()
				&& !numeric.isNaN()) ? whole(numeric.decimalValue()) : null;
		return (whole != null) ? JsonNodeFactory.instance.numberNode(whole) : number;
	}

	private static final class Whole extends DelegatingDeserializer {

		Whole(ValueDeserializer<?> delegate) {
			super(delegate);
		}

		@Override
		protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
			return new Whole(delegate);
		}

		@Override
		public Object deserialize(JsonParser parser, DeserializationContext context) {
			if (parser.hasToken(JsonToken.START_ARRAY) && ARRAYS.contains(handledType())) {
				JsonNode items = context.readTree(parser);
				if (items instanceof ArrayNode array) {
					for (int i = 0; i < array.size(); i++) {
						array.set(i, whole(array.get(i)));
					}
				}
				return read(items, context);
			}
			if (parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT) && !parser.isNaN()) {
				BigInteger whole = whole(parser.getDecimalValue());
				if (whole != null) {
					return read(JsonNodeFactory.instance.numberNode(whole), context);
				}
			}
			return super.deserialize(parser, context);
		}

		private Object read(JsonNode node, DeserializationContext context) {
			try (JsonParser parser = context.treeAsTokens(node)) {
				parser.nextToken();
				return super.deserialize(parser, context);
			}
		}

	}

}

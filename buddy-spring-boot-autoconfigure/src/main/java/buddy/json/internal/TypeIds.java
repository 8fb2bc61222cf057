package buddy.json.internal;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.util.NameTransformer;

/**
 * Writes the type id of {@code @JsonTypeInfo} in all places. By default Jackson uses
 * declared types only, so an item of a list with an erased element type, or a value of a
 * {@code Map<String, Object>}, would lose its id and could not be read back.
 */
final class TypeIds extends ValueSerializerModifier {

	private static final long serialVersionUID = 1L;

	@Override
	public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier bean,
			ValueSerializer<?> serializer) {
		return modify(config, bean, serializer);
	}

	@Override
	public ValueSerializer<?> modifyEnumSerializer(SerializationConfig config, JavaType type,
			BeanDescription.Supplier bean, ValueSerializer<?> serializer) {
		return modify(config, bean, serializer);
	}

	@SuppressWarnings("unchecked") // a serializer gets values of its own type only
	private static ValueSerializer<?> modify(SerializationConfig config, BeanDescription.Supplier bean,
			ValueSerializer<?> serializer) {
		JsonTypeInfo.Value info = config.getAnnotationIntrospector()
			.findPolymorphicTypeInfo(config, bean.getClassInfo());
		return (info != null && info.getIdType() != JsonTypeInfo.Id.NONE)
				? new WithTypeId((ValueSerializer<Object>) serializer) : serializer;
	}

	private static final class WithTypeId extends ValueSerializer<Object> {

		private final ValueSerializer<Object> delegate;

		WithTypeId(ValueSerializer<Object> delegate) {
			this.delegate = delegate;
		}

		@Override
		public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
			TypeSerializer typeId = context.findTypeSerializer(context.constructType(value.getClass()));
			if (typeId != null) {
				this.delegate.serializeWithType(value, generator, context, typeId);
			}
			else {
				this.delegate.serialize(value, generator, context);
			}
		}

		@Override
		public void serializeWithType(Object value, JsonGenerator generator, SerializationContext context,
				TypeSerializer typeId) {
			this.delegate.serializeWithType(value, generator, context, typeId);
		}

		@Override
		public void resolve(SerializationContext context) {
			this.delegate.resolve(context);
		}

		@Override
		public ValueSerializer<?> createContextual(SerializationContext context, BeanProperty property) {
			return with(this.delegate.createContextual(context, property));
		}

		@Override
		public ValueSerializer<Object> unwrappingSerializer(NameTransformer names) {
			return this.delegate.unwrappingSerializer(names);
		}

		@Override
		public ValueSerializer<?> withFilterId(Object filterId) {
			return with(this.delegate.withFilterId(filterId));
		}

		@Override
		public Class<?> handledType() {
			return this.delegate.handledType();
		}

		@Override
		public boolean isEmpty(SerializationContext context, Object value) {
			return this.delegate.isEmpty(context, value);
		}

		@Override
		public boolean usesObjectId() {
			return this.delegate.usesObjectId();
		}

		@Override
		public ValueSerializer<?> getDelegatee() {
			return this.delegate;
		}

		@Override
		public void acceptJsonFormatVisitor(JsonFormatVisitorWrapper visitor, JavaType type) {
			this.delegate.acceptJsonFormatVisitor(visitor, type);
		}

		@SuppressWarnings("unchecked") // as above
		private ValueSerializer<?> with(ValueSerializer<?> other) {
			return (other == this.delegate) ? this : new WithTypeId((ValueSerializer<Object>) other);
		}

	}

}

package buddy.json.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jackson modules and settings that an application adds for its own values. An extension
 * applies to all values in the process until it is closed, but not to buddy's own
 * documents.
 */
public final class JsonExtension implements AutoCloseable {

	private static final List<JsonExtension> EXTENSIONS = new ArrayList<>();

	private static volatile @Nullable Mappers current;

	private final Collection<? extends JacksonModule> modules;

	private final Consumer<JsonMapper.Builder> settings;

	private JsonExtension(Collection<? extends JacksonModule> modules, Consumer<JsonMapper.Builder> settings) {
		this.modules = List.copyOf(modules);
		this.settings = settings;
	}

	/**
	 * Adds modules and settings.
	 * @param modules the modules
	 * @param settings customizes the builder after the modules were added
	 * @return the extension, which removes them when it is closed
	 */
	public static JsonExtension add(Collection<? extends JacksonModule> modules,
			Consumer<JsonMapper.Builder> settings) {
		JsonExtension extension = new JsonExtension(modules, settings);
		synchronized (EXTENSIONS) {
			EXTENSIONS.add(extension);
			current = null;
		}
		return extension;
	}

	@Override
	public void close() {
		synchronized (EXTENSIONS) {
			EXTENSIONS.remove(this);
			current = null;
		}
	}

	static Mappers mappers() {
		Mappers mappers = current;
		return (mappers != null) ? mappers : made();
	}

	private static Mappers made() {
		synchronized (EXTENSIONS) {
			Mappers mappers = (current != null) ? current : Mappers.of(EXTENSIONS);
			current = mappers;
			return mappers;
		}
	}

	/**
	 * The mappers of an application's values.
	 *
	 * @param values reads and writes them
	 * @param exact writes unquoted {@code NaN}, so that it can be detected and refused
	 * @param input reads input
	 */
	record Mappers(JsonMapper values, JsonMapper exact, JsonMapper input) {

		private static Mappers of(List<JsonExtension> extensions) {
			JsonMapper values = Json.own();
			if (!extensions.isEmpty()) {
				JsonMapper.Builder builder = values.rebuild();
				for (JsonExtension extension : extensions) {
					builder.addModules(extension.modules);
					extension.settings.accept(builder);
				}
				// not configurable: exact decimals and single-line text
				values = builder.disable(SerializationFeature.INDENT_OUTPUT)
					.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
					.enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
					.build();
			}
			return new Mappers(values, values.rebuild().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build(),
					InputMapper.of(values));
		}

	}

}

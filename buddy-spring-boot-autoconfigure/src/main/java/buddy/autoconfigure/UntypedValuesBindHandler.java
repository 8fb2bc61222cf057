package buddy.autoconfigure;

import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.io.Resource;
import tools.jackson.core.JacksonException;

import buddy.json.internal.Json;

/**
 * Parses values of {@code session-state}, {@code extra-data} and the input of schedules
 * that are JSON, if they come from a source that has text only: a properties file, the
 * environment or the command line. YAML distinguishes numbers from text itself.
 */
final class UntypedValuesBindHandler extends AbstractBindHandler {

	private static final ConfigurationPropertyName WORKFLOWS = ConfigurationPropertyName.of("buddy.workflows");

	private static final int VALUES = 3;

	UntypedValuesBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Object result) {
		Object value = super.onSuccess(name, target, context, result);
		return (value instanceof String text && isFree(name) && !isTyped(context.getConfigurationProperty()))
				? read(text) : value;
	}

	/** The input of a schedule may be given as one JSON object too. */
	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (isInput(name) && name.getNumberOfElements() == VALUES + 2 && property != null
				&& property.getValue() instanceof CharSequence text) {
			try {
				return Json.readMap(context.getBinder().bind(name, Bindable.of(String.class)).orElse(text.toString()));
			}
			catch (RuntimeException ex) {
				throw new IllegalArgumentException("'" + name + "' must be a JSON object, not '" + text + "'", ex);
			}
		}
		return super.onFailure(name, target, context, error);
	}

	private static boolean isInput(ConfigurationPropertyName name) {
		return WORKFLOWS.isAncestorOf(name) && name.getNumberOfElements() >= VALUES + 2
				&& name.getElement(VALUES, Form.UNIFORM).equals("schedule")
				&& name.getElement(VALUES + 1, Form.UNIFORM).equals("input");
	}

	private static boolean isFree(ConfigurationPropertyName name) {
		if (isInput(name)) {
			return name.getNumberOfElements() > VALUES + 2;
		}
		if (!WORKFLOWS.isAncestorOf(name) || name.getNumberOfElements() <= VALUES + 1) {
			return false;
		}
		String field = name.getElement(VALUES, Form.UNIFORM);
		return field.equals("sessionstate") || field.equals("extradata");
	}

	private static boolean isTyped(@Nullable ConfigurationProperty property) {
		Origin origin = (property != null) ? property.getOrigin() : null;
		if (origin instanceof PropertySourceOrigin source) {
			origin = source.getOrigin();
		}
		Resource resource = (origin instanceof TextResourceOrigin file) ? file.getResource() : null;
		String filename = (resource != null) ? resource.getFilename() : null;
		return filename != null && filename.toLowerCase(Locale.ROOT).matches(".*\\.ya?ml");
	}

	private static Object read(String text) {
		try {
			Object value = Json.readPlain(text);
			return (value != null) ? value : text;
		}
		catch (JacksonException ex) {
			return text; // any other text is kept
		}
	}

}

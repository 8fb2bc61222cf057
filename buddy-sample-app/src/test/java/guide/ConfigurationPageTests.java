package guide;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of configuration properties are those of the metadata that IDEs show.
 */
class ConfigurationPageTests {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private static final String PROPERTIES = "buddy.autoconfigure.BuddyProperties";

	@Test
	void propertiesAreThoseOfTheMetadata() throws IOException {
		String expected = tables();
		assertThat(expected).contains("`buddy.runs.timeout`", "`management.endpoint.buddyworkflows.access`");
		assertThat(Pages.generated(Pages.DOCS.resolve("configuration-properties.md"), "properties", expected))
			.as(Pages.howToRewrite(getClass()))
			.isEqualTo(expected);
	}

	@Test
	void settingsOfOneWorkflowAreThoseOfTheirRecord() throws ClassNotFoundException {
		StringBuilder expected = new StringBuilder(HEAD.replace(" default |", "").replace("|---|---|", "|---|"));
		addSettings(expected, "buddy.workflows.<id>.", Class.forName(PROPERTIES + "$WorkflowProperties"));
		assertThat(expected).contains("`buddy.workflows.<id>.retention.run-age`");
		assertThat(Pages.generated(Pages.DOCS.resolve("configuration-properties.md"), "workflow", expected.toString()))
			.as(Pages.howToRewrite(getClass()))
			.isEqualTo(expected.toString());
	}

	@Test
	void settingsOfABudgetAndAPriceAreThoseOfTheirRecords() throws ClassNotFoundException {
		requireGenerated("budget", "buddy.budgets.<name>.", "BudgetProperties");
		requireGenerated("price", "buddy.prices[<model>].", "Price");
	}

	private static void requireGenerated(String part, String prefix, String type) throws ClassNotFoundException {
		StringBuilder expected = new StringBuilder(HEAD.replace(" default |", "").replace("|---|---|", "|---|"));
		addSettings(expected, prefix, Class.forName("buddy.autoconfigure.BuddyBudgetProperties$" + type));
		expected.append('\n');
		assertThat(Pages.generated(Pages.DOCS.resolve("configuration-properties.md"), part, expected.toString()))
			.as(Pages.howToRewrite(ConfigurationPageTests.class))
			.isEqualTo(expected.toString());
	}

	private static final String HEAD = "\n| property | type | default | what it does |\n|---|---|---|---|\n";

	private static String tables() throws IOException {
		Map<String, List<JsonNode>> groups = new TreeMap<>();
		for (JsonNode property : metadata()) {
			String name = property.get("name").asString();
			if (!Set.of("buddy.workflows", "buddy.budgets", "buddy.prices").contains(name)) {
				groups.computeIfAbsent(group(name), (group) -> new ArrayList<>()).add(property);
			}
		}
		StringBuilder text = new StringBuilder();
		groups.forEach((group, properties) -> {
			text.append("\n### ").append(group).append('\n').append(HEAD);
			properties.stream()
				.sorted(Comparator.comparing((property) -> property.get("name").asString()))
				.forEach((property) -> text.append("| `%s` | %s | %s | %s |%n"
					.formatted(property.get("name").asString(), type(property.path("type").asString("")),
							defaultValue(property), cell(property.path("description").asString("")))
					.replace("\r", "")));
		});
		return text.append('\n').toString();
	}

	private static List<JsonNode> metadata() throws IOException {
		List<JsonNode> properties = new ArrayList<>();
		for (URL file : Collections.list(ConfigurationPageTests.class.getClassLoader().getResources(METADATA))) {
			try (InputStream in = file.openStream()) {
				JsonMapper.builder().build().readTree(in).path("properties").forEach((property) -> {
					String name = property.get("name").asString();
					if (name.startsWith("buddy.") || name.startsWith("management.endpoint.buddy")
							|| name.startsWith("management.health.buddy")) {
						properties.add(property);
					}
				});
			}
		}
		return properties;
	}

	private static String group(String name) {
		String[] parts = name.split("\\.");
		return parts[0].equals("buddy") ? parts[0] + "." + parts[1] : "management";
	}

	private static String defaultValue(JsonNode property) {
		String value = property.path("defaultValue").asString("");
		return value.isEmpty() ? "–" : "`" + value + "`";
	}

	/** What a user writes, not the Java class. */
	private static String type(String name) {
		String simple = name.substring(name.lastIndexOf('.') + 1);
		if (name.startsWith("java.util.List") || name.startsWith("java.util.Set")) {
			return "list";
		}
		if (name.startsWith("java.util.Map")) {
			return "map";
		}
		return switch (simple) {
			case "Boolean", "boolean" -> "`true`, `false`";
			case "Integer", "Long", "int", "long" -> "number";
			case "String" -> "text";
			case "BigDecimal", "double" -> "number";
			case "ZoneId" -> "text";
			case "Duration" -> "duration";
			case "DataSize" -> "size";
			default -> constants(name);
		};
	}

	private static String constants(String name) {
		Object[] constants = ClassUtils.resolveClassName(name, null).getEnumConstants();
		return (constants == null) ? ClassUtils.getShortName(name) : Arrays.stream(constants)
			.map((constant) -> "`" + ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
			.collect(Collectors.joining(", "));
	}

	private static void addSettings(StringBuilder text, String prefix, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (component.getType().isRecord() && component.getType().getName().startsWith("buddy.")) {
				addSettings(text, name + ".", component.getType());
			}
			else {
				text.append("| `%s` | %s | %s |\n".formatted(name, type(component.getType().getName()),
						cell(description(type, component.getName()))));
			}
		}
		if (prefix.endsWith("<id>.")) {
			text.append('\n');
		}
	}

	/**
	 * The settings of one workflow are values of a map, which the metadata leaves out.
	 */
	private static String description(Class<?> type, String component) {
		String source = Pages.read(Pages.ROOT.resolve("buddy-spring-boot-autoconfigure/src/main/java")
			.resolve(ClassUtils.getPackageName(type).replace('.', '/'))
			.resolve(outermost(type).getSimpleName() + ".java"));
		int record = source.indexOf("record " + type.getSimpleName() + "(");
		String comment = source.substring(source.lastIndexOf("/**", record), record);
		Matcher param = Pattern.compile("@param " + component + " (.*?)(?=\\* @|\\*/)", Pattern.DOTALL)
			.matcher(comment);
		return param.find() ? param.group(1).replaceAll("\\s*\\n\\s*\\*?\\s*", " ").strip() : "";
	}

	private static Class<?> outermost(Class<?> type) {
		@Nullable Class<?> outer = type.getDeclaringClass();
		return (outer != null) ? outermost(outer) : type;
	}

	private static String cell(String text) {
		return text.replace("|", "\\|").replaceAll("\\s+", " ").strip();
	}

}

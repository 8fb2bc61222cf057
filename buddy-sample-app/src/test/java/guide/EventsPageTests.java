package guide;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.UnknownEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The events reference has every event with exactly the fields of its record.
 */
class EventsPageTests {

	private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z]\\w+)` \\| (.*?) \\| (.*?) \\|$");

	private static final Pattern FIELD = Pattern.compile("`([a-z_]+)`");

	@Test
	void everyEventStandsThereWithItsFields() {
		Map<String, TreeSet<String>> expected = new TreeMap<>();
		for (Class<?> type : RunResponseEvent.class.getPermittedSubclasses()) {
			expected.put(type.getSimpleName(), fields(type));
		}
		// told by streams alone; in Java it is an UnknownEvent
		expected.put("EventsMissing", new TreeSet<>(java.util.Set.of("first", "last", "count")));
		assertThat(page()).isEqualTo(expected);
	}

	private static Map<String, TreeSet<String>> page() {
		return ROW.matcher(Pages.read(Pages.DOCS.resolve("events.md")))
			.results()
			.collect(Collectors.toMap((row) -> row.group(1), EventsPageTests::fields, (one, other) -> one,
					TreeMap::new));
	}

	private static TreeSet<String> fields(MatchResult row) {
		return FIELD.matcher(row.group(3))
			.results()
			.map((field) -> field.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static TreeSet<String> fields(Class<?> type) {
		if (type == UnknownEvent.class) {
			return new TreeSet<>();
		}
		return Arrays.stream(type.getRecordComponents())
			.skip(1)
			.map(RecordComponent::getName)
			.map((name) -> name.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}

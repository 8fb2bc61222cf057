package benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import benchmarks.measure.Plan;

/**
 * What the command line asks for.
 *
 * @param quick whether the report only shows that everything works
 * @param publish whether the results and the page that are kept are meant
 * @param renderOnly whether nothing is measured
 * @param only the parts that are measured, in lower case; none for all
 */
record Options(boolean quick, boolean publish, boolean renderOnly, Set<String> only) {

	static final Path NIGHTLY = Path.of("results", "open-runs.jsonl");

	private static final String ONLY = "--only=";

	static Options parse(String... arguments) {
		List<String> words = List.of(arguments);
		boolean quick = words.contains("--quick");
		boolean render = words.contains("--render");
		List<String> only = words.stream()
			.filter((word) -> word.startsWith(ONLY))
			.flatMap((word) -> Arrays.stream(word.substring(ONLY.length()).split(",")))
			.map((word) -> word.toLowerCase(Locale.ROOT))
			.toList();
		boolean publish = render || (!quick && only.isEmpty());
		return new Options(quick, publish, render, Set.copyOf(only));
	}

	boolean includes(String part) {
		return this.only.isEmpty() || this.only.contains(part.toLowerCase(Locale.ROOT));
	}

	/** Returns whether a part is named. */
	boolean names(String part) {
		return this.only.contains(part);
	}

	String mode() {
		return this.quick ? "quick" : "full";
	}

	Plan plan() {
		return this.quick ? Plan.quick() : Plan.full();
	}

	Path results() {
		return this.publish ? Path.of("results", "report.jsonl") : Path.of("target", "report.jsonl");
	}

	Path page() {
		return this.publish ? Path.of("..", "docs", "benchmarks.md") : Path.of("target", "benchmarks.md");
	}

}

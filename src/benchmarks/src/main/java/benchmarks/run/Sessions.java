package benchmarks.run;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The sessions of a subject, one a thread or one for all.
 */
final class Sessions {

	/** From here on, a slice's own runs are too few to matter. */
	private static final int MANY = 1_000;

	private final Template template;

	private final int earlierRuns;

	private final boolean shared;

	private List<String> ids = List.of();

	private Sessions(Template template, int earlierRuns, boolean shared) {
		this.template = template;
		this.earlierRuns = earlierRuns;
		this.shared = shared;
	}

	static Sessions oneEach(Template template, int earlierRuns) {
		return new Sessions(template, earlierRuns, false);
	}

	static Sessions oneForAll(Template template) {
		return new Sessions(template, 0, true);
	}

	/** New sessions for each slice, lest they get more runs than is said. */
	void prepare(int threads) {
		if (this.shared) {
			this.ids = List.of(this.template.newSession(0));
		}
		else if (this.earlierRuns < MANY || this.ids.size() < threads) {
			this.ids = IntStream.range(0, threads)
				.mapToObj((thread) -> this.template.newSession(this.earlierRuns))
				.toList();
		}
	}

	String of(int thread) {
		return this.ids.get(this.shared ? 0 : thread);
	}

}

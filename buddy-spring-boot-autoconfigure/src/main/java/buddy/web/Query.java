package buddy.web;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.function.ServerRequest;

import buddy.run.RunStatus;
import buddy.session.RunPage;
import buddy.session.RunPage.Cursor;

/**
 * The validated query parameters of a request.
 */
final class Query {

	private static final int DEFAULT_LIMIT = 20;

	private static final int MAX_LIMIT = 100;

	private static final String RUN_ID = "[A-Za-z0-9._:@-]{1,36}";

	/** Milliseconds in a range that databases support, and an id. */
	private static final String CURSOR = "-?[0-9]{1,15}_[A-Za-z0-9._:@-]{1,128}";

	private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

	private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

	private final MultiValueMap<String, String> params;

	private Query(MultiValueMap<String, String> params) {
		this.params = params;
	}

	/**
	 * Reads the parameters of a request.
	 * @param request the request
	 * @param names the allowed parameters, at most once each
	 */
	static Query of(ServerRequest request, String... names) {
		Set<String> known = new TreeSet<>(List.of(names));
		MultiValueMap<String, String> params = request.params();
		params.forEach((name, values) -> {
			if (!known.contains(name)) {
				throw Problems.invalidParameter("There is no parameter '" + name + "' here; there are " + known)
					.refusal();
			}
			if (values.size() > 1) {
				throw Problems.invalidParameter("The parameter '" + name + "' may be given only once").refusal();
			}
		});
		return new Query(params);
	}

	/** Returns the run id of the path, validated and therefore safe to log. */
	static String runId(ServerRequest request) {
		return requireRunId(request.pathVariable("id"));
	}

	/** Returns a parameter that is a run id. */
	@Nullable String runId(String name) {
		String runId = text(name);
		return (runId != null) ? requireRunId(runId) : null;
	}

	static String requireRunId(String runId) {
		if (!runId.matches(RUN_ID)) {
			throw Problems.invalidParameter("A run id is 1 to 36 ASCII letters, digits and . _ : @ -").refusal();
		}
		return runId;
	}

	@Nullable String text(String name) {
		String value = this.params.getFirst(name);
		return (value == null || value.isEmpty()) ? null : value;
	}

	/** Returns the maximum number of items of a page. */
	int limit() {
		String text = text("limit");
		if (text == null) {
			return DEFAULT_LIMIT;
		}
		if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_LIMIT) {
			throw Problems.invalidParameter("'limit' must be 1 to " + MAX_LIMIT).refusal();
		}
		return Integer.parseInt(text);
	}

	/**
	 * Returns a parameter that is {@code true} or {@code false}, which is the default.
	 */
	boolean flag(String name) {
		String text = text(name);
		if (text != null && !text.equals("true") && !text.equals("false")) {
			throw Problems.invalidParameter("'" + name + "' must be true or false").refusal();
		}
		return "true".equals(text);
	}

	RunPage page() {
		int limit = limit();
		String after = text("after");
		if (after == null) {
			return RunPage.first(limit);
		}
		try {
			if (!after.matches(CURSOR)) {
				throw new IllegalArgumentException("not a cursor");
			}
			Cursor cursor = Cursor.parse(after);
			return new RunPage(limit, cursor);
		}
		catch (IllegalArgumentException ex) {
			throw Problems.invalidParameter("'after' must be the cursor of a previous page").refusal();
		}
	}

	Set<RunStatus> statuses() {
		String text = text("status");
		Set<RunStatus> statuses = EnumSet.noneOf(RunStatus.class);
		for (String name : (text != null) ? text.split(",", -1) : new String[0]) {
			statuses
				.add(Arrays.stream(RunStatus.values())
					.filter((status) -> status.name().equals(name.toUpperCase(Locale.ROOT)))
					.findFirst()
					.orElseThrow(() -> Problems.invalidParameter("'status' must be one or more of "
							+ Arrays.stream(RunStatus.values()).map(RunStatus::name).collect(Collectors.joining(", "))
							+ ", separated by commas")
						.refusal()));
		}
		return statuses;
	}

	@Nullable Instant time(String name) {
		String text = text(name);
		if (text == null) {
			return null;
		}
		try {
			Instant time = Instant.parse(text);
			if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
				throw new DateTimeException("out of the range of databases");
			}
			return time;
		}
		catch (DateTimeException ex) {
			throw Problems.invalidParameter("'" + name + "' must be a time like 2026-01-31T12:00:00Z").refusal();
		}
	}

}

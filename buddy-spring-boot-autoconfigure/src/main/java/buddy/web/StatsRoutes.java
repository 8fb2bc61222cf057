package buddy.web;

import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.durable.QuestionViewer;
import buddy.durable.RunWaits;
import buddy.run.RunStatus;
import buddy.session.SessionAccess;
import buddy.session.UserRequiredException;
import buddy.storage.RunStatistics;
import buddy.storage.RunStatistics.OldestRun;
import buddy.storage.RunStatistics.RecentRuns;
import buddy.storage.RunStatistics.UnfinishedRuns;

/**
 * The route to show what the runs of the last hour or day did. Answers are kept for a few
 * seconds, so that many open consoles cost the database no more than one.
 */
final class StatsRoutes {

	/** How many runs, and how many questions, an answer looks at. */
	static final int MOST = 10_000;

	private final Supplier<@Nullable RunStatistics> statistics;

	private final Supplier<@Nullable RunWaits> waits;

	private final BiFunction<ServerRequest, Caller, QuestionViewer> viewers;

	private final boolean requiresUser;

	private final Clock clock;

	private final KeptAnswers<Viewer> kept = new KeptAnswers<>(System::nanoTime);

	/**
	 * Creates the route.
	 * @param statistics supplies the statistics of the store, if it has any
	 * @param waits supplies the store of questions, if there is one
	 * @param viewers tells which questions the caller of a request sees
	 * @param requiresUser whether callers without a user see nothing
	 * @param clock the clock that runs take their times from
	 */
	StatsRoutes(Supplier<@Nullable RunStatistics> statistics, Supplier<@Nullable RunWaits> waits,
			BiFunction<ServerRequest, Caller, QuestionViewer> viewers, boolean requiresUser, Clock clock) {
		this.statistics = statistics;
		this.waits = waits;
		this.viewers = viewers;
		this.requiresUser = requiresUser;
		this.clock = clock;
	}

	ServerResponse show(ServerRequest request, Caller caller) {
		StatsWindow window = window(Query.of(request, "window").text("window"));
		RunStatistics runs = this.statistics.get();
		if (runs == null) {
			throw Problem
				.of(HttpStatus.NOT_IMPLEMENTED, "statistics-not-kept", "The application has no statistics of its runs",
						"Its store of sessions and runs has no RunStatistics beside it")
				.refusal();
		}
		SessionAccess access = access(caller);
		Principal principal = request.servletRequest().getUserPrincipal();
		Viewer viewer = new Viewer(window, access, (principal != null) ? principal.getName() : null);
		return Answer.ok(this.kept.get(viewer, () -> {
			RunWaits questions = this.waits.get();
			int open = (questions != null) ? questions.countOpen(this.viewers.apply(request, caller), MOST) : 0;
			return json(window, runs, access, open);
		}));
	}

	private static StatsWindow window(@Nullable String text) {
		return Arrays.stream(StatsWindow.values())
			.filter((window) -> text == null || window.label().equals(text))
			.findFirst()
			.orElseThrow(() -> Problems.invalidParameter("'window' must be "
					+ Arrays.stream(StatsWindow.values()).map(StatsWindow::label).collect(Collectors.joining(" or ")))
				.refusal());
	}

	/** Returns whose runs the caller sees, or {@code null} for those of everybody. */
	private @Nullable SessionAccess access(Caller caller) {
		if (caller.everybody()) {
			return null;
		}
		if (caller.userId() == null && this.requiresUser) {
			throw new UserRequiredException("A look at the statistics of runs", "sign in");
		}
		return new SessionAccess(caller.userId(), null, !this.requiresUser);
	}

	private Map<String, @Nullable Object> json(StatsWindow window, RunStatistics statistics,
			@Nullable SessionAccess access, int openQuestions) {
		Instant now = this.clock.instant();
		Instant from = window.from(now);
		RecentRuns recent = statistics.recent(from, now, access, MOST);
		UnfinishedRuns unfinished = statistics.unfinished(access, MOST);
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("window", window.label());
		json.put("from", from.getEpochSecond());
		json.put("to", now.getEpochSecond());
		json.put("truncated", recent.cut() != null);
		Views.put(json, "counted_from", (recent.cut() != null) ? recent.cut().getEpochSecond() : null);
		Map<String, Integer> counts = new LinkedHashMap<>();
		for (RunStatus status : new RunStatus[] { RunStatus.RUNNING, RunStatus.PENDING, RunStatus.PAUSED }) {
			counts.put(status.name(), unfinished.counts().getOrDefault(status, 0));
		}
		json.put("unfinished", counts);
		new RunFiguresView(window, from, recent.runs()).addTo(json);
		OldestRun oldest = unfinished.oldest();
		if (oldest != null) {
			json.put("oldest_unfinished", Map.of("run_id", oldest.runId(), "workflow_id", oldest.workflowId(),
					"created_at", oldest.createdAt().getEpochSecond()));
		}
		json.put("open_questions", openQuestions);
		return json;
	}

	/**
	 * Who looks at what.
	 *
	 * @param window the time that is shown
	 * @param access whose runs are seen, or {@code null} for those of everybody
	 * @param principal who has signed in, whose roles questions are asked of, or
	 * {@code null}
	 */
	private record Viewer(StatsWindow window, @Nullable SessionAccess access, @Nullable String principal) {
	}

}

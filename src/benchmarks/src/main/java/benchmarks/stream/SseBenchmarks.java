package benchmarks.stream;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import benchmarks.database.RunningDatabase;
import benchmarks.measure.Interleaving;
import benchmarks.measure.Pair;
import benchmarks.measure.Plan;
import benchmarks.measure.Subject;
import benchmarks.report.Result;
import benchmarks.report.Target;
import benchmarks.report.Targets;
import benchmarks.report.Verdict;

/**
 * Events sent to clients over HTTP, beside what is written by hand.
 */
public final class SseBenchmarks {

	private static final String SECTION = "Server-sent events, PostgreSQL";

	private static final String RUNS = "/buddy/workflows/words/runs";

	private static final int EVENTS = 2_000;

	private static final int AT_ONCE = 16;

	/** Requests of each kind until the compiler has seen all of their code. */
	private static final int WARM_UP = 10_000;

	private final RunningDatabase database;

	private final Plan plan;

	private final Result.Sink results;

	/**
	 * Creates the benchmarks.
	 * @param database the database
	 * @param plan how long each pair is measured
	 * @param results takes the results
	 */
	public SseBenchmarks(RunningDatabase database, Plan plan, Result.Sink results) {
		this.database = database;
		this.plan = plan;
		this.results = results;
	}

	/**
	 * Measures.
	 * @throws Exception if a run fails
	 */
	public void measure() throws Exception {
		try (StreamApplication application = StreamApplication.web(this.database)) {
			int port = application.port();
			String run = SseClient.start(port, RUNS, body(EVENTS));
			List<SentEvent> events;
			try (SseClient client = SseClient.get(port, run + "/events")) {
				events = client.all();
			}
			application.bean(BareStreams.class).send(events);
			for (int threads : new int[] { 1, AT_ONCE }) {
				replay(port, run, threads);
			}
			first(port);
		}
	}

	/** The stream of a run that has ended, which is read from the database. */
	private void replay(int port, String run, int threads) throws Exception {
		Subject emitter = new Replayed("SseEmitter", port, "/bare/emitter");
		Subject servlet = new Replayed("servlet, each event flushed", port, "/bare/servlet");
		Subject buddy = new Replayed("buddy, from the database", port, run + "/events");
		Subject live = new Live(port);
		Plan few = this.plan.withRuns(threads).withThreads(threads);
		String title = "%d stream%s of %,d events".formatted(threads, (threads > 1) ? "s" : "", EVENTS);
		new Interleaving(few).measure(emitter, List.of(servlet, buddy, live)); // warm-up
		measure(few, title, "event", EVENTS, emitter, List.of(buddy, live), Targets.T8);
		measure(few, title, "event", EVENTS, servlet, List.of(buddy), (threads > 1) ? Targets.T8_SERVLET : null);
	}

	/** From the request to the first event, with a run of one event. */
	private void first(int port) throws Exception {
		Subject bare = new First("select, insert, SseEmitter", port, "/bare/first", "{\"session_id\":\"first\"}");
		Subject buddy = new First("buddy", port, RUNS, body(1));
		for (int i = 0; i < WARM_UP; i++) { // the first makes the session
			for (Subject subject : List.of(buddy, bare)) {
				subject.run(0);
				subject.finish(0);
			}
		}
		measure(this.plan, "from the request to the first event", "first event", 1, bare, List.of(buddy), Targets.T9);
	}

	private void measure(Plan plan, String title, String unit, int parts, Subject base, List<Subject> subjects,
			@Nullable Target target) throws Exception {
		this.database.settle();
		List<Pair> pairs = new Interleaving(plan).measure(base, subjects);
		this.results.add(SECTION, title, unit, pairs.get(0).perPart(parts));
		for (int i = 1; i < pairs.size(); i++) {
			Pair pair = pairs.get(i).perPart(parts);
			// the first is what the target is about
			Verdict verdict = (i == 1 && target != null) ? target.judge(pair) : null;
			this.results.accept(new Result(SECTION, title, unit, pair, verdict));
		}
	}

	private static String body(int words) {
		return "{\"input\":{\"words\":%d,\"pauseMicros\":0},\"session\":{\"session_id\":\"first\"}}".formatted(words);
	}

	private static void require(int events) {
		if (events < EVENTS) {
			throw new IllegalStateException(events + " events came of " + EVENTS);
		}
	}

	/** A stream that is there, read to its end. */
	private record Replayed(String name, int port, String path) implements Subject {

		@Override
		public void run(int thread) throws IOException {
			try (SseClient client = SseClient.get(this.port, this.path)) {
				require(client.drain());
			}
		}

	}

	/** A run that is started with the request, its events stored and sent. */
	private record Live(int port) implements Subject {

		@Override
		public String name() {
			return "buddy, a new run, stored and sent";
		}

		@Override
		public void run(int thread) throws IOException {
			String body = body(EVENTS).replace("first", "live-" + thread);
			try (SseClient client = SseClient.post(this.port, RUNS, body)) {
				require(client.drain());
			}
		}

	}

	/** A stream of which only the first event is timed. */
	private static final class First implements Subject {

		private final String name;

		private final int port;

		private final String path;

		private final String body;

		private @Nullable SseClient open;

		First(String name, int port, String path, String body) {
			this.name = name;
			this.port = port;
			this.path = path;
			this.body = body;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public void run(int thread) throws IOException {
			this.open = SseClient.post(this.port, this.path, this.body);
			if (this.open.next() == null) {
				throw new IllegalStateException(this.path + " sent no event");
			}
		}

		@Override
		public void finish(int thread) throws IOException {
			if (this.open != null) {
				this.open.drain();
				this.open.close();
			}
		}

	}

}

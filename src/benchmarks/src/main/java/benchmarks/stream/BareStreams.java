package benchmarks.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Types;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import buddy.run.internal.RunIds;

/**
 * What an application writes by hand: the same events through an {@link SseEmitter}.
 */
@RestController
class BareStreams {

	private final JdbcTemplate jdbc;

	private final TaskExecutor executor = new SimpleAsyncTaskExecutor("bare-");

	private final RunIds runIds = new RunIds(Clock.systemUTC());

	private volatile List<SentEvent> events = List.of();

	BareStreams(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/** Sets what is sent. */
	void send(List<SentEvent> events) {
		this.events = List.copyOf(events);
	}

	List<SentEvent> events() {
		return this.events;
	}

	@GetMapping(path = "/bare/emitter", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter emitter() {
		SseEmitter emitter = new SseEmitter(0L);
		this.executor.execute(() -> {
			this.events.forEach((event) -> send(emitter, event));
			emitter.complete();
		});
		return emitter;
	}

	/** Reads the session, inserts a row for the run, and sends one event. */
	@PostMapping(path = "/bare/first", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter first(@RequestBody Map<String, Object> body) {
		String session = String.valueOf(body.get("session_id"));
		this.jdbc.queryForMap("select session_id, workflow_id, user_id, session_name, session_state, media,"
				+ " workflow_data, extra_data, additional, created_at, updated_at, version"
				+ " from buddy_workflow_session where session_id = ?", session);
		String runId = this.runIds.next();
		this.jdbc.update(
				"insert into buddy_workflow_run (run_id, session_id, workflow_id, status, input, created_at)"
						+ " values (?, ?, 'words', 'RUNNING', cast(? as jsonb), ?)",
				new Object[] { runId, session, "{\"words\":1,\"pauseMicros\":0}", System.currentTimeMillis() },
				new int[] { Types.VARCHAR, Types.VARCHAR, Types.VARCHAR, Types.BIGINT });
		SseEmitter emitter = new SseEmitter(0L);
		send(emitter, this.events.get(0));
		emitter.complete();
		return emitter;
	}

	private static void send(SseEmitter emitter, SentEvent event) {
		try {
			emitter.send(SseEmitter.event().id(event.id()).name(event.name()).data(event.data()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}

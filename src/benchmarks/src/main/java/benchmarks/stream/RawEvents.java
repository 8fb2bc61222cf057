package benchmarks.stream;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

import benchmarks.measure.Subject;

/**
 * The rows of events, inserted one by one, each committed.
 */
final class RawEvents implements Subject {

	private final JdbcTemplate jdbc;

	private final int events;

	private final Map<String, @Nullable Object> like;

	private final AtomicLong sequence = new AtomicLong(1_000_000);

	RawEvents(JdbcTemplate jdbc, int events, Map<String, @Nullable Object> like) {
		this.jdbc = jdbc;
		this.events = events;
		this.like = like;
	}

	/** An event of a run of the session. */
	static Map<String, @Nullable Object> last(JdbcTemplate jdbc, String session) {
		return jdbc.queryForMap("select e.run_id, cast(e.event as text) as event from buddy_workflow_run_event e"
				+ " join buddy_workflow_run r on r.run_id = e.run_id where r.session_id = ?"
				+ " order by e.run_id desc, e.sequence desc limit 1", session);
	}

	@Override
	public String name() {
		return "autocommit INSERT";
	}

	@Override
	public void run(int thread) {
		for (int i = 0; i < this.events; i++) {
			this.jdbc.update(
					"insert into buddy_workflow_run_event (run_id, epoch, sequence, event)"
							+ " values (?, 0, ?, cast(? as json))",
					this.like.get("run_id"), this.sequence.incrementAndGet(), this.like.get("event"));
		}
	}

}

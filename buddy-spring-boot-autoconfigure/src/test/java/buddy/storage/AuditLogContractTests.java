package buddy.storage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import buddy.session.AuditEntry;
import buddy.session.AuditQuery;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.workflow.WorkflowAudit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What every store of the audit does.
 */
public abstract class AuditLogContractTests {

	private static final Instant NOW = Instant.parse("2026-03-01T10:00:00.123Z");

	private AuditLog log;

	/** An empty store; called before each test. */
	protected abstract AuditLog emptyLog();

	@BeforeEach
	void open() {
		this.log = emptyLog();
	}

	@Test
	void entriesComeBackAsTheyWereWritten() {
		AuditEntry full = new AuditEntry("2", NOW, AuditEntry.FORK, "ännä 😀", "w1", "s1", "r1",
				Map.of("before", "facts#2 \"quoted\"", "new_run", "r2"));
		AuditEntry bare = new AuditEntry("1", NOW, AuditEntry.DELETE, null, null, null, null, Map.of());
		this.log.append(full);
		this.log.appendBeside(bare);
		assertThat(this.log.list(AuditQuery.all(), RunPage.first(10))).containsExactly(full, bare);
	}

	@Test
	void longestNamesFit() {
		String key = "\"".repeat(512);
		AuditEntry entry = new AuditEntry("1".repeat(36), NOW, AuditEntry.FORK, "u".repeat(255), "w".repeat(128),
				"s".repeat(128), "r".repeat(36), Map.of("before", key, "new_run", "n".repeat(36)));
		this.log.append(entry);
		assertThat(this.log.list(AuditQuery.all(), RunPage.first(10))).containsExactly(entry);
	}

	@Test
	void listIsFilteredByWhatIsAsked() {
		entry("1", 0, AuditEntry.CANCEL, "ann", "w1", "s1", "r1");
		entry("2", 1, AuditEntry.ANSWER, "bob", "w2", "s2", "r2");
		entry("3", 2, AuditEntry.CANCEL, null, "w1", "s2", "r3");
		entry("4", 3, AuditEntry.DELETE, "ann", "w1", "s1", null);

		assertThat(ids(AuditQuery.all())).containsExactly("4", "3", "2", "1");
		assertThat(ids(AuditQuery.all().ofRun("r1"))).containsExactly("1");
		assertThat(ids(AuditQuery.all().ofWorkflow("w1"))).containsExactly("4", "3", "1");
		assertThat(ids(AuditQuery.all().ofSession("s2"))).containsExactly("3", "2");
		assertThat(ids(AuditQuery.all().by("ann"))).containsExactly("4", "1");
		assertThat(ids(AuditQuery.all().by("ANN"))).isEmpty();
		assertThat(ids(AuditQuery.all().withAction(AuditEntry.CANCEL))).containsExactly("3", "1");
		assertThat(ids(AuditQuery.all().withAction(AuditEntry.CANCEL).by("ann"))).containsExactly("1");
		assertThat(ids(AuditQuery.all().since(NOW.plusMillis(2)))).containsExactly("4", "3");
		assertThat(ids(AuditQuery.all().since(NOW.plusMillis(2).plusNanos(1)))).containsExactly("4");
	}

	@Test
	void pagesHaveEachEntryOnceAlsoAtTheSameTime() {
		List<String> written = new ArrayList<>();
		for (int i = 0; i < 7; i++) {
			String id = "e" + i;
			entry(id, i / 3, AuditEntry.ANSWER, "ann", "w1", "s1", "r1");
			written.add(0, id);
		}
		WorkflowAudit audit = new WorkflowAudit(this.log);
		List<String> seen = new ArrayList<>();
		RunPage page = RunPage.first(2);
		int pages = 0;
		while (page != null) {
			Page<AuditEntry> found = audit.list(AuditQuery.all(), page);
			found.items().forEach((entry) -> seen.add(entry.id()));
			page = (found.next() != null) ? page.after(found.next()) : null;
			pages++;
		}
		assertThat(seen).isEqualTo(written);
		assertThat(pages).isEqualTo(4);
		assertThat(audit.list(AuditQuery.all(), RunPage.first(7)).next()).isNull();
		assertThat(audit.list(AuditQuery.all(), RunPage.first(RunPage.MAX_LIMIT)).items()).hasSize(7);
	}

	@Test
	void entryOfAnActionThatDidNothingOrFailedIsNotWritten() {
		AuditEntry entry = new AuditEntry("1", NOW, AuditEntry.DELETE, "ann", "w1", "s1", null, Map.of());
		assertThat(this.log.appendIf(entry, () -> false)).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> this.log.appendIf(entry, () -> {
			throw new IllegalStateException("no");
		}));
		assertThat(ids(AuditQuery.all())).isEmpty();
		assertThat(this.log.appendIf(entry, () -> true)).isTrue();
		assertThat(ids(AuditQuery.all())).containsExactly("1");
	}

	@Test
	void oldEntriesAreDeletedInBatches() {
		for (int i = 0; i < 7; i++) {
			entry("e" + i, i * 1000, AuditEntry.ANSWER, "ann", "w1", "s1", "r1");
		}
		Clock clock = Clock.fixed(NOW.plusSeconds(60), ZoneOffset.UTC);
		assertThat(new AuditRetention(() -> this.log, Duration.ZERO, 2, clock).sweep()).isZero();
		assertThat(new AuditRetention(() -> this.log, Duration.ofSeconds(55), 2, clock).sweep()).isEqualTo(5);
		assertThat(ids(AuditQuery.all())).containsExactly("e6", "e5");
	}

	private void entry(String id, long millis, String action, String actor, String workflow, String session,
			String run) {
		this.log.append(
				new AuditEntry(id, NOW.plusMillis(millis), action, actor, workflow, session, run, Map.of("a", "b")));
	}

	private List<String> ids(AuditQuery query) {
		return this.log.list(query, RunPage.first(100)).stream().map(AuditEntry::id).toList();
	}

}

package buddy.storage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import buddy.storage.ScheduleStore;
import buddy.storage.StoredSchedule;
import buddy.storage.StoredSchedule.Call;
import buddy.storage.StoredSchedule.State;
import buddy.storage.StoredSchedule.Timing;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How schedules are stored, on every database.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class JpaScheduleStoreTests {

	private final JpaStorage storage;

	private final ScheduleStore store;

	JpaScheduleStoreTests(TestDatabase database) {
		this.storage = JpaStorage.on(database, true);
		this.store = this.storage.application().bean(ScheduleStore.class);
	}

	@BeforeEach
	void empty() {
		this.storage.application().emptyRepository();
	}

	@AfterEach
	void noConnectionIsInUse() {
		this.storage.awaitNoConnectionInUse();
	}

	@AfterAll
	static void close() {
		JpaStorage.emptyAll();
	}

	@Test
	void scheduleIsReadAsItWasWritten() {
		StoredSchedule cron = schedule("nightly", new State(false, 2L, 1L, "run-1"));
		StoredSchedule every = new StoredSchedule("often", "w", new Timing(null, 200L, "UTC", "SKIP"),
				new Call("{\"n\":1.0,\"text\":\"ü\"}", null, null), "ANNOTATION", 5, 6,
				new State(true, null, null, null), 3);

		assertThat(this.store.insert(cron)).isTrue();
		assertThat(this.store.insert(every)).isTrue();

		assertThat(this.store.find("nightly")).contains(cron);
		assertThat(this.store.find("often")).contains(every);
		assertThat(this.store.find("Nightly")).isEmpty();
		assertThat(this.store.list(null, 1)).containsExactly(cron);
		assertThat(this.store.list("nightly", 10)).containsExactly(every);
	}

	@Test
	void secondScheduleOfTheSameIdIsRefusedAndTheTransactionGoesOn() {
		StoredSchedule first = schedule("nightly", new State(false, 2L, null, null));
		this.store.insert(first);

		new TransactionTemplate(new JdbcTransactionManager(this.storage.dataSource()))
			.executeWithoutResult((status) -> {
				assertThat(this.store.insert(schedule("nightly", new State(true, null, null, null)))).isFalse();
				assertThat(this.store.insert(schedule("other", new State(true, null, null, null)))).isTrue();
			});

		assertThat(this.store.find("nightly")).contains(first);
		assertThat(this.store.find("other")).isPresent();
	}

	@Test
	void ofTwoChangesOfOneVersionTheFirstWins() {
		this.store.insert(schedule("nightly", new State(false, 2L, null, null)));
		StoredSchedule read = this.store.find("nightly").orElseThrow();

		assertThat(this.store.replace(read.with(read.state().fired("run-1").next(9L)))).isTrue();
		assertThat(this.store.replace(read.with(new State(true, null, null, null)))).isFalse();

		StoredSchedule now = this.store.find("nightly").orElseThrow();
		assertThat(now.state()).isEqualTo(new State(false, 9L, 2L, "run-1"));
		assertThat(now.version()).isEqualTo(1);
	}

	@Test
	void deletedScheduleIsGone() {
		this.store.insert(schedule("nightly", new State(false, 2L, null, null)));
		assertThat(this.store.delete("nightly")).isTrue();
		assertThat(this.store.delete("nightly")).isFalse();
		assertThat(this.store.find("nightly")).isEmpty();
	}

	@Test
	void timeIsThatOfTheDatabase() {
		long before = System.currentTimeMillis();
		// servers of this machine share its clock
		assertThat(this.store.now()).isBetween(before - 60_000, before + 60_000);
	}

	private static StoredSchedule schedule(String id, State state) {
		return new StoredSchedule(id, "w", new Timing("0 0 2 * * *", null, "Europe/Berlin", "ONCE"),
				new Call("{\"topic\":\"news\"}", "alice", "s1"), "API", 5, 6, state, 0);
	}

}

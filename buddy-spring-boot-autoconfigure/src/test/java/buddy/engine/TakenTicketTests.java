package buddy.engine;

import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.engine.RunEngine.Change;
import buddy.testkit.Meanwhile;
import buddy.testkit.TestApplication;
import buddy.testkit.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tickets that somebody takes or removes when another one has looked at them and is about
 * to change them.
 */
class TakenTicketTests {

	private static final String TAKEN = "update buddy_task set picked = true, picked_by = 'other', version = version + 1";

	private static final String REMOVED = "delete from buddy_task";

	private static TestApplication application;

	private final RunEngine engine = application.bean(RunEngine.class);

	private final Meanwhile meanwhile = application.bean(Meanwhile.class);

	private final JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));

	@BeforeAll
	static void start() {
		application = TestApplication.start(TestDatabase.H2.create(), Database.class);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void addTickets() {
		this.jdbc.update("delete from buddy_task");
		this.engine.add(ticket(Duration.ofHours(1)));
		this.engine.schedule(schedule(Duration.ofHours(1)));
	}

	@Test
	void ticketThatIsTakenIsInUse() {
		meanwhile(TAKEN + " where task_instance = 'r1'");

		assertThat(this.engine.delay(ticket(Duration.ZERO))).isEqualTo(Change.IN_USE);
		assertThat(this.meanwhile.isOver()).isTrue();
	}

	@Test
	void ticketThatIsRemovedIsMissing() {
		meanwhile(REMOVED + " where task_instance = 'r1'");

		assertThat(this.engine.delay(ticket(Duration.ZERO))).isEqualTo(Change.MISSING);
		assertThat(this.meanwhile.isOver()).isTrue();
	}

	@Test
	void ticketThatIsTakenAndLetGoIsChanged() {
		meanwhile("update buddy_task set version = version + 1 where task_instance = 'r1'");

		assertThat(this.engine.delay(ticket(Duration.ofMinutes(1)))).isEqualTo(Change.DONE);
		assertThat(this.meanwhile.isOver()).isTrue();
	}

	@Test
	void scheduleWhoseTicketIsTakenIsLeftToWhoeverLooksAtIt() {
		meanwhile(TAKEN + " where task_instance = 's1'");

		this.engine.schedule(schedule(Duration.ZERO));

		assertThat(this.meanwhile.isOver()).isTrue();
		assertThat(
				this.jdbc.queryForObject("select picked_by from buddy_task where task_instance = 's1'", String.class))
			.isEqualTo("other");
	}

	@Test
	void scheduleWhoseTicketIsRemovedHasANewOne() {
		meanwhile(REMOVED + " where task_instance = 's1'");

		this.engine.schedule(schedule(Duration.ZERO));

		assertThat(this.meanwhile.isOver()).isTrue();
		assertThat(this.engine.mendSchedules(List.of(schedule(Duration.ZERO)))).isZero();
	}

	private void meanwhile(String statement) {
		this.meanwhile.next(() -> this.jdbc.update(statement));
	}

	private static RunTicket ticket(Duration delay) {
		return new RunTicket("w1", "r1", 0, delay);
	}

	private static ScheduleTicket schedule(Duration delay) {
		return new ScheduleTicket("w1", "s1", delay);
	}

	@Configuration(proxyBeanMethods = false)
	static class Database {

		@Bean
		static Meanwhile meanwhile() {
			return new Meanwhile("update buddy_task");
		}

	}

}

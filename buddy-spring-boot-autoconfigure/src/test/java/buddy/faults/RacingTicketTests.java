package buddy.faults;

import java.time.Duration;
import java.util.Map;

import javax.sql.DataSource;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.engine.RunEngine;
import buddy.run.RunStatus;
import buddy.testkit.Meanwhile;
import buddy.testkit.TestApplication;
import buddy.workflow.RunHandle;
import buddy.workflow.SubmitOptions;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRuns;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The ticket of a queued run is picked by another node while the run is cancelled.
 */
class RacingTicketTests {

	@Test
	void ticketIsPickedWhileItsRunIsCancelled() {
		try (TestApplication application = TestApplication.start(new String[] { "buddy.engine.enabled=true" },
				Workflows.class)) {
			JdbcTemplate jdbc = new JdbcTemplate(application.bean(DataSource.class));
			WorkflowRuns runs = application.bean(WorkflowRuns.class);
			RunHandle handle = runs.submit("idle", Map.of(), SubmitOptions.none().delay(Duration.ofHours(1)));
			Meanwhile meanwhile = application.bean(Meanwhile.class);
			meanwhile.next(() -> assertThat(jdbc.update("update buddy_task set version = version + 1")).isEqualTo(1));

			assertThat(handle.cancel()).isTrue();

			assertThat(meanwhile.isOver()).isTrue();
			assertThat(handle.status()).isEqualTo(RunStatus.CANCELLED);
			assertThat(rows(jdbc)).isOne();
			jdbc.update("update buddy_task set execution_time = dateadd('hour', -2, execution_time)");
			application.bean(RunEngine.class).wake();
			Awaitility.await().until(() -> rows(jdbc) == 0);
			assertThat(handle.status()).isEqualTo(RunStatus.CANCELLED);
		}
	}

	private static int rows(JdbcTemplate jdbc) {
		return jdbc.queryForObject("select count(*) from buddy_task", Integer.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		static Meanwhile meanwhile() {
			return new Meanwhile("delete from buddy_task");
		}

		@Bean
		Idle idle() {
			return new Idle();
		}

	}

	static class Idle extends Workflow {

		String run() {
			return "idle";
		}

	}

}

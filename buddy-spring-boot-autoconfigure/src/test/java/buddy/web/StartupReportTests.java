package buddy.web;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The line at the start of an application.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

	@Test
	void oneLineTellsWorkflowsStoreAndWhoIsServed(CapturedOutput output) {
		try (WebApplication application = WebApplication.open("buddy.web.base-path=/flows")) {
			assertThat(application.port()).isPositive();
			assertThat(lines(output)).isOne();
			assertThat(output.getAll()).containsPattern("buddy started: 6 workflows, stored in H2 at jdbc:h2:[^;?]*,"
					+ " served at /flows to clients on this machine only\\R");
		}
	}

	@Test
	void lineTellsTheRolesOfSpringSecurity(CapturedOutput output) {
		try (WebApplication application = WebApplication.secured("buddy.console.enabled=true")) {
			assertThat(application.port()).isPositive();
			assertThat(output.getAll())
				.contains("served at /buddy to users with the roles viewer (reads) and operator (acts),"
						+ " with the console at /buddy/console/");
		}
	}

	private static long lines(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("buddy started")).count();
	}

}

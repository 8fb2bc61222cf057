package buddy.test.guarded;

import java.util.Map;

import jakarta.validation.ConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

import buddy.test.RecordedRuns;
import buddy.test.WorkflowTest;
import buddy.test.guarded.GuardedApplication.Order;
import buddy.test.guarded.GuardedApplication.SecuredWorkflow;
import buddy.test.guarded.GuardedApplication.ValidatedWorkflow;
import buddy.workflow.InvalidInputException;
import buddy.workflow.WorkflowRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The slice validates and secures as the application does.
 */
@WorkflowTest
class GuardedSliceTests {

	@Autowired
	private ValidatedWorkflow validated;

	@Autowired
	private SecuredWorkflow secured;

	@Autowired
	private WorkflowRegistry registry;

	@Autowired
	private RecordedRuns runs;

	@AfterEach
	void signOut() {
		SecurityContextHolder.clearContext();
	}

	@Test
	void argumentsAreValidated() {
		assertThatExceptionOfType(ConstraintViolationException.class)
			.isThrownBy(() -> this.validated.run("", new Order(0)));
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> this.registry.run("validated", Map.of("name", "Ada", "order", Map.of("pieces", 0))))
			.satisfies((ex) -> assertThat(ex.path()).isEqualTo("order.pieces"));
		assertThat(this.runs.all()).isEmpty();
		assertThat(this.validated.run("Ada", new Order(2))).isEqualTo("2 for Ada");
	}

	@Test
	void callersAreAuthorized() {
		signIn("ROLE_VIEWER");
		assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(this.secured::run);
		assertThat(this.runs.all()).isEmpty();
		signIn("ROLE_OPERATOR");
		assertThat(this.secured.run()).isEqualTo("done");
		assertThat(this.runs.all()).hasSize(1);
	}

	private static void signIn(String role) {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "secret", role));
	}

}

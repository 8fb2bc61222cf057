package buddy.test.guarded;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.validation.annotation.Validated;

import buddy.workflow.Workflow;

/**
 * An application whose workflows are validated and secured.
 */
@SpringBootApplication
class GuardedApplication {

	record Order(@Positive int pieces) {
	}

	@Validated
	static class ValidatedWorkflow extends Workflow {

		public String run(@NotBlank String name, @Valid Order order) {
			return order.pieces() + " for " + name;
		}

	}

	static class SecuredWorkflow extends Workflow {

		@PreAuthorize("hasRole('OPERATOR')")
		public String run() {
			return "done";
		}

	}

}

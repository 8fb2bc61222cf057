package buddy.web;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.durable.QuestionOptions;
import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;
import buddy.workflow.Workflow;

/**
 * Workflows that ask people.
 */
@Configuration(proxyBeanMethods = false)
class AskingWorkflows {

	@Bean
	AskingWorkflow asking() {
		return new AskingWorkflow();
	}

	@Bean
	CallingWorkflow calling(AskingWorkflow asking) {
		return new CallingWorkflow(asking);
	}

	@Bean
	AnyWorkflow any() {
		return new AnyWorkflow();
	}

	record Approval(boolean approved, @Nullable String note) {
	}

	/** Asks for an approval. */
	static class AskingWorkflow extends Workflow {

		RunResponse run(@Nullable String assignee, @Nullable String role) {
			emit(RunResponseEvent.custom("before", null));
			QuestionOptions options = QuestionOptions.showing(Map.of("cents", 5));
			if (assignee != null) {
				options = options.assignee(assignee);
			}
			if (role != null) {
				options = options.role(role);
			}
			Approval approval = awaitInput("approve", Approval.class, options);
			emit(RunResponseEvent.custom("after", null));
			return RunResponse.of(approval.approved() ? "paid, " + approval.note() : "refused");
		}

	}

	/** Calls a workflow that asks. */
	static class CallingWorkflow extends Workflow {

		private final AskingWorkflow asking;

		CallingWorkflow(AskingWorkflow asking) {
			this.asking = asking;
		}

		String run() {
			return "called: " + this.asking.run(null, null).contentAsString();
		}

	}

	/** Asks for a value of a type. */
	static class AnyWorkflow extends Workflow {

		String run(String type) {
			return "got " + switch (type) {
				case "boolean" -> awaitInput("value", Boolean.class);
				case "int" -> awaitInput("value", Integer.class);
				case "text" -> awaitInput("value", String.class);
				case "list" -> parallel("all", List.of("a", "b"), (item) -> awaitInput("value", String.class));
				default -> awaitInput("value", Object.class);
			};
		}

	}

}

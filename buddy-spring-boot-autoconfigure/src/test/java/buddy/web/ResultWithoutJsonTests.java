package buddy.web;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A result that has no JSON form: everybody is told the same, and in a few words.
 */
@ExtendWith(OutputCaptureExtension.class)
class ResultWithoutJsonTests {

	@Test
	void recordAnswerAndLogSayTheSameOfACyclicResult(CapturedOutput output) {
		try (WebApplication application = WebApplication.start(TestDatabase.H2.create(), new String[0],
				Workflows.class)) {
			Http http = application.http();
			Response answer = http.post("/buddy/workflows/cyclic/runs", "{}");
			assertThat(answer.status()).as(answer.body()).isEqualTo(200);
			assertThat(answer.at("content_note")).asString()
				.startsWith("omitted: it has no JSON form (")
				.hasSizeLessThan(300)
				.doesNotContain("\n");
			Response run = http.get("/buddy/runs/" + answer.at("run_id"));
			assertThat(run.at("status")).isEqualTo("COMPLETED");
			assertThat(run.at("response", "content_note")).isEqualTo(answer.at("content_note"));
			assertThat(answer.json()).doesNotContainKey("content");
			assertThat(http.with("Accept", "text/event-stream")
				.get("/buddy/runs/" + answer.at("run_id") + "/events")
				.body()).contains("WorkflowCompleted");
			assertThat(output.getAll()).doesNotContain(" ERROR ").doesNotContain("JacksonException");
		}
	}

	static class Parent {

		private final List<Child> children = new ArrayList<>();

		public List<Child> getChildren() {
			return this.children;
		}

	}

	static class Child {

		private final Parent parent;

		Child(Parent parent) {
			this.parent = parent;
		}

		public Parent getParent() {
			return this.parent;
		}

	}

	static class Cyclic extends Workflow {

		Parent run() {
			Parent parent = new Parent();
			parent.children.add(new Child(parent));
			return parent;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Workflows {

		@Bean
		Cyclic cyclic() {
			return new Cyclic();
		}

	}

}

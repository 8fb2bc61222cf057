package buddy.web;

import java.io.InputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import buddy.testkit.TestDatabase;
import buddy.web.Http.Response;
import buddy.workflow.InvalidWorkflowException;
import buddy.workflow.Workflow;
import buddy.workflow.internal.registry.RegisteredWorkflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Workflows that are created when they are needed are served like others.
 */
@ExtendWith(OutputCaptureExtension.class)
class LazyApplicationTests {

	private static final String LAZY = "spring.main.lazy-initialization=true";

	@Test
	void everyWorkflowOfALazyApplicationIsServed(CapturedOutput output) {
		try (WebApplication application = WebApplication.with(Uploads.class, LAZY,
				// the look for due runs, a moment after the start, wants all workflows
				"buddy.engine.enabled=false", "buddy.workflows.echo.description=Says it again",
				"buddy.workflows.nobody.description=None")) {
			assertThat(application.bean(RegisteredWorkflows.class).isComplete()).isFalse();
			assertThat(output).doesNotContain("There are settings under buddy.workflows");
			Response run = application.http()
				.post("/buddy/workflows/echo/runs", "{\"input\":{\"text\":\"a\",\"times\":2}}");
			assertThat(run.status()).as(run.body()).isEqualTo(200);
			assertThat(run.at("content")).isEqualTo("aa");
			Response all = application.http().get("/buddy/workflows");
			assertThat(all.items()).extracting((item) -> item.get("workflow_id"))
				.containsExactly("echo", "failing", "flowing", "gated", "owned", "typed");
			assertThat(application.bean(RegisteredWorkflows.class).isComplete()).isTrue();
			assertThat(output).containsOnlyOnce("settings under buddy.workflows for [nobody]");
		}
	}

	@Test
	void lazyWorkflowAmongOthersIsServed() {
		try (WebApplication application = WebApplication.with(OneIsLazy.class)) {
			Response run = application.http().post("/buddy/workflows/late/runs", "{}");
			assertThat(run.status()).as(run.body()).isEqualTo(200);
			assertThat(run.at("content")).isEqualTo("late");
			assertThat(application.http().get("/buddy/workflows").items()).extracting((item) -> item.get("workflow_id"))
				.contains("echo", "late");
		}
	}

	@Test
	void workflowThatNeedsARequestIsNotPublishedAndTheStartSaysWhy(CapturedOutput output) {
		try (WebApplication application = WebApplication.with(Uploads.class)) {
			assertThat(output).containsOnlyOnce("The workflow 'upload' is not published over HTTP or MCP")
				.contains("'file' (java.io.InputStream)");
			Http http = application.http();
			assertThat(http.get("/buddy/workflows").body()).doesNotContain("upload");
			assertThat(http.get("/buddy/workflows/upload").status()).isEqualTo(404);
			Response run = http.post("/buddy/workflows/upload/runs", "{\"input\":{\"name\":\"a\"}}");
			assertThat(run.status()).isEqualTo(404);
			assertThat(run.problem()).isEqualTo("workflow-not-found");
			assertThat(run.body()).contains("called from Java only");
			assertThat(application.bean(UploadWorkflow.class).run("a", InputStream.nullInputStream())).isEqualTo("a");
		}
	}

	@Test
	void brokenLazyWorkflowIsReportedAtTheStart() {
		assertThatThrownBy(() -> new SpringApplicationBuilder(Broken.class).web(WebApplicationType.NONE)
			.properties(TestDatabase.H2.create())
			.properties("spring.main.banner-mode=off", "buddy.scan.enabled=false", LAZY)
			.run()
			.close()).rootCause()
			.isInstanceOf(InvalidWorkflowException.class)
			.hasMessageContaining("neither run(...) nor arun(...)");
	}

	@Configuration(proxyBeanMethods = false)
	static class OneIsLazy {

		@Bean
		@Lazy
		LateWorkflow late() {
			return new LateWorkflow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Uploads {

		@Bean
		UploadWorkflow upload() {
			return new UploadWorkflow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.boot.autoconfigure.EnableAutoConfiguration
	static class Broken {

		@Bean
		BrokenWorkflow broken() {
			return new BrokenWorkflow();
		}

	}

	static class LateWorkflow extends Workflow {

		String run() {
			return "late";
		}

	}

	static class UploadWorkflow extends Workflow {

		String run(String name, InputStream file) {
			return name;
		}

	}

	static class BrokenWorkflow extends Workflow {

	}

}

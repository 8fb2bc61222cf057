package buddy.autoconfigure.aot;

import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;

import buddy.session.RunPage;
import buddy.session.WorkflowSessions;
import buddy.storage.WorkflowSessionRepository;
import buddy.testkit.Nightly;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A context that Spring compiled ahead of time, run on the JVM.
 */
class AheadOfTimeTests {

	private final String url = "jdbc:h2:mem:" + UUID.randomUUID();

	@Test
	@CompileWithForkedClassLoader
	void workflowIsFoundAdvisedAndRecordedInAContextCompiledAheadOfTime() {
		Nightly.only("the same application is not compiled");
		TestGenerationContext generated = new TestGenerationContext(Application.class);
		AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
		properties().applyTo(source);
		source.register(Application.class);
		new ApplicationContextAotGenerator().processAheadOfTime(source, generated);
		generated.writeGeneratedContent();
		TestCompiler.forSystem().with(generated).compile((compiled) -> {
			GenericApplicationContext context = new GenericApplicationContext();
			// as in an application, one loader for the generated classes' friends
			context.setClassLoader(EchoWorkflow.class.getClassLoader());
			properties().applyTo(context);
			initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(context);
			context.refresh();
			try (context) {
				runsAreRecorded(context);
			}
		});
	}

	private void runsAreRecorded(GenericApplicationContext context) {
		EchoWorkflow echo = context.getBean(EchoWorkflow.class);
		assertThat(AopUtils.isCglibProxy(echo)).isTrue();
		assertThat(echo.run("s1", "hi").content()).isEqualTo("hi 1");
		assertThat(echo.run("s1", "hi").content()).isEqualTo("hi 2");
		assertThat(context.getBean(WorkflowSessionRepository.class).getClass().getSimpleName()).contains("Jpa");
		WorkflowSessions sessions = context.getBean(WorkflowSessions.class);
		assertThat(sessions.runs("s1", RunPage.first(10)).items()).hasSize(2)
			.allSatisfy((run) -> assertThat(run.input()).isEqualTo(Map.of("text", "hi")));
	}

	private TestPropertyValues properties() {
		return TestPropertyValues.of("spring.datasource.url=" + this.url, "spring.jpa.open-in-view=false");
	}

	@SuppressWarnings("unchecked") // what the generator generates
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> generated) {
		return (ApplicationContextInitializer<GenericApplicationContext>) generated;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}

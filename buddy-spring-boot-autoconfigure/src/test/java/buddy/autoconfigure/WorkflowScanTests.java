package buddy.autoconfigure;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

import buddy.autoconfigure.elsewhere.ElsewhereWorkflow;
import buddy.autoconfigure.scanned.GreetingWorkflow;
import buddy.autoconfigure.scanned.ScannedApplication;
import buddy.autoconfigure.scanned.deeper.Holder;
import buddy.run.RunResponse;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowDescriptor;
import buddy.workflow.WorkflowRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class WorkflowScanTests {

	private final ApplicationContextRunner empty = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.empty.withUserConfiguration(ScannedApplication.class);

	@Test
	void concreteWorkflowsOfTheApplicationsPackagesAreBeansAndRecorded() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeansOfType(Workflow.class)).containsOnlyKeys("greetingWorkflow",
					"holder.NestedWorkflow");
			GreetingWorkflow greeting = context.getBean(GreetingWorkflow.class);
			assertThat(greeting.run("s", "Ada").content()).isEqualTo("Hello Ada, for the 1. time");
			RunResponse second = greeting.run("s", "Ada");
			assertThat(second.content()).isEqualTo("Hello Ada, for the 2. time");
			assertThat(context.getBean(WorkflowSessionRepository.class).findRun(second.runId())).isPresent();
			assertThat(context.getBean(WorkflowRegistry.class).workflows()).extracting(WorkflowDescriptor::workflowId)
				.containsExactly("greeting", "nested");
		});
	}

	@Test
	void conditionIsHonoured() {
		this.runner.withPropertyValues("test.wanted=true")
			.run((context) -> assertThat(context).hasSingleBean(Holder.WantedWorkflow.class));
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(Holder.WantedWorkflow.class));
	}

	@Test
	void excludeFilterIsHonoured() {
		this.runner.withBean(NoGreetings.class)
			.run((context) -> assertThat(context).doesNotHaveBean(GreetingWorkflow.class)
				.hasSingleBean(Holder.NestedWorkflow.class));
	}

	@Test
	void scanIsTurnedOff() {
		this.runner.withPropertyValues("buddy.scan.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Workflow.class));
	}

	@Test
	void scanIsMovedAndNarrowed() {
		this.runner.withUserConfiguration(Moved.class)
			.run((context) -> assertThat(context.getBeansOfType(Workflow.class)).containsOnlyKeys("elsewhereWorkflow"));
		this.runner.withUserConfiguration(MovedByName.class)
			.run((context) -> assertThat(context.getBeansOfType(Workflow.class))
				.containsOnlyKeys("holder.NestedWorkflow"));
		this.runner.withUserConfiguration(Moved.class, MovedByName.class)
			.run((context) -> assertThat(context.getBeansOfType(Workflow.class)).containsOnlyKeys("elsewhereWorkflow",
					"holder.NestedWorkflow"));
	}

	@Test
	void declaredBeanOfTheClassIsNotDoubled() {
		this.runner.withUserConfiguration(Declared.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeanNamesForType(GreetingWorkflow.class)).containsExactly("myGreeting");
		});
	}

	@Test
	void beanOfASubclassDoesNotStandForItsSuperclass() {
		this.runner.withUserConfiguration(DeclaredSubclass.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeanNamesForType(GreetingWorkflow.class)).containsExactlyInAnyOrder("politeGreeting",
					"greetingWorkflow");
		});
	}

	@Test
	void applicationWithoutPackagesStarts() {
		this.empty.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Workflow.class));
	}

	@Configuration(proxyBeanMethods = false)
	@WorkflowScan(basePackageClasses = ElsewhereWorkflow.class)
	static class Moved {

	}

	@Configuration(proxyBeanMethods = false)
	@WorkflowScan(basePackages = "buddy.autoconfigure.scanned.deeper")
	static class MovedByName {

	}

	@Configuration(proxyBeanMethods = false)
	static class Declared {

		@Bean
		GreetingWorkflow myGreeting() {
			return new GreetingWorkflow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaredSubclass {

		@Bean
		PoliteGreeting politeGreeting() {
			return new PoliteGreeting();
		}

	}

	static class PoliteGreeting extends GreetingWorkflow {

	}

	static class NoGreetings extends TypeExcludeFilter {

		@Override
		public boolean match(MetadataReader reader, MetadataReaderFactory factory) throws IOException {
			return reader.getClassMetadata().getClassName().equals(GreetingWorkflow.class.getName());
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof NoGreetings;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}

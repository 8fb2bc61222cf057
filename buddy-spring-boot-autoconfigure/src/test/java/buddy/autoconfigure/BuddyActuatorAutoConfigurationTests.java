package buddy.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import buddy.actuate.BuddyWorkflowsEndpoint;
import buddy.actuate.BuddyWorkflowsEndpointWebExtension;

import static org.assertj.core.api.Assertions.assertThat;

class BuddyActuatorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, EndpointAutoConfiguration.class,
				BuddyAutoConfiguration.class, BuddyActuatorAutoConfiguration.class))
		.withPropertyValues("buddy.scan.enabled=false");

	private final ApplicationContextRunner exposed = this.runner
		.withPropertyValues("management.endpoints.web.exposure.include=buddyworkflows");

	@Test
	void isAnnounced() {
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
			.contains(BuddyActuatorAutoConfiguration.class.getName());
	}

	@Test
	void endpointIsThereWhereItIsExposed() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(BuddyWorkflowsEndpoint.class)
			.doesNotHaveBean(BuddyWorkflowsEndpointWebExtension.class));
		this.exposed.run((context) -> assertThat(context).hasSingleBean(BuddyWorkflowsEndpoint.class)
			.hasSingleBean(BuddyWorkflowsEndpointWebExtension.class));
		this.exposed.withPropertyValues("management.endpoint.buddyworkflows.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(BuddyWorkflowsEndpoint.class));
	}

	@Test
	void valuesAreNotShownByDefault() {
		this.exposed.run((context) -> assertThat(context.getBean(BuddyWorkflowsEndpointProperties.class).showValues())
			.isEqualTo(Show.NEVER));
		this.exposed
			.withPropertyValues("management.endpoint.buddyworkflows.show-values=when-authorized",
					"management.endpoint.buddyworkflows.roles=OPERATOR")
			.run((context) -> {
				BuddyWorkflowsEndpointProperties properties = context.getBean(BuddyWorkflowsEndpointProperties.class);
				assertThat(properties.showValues()).isEqualTo(Show.WHEN_AUTHORIZED);
				assertThat(properties.roles()).containsExactly("OPERATOR");
			});
	}

	@Test
	void healthOfTheStoreIsThereUnlessItIsSwitchedOff() {
		this.runner.withPropertyValues("buddy.observability.health-timeout=30s")
			.run((context) -> assertThat(
					context.getBean("buddyHealthIndicator", HealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UP));
		this.runner.withPropertyValues("management.health.buddy.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("buddyHealthIndicator"));
	}

	@Test
	void healthNeedsTime() {
		this.runner.withPropertyValues("buddy.observability.health-timeout=0s")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("buddy.observability.health-timeout"));
	}

	@Test
	void infoTellsHowManyWorkflowsThereAre() {
		this.runner.run((context) -> {
			Info.Builder info = new Info.Builder();
			context.getBean("buddyInfoContributor", InfoContributor.class).contribute(info);
			assertThat(info.build().getDetails()).extractingByKey("buddy").asString().contains("workflows=0");
		});
		this.runner.withPropertyValues("management.info.buddy.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("buddyInfoContributor"));
	}

	@Test
	void nothingIsThereWithoutTheActuator() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
					BuddyActuatorAutoConfiguration.class))
			.withPropertyValues("buddy.scan.enabled=false")
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("buddyHealthIndicator")
				.doesNotHaveBean("buddyInfoContributor")
				.doesNotHaveBean("buddyWorkflowsEndpoint"));
	}

	@Test
	void endpointAndInfoAreThereWithoutHealth() {
		this.exposed.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("buddyInfoContributor")
				.hasBean("buddyWorkflowsEndpoint")
				.doesNotHaveBean("buddyHealthIndicator"));
	}

}

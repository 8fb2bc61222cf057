package buddy.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import buddy.web.GuardedPath;
import buddy.web.GuardedPaths;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the console is served by itself.
 */
class BuddyConsoleAutoConfigurationTests {

	private final WebApplicationContextRunner secured = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, BuddyAutoConfiguration.class,
				BuddyEventAutoConfiguration.class, BuddyWebAutoConfiguration.class,
				BuddyConsoleAutoConfiguration.class))
		.withPropertyValues("buddy.scan.enabled=false");

	private final WebApplicationContextRunner open = this.secured
		.withClassLoader(new FilteredClassLoader("org.springframework.security"));

	@Test
	void isServedWhereOnlyTheSameMachineIs() {
		this.open.run((context) -> {
			assertThat(isServed(context)).isTrue();
			assertThat(context.getBean("buddyConsolePaths", GuardedPaths.class).get())
				.containsExactly(new GuardedPath("/buddy/console", GuardedPath.Kind.PAGES));
		});
		this.open.withPropertyValues("buddy.web.allow-remote=true")
			.run((context) -> assertThat(isServed(context)).isFalse());
		this.secured.run((context) -> assertThat(isServed(context)).isFalse());
	}

	@Test
	void isServedInDevelopment() {
		for (String profile : new String[] { "dev", "local", "test" }) {
			this.secured.withPropertyValues("spring.profiles.active=" + profile)
				.run((context) -> assertThat(isServed(context)).as(profile).isTrue());
		}
		this.secured.withPropertyValues("spring.profiles.active=prod")
			.run((context) -> assertThat(isServed(context)).isFalse());
	}

	@Test
	void propertyDecides() {
		this.secured.withPropertyValues("buddy.console.enabled=true")
			.run((context) -> assertThat(isServed(context)).isTrue());
		this.open.withPropertyValues("buddy.console.enabled=false", "spring.profiles.active=dev")
			.run((context) -> assertThat(isServed(context)).isFalse());
	}

	@Test
	void withoutRoutesThereIsNone() {
		this.secured.withPropertyValues("buddy.console.enabled=true", "buddy.web.enabled=false")
			.run((context) -> assertThat(isServed(context)).isFalse());
	}

	private static boolean isServed(AssertableWebApplicationContext context) {
		return context.containsBean("buddyConsoleRoutes");
	}

}

package buddy.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;

import buddy.web.WebSettings;
import buddy.web.WorkflowWebSecurityConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class BuddyWebAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(AopAutoConfiguration.class,
			BuddyAutoConfiguration.class, BuddyEventAutoConfiguration.class, BuddyWebAutoConfiguration.class);

	private final WebApplicationContextRunner web = new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
		.withPropertyValues("buddy.scan.enabled=false");

	@Test
	void routesAreThereInASpringMvcApplication() {
		this.web.run((context) -> {
			assertThat(context).hasSingleBean(RouterFunction.class);
			assertThat(context.getBean(WebSettings.class).basePath()).isEqualTo("/buddy");
			assertThat(context.getBean(WebSettings.class).security().allowRemote()).isFalse();
			assertThat(context).doesNotHaveBean(SecurityFilterChain.class);
			assertThat(context).doesNotHaveBean("buddyCorsFilter");
		});
	}

	@Test
	void theyAreNotThereWhereTheyAreNotWantedOrCannotBe() {
		this.web.withPropertyValues("buddy.web.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RouterFunction.class));
		this.web.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RouterFunction.class));
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues("buddy.scan.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RouterFunction.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues("buddy.scan.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RouterFunction.class));
	}

	@Test
	void routesAreThereWithoutSpringSecurity() {
		this.web.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RouterFunction.class));
	}

	@Test
	void basePathThatIsNoneIsRefused() {
		this.web.withPropertyValues("buddy.web.base-path=buddy/{x}")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("buddy.web.base-path"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "null", "https://*.example.org", "https://console.example.org/",
			"console.example.org", "https://user@console.example.org", "https://console.example.org?x" })
	void originThatNoPageHasIsRefused(String origin) {
		this.web.withPropertyValues("buddy.web.cors.allowed-origins=https://a.example," + origin)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("buddy.web.cors.allowed-origins")
				.hasMessageContaining(origin));
	}

	@Test
	void chainStandsBeforeTheApplicationsUnlessThatHasOneOfItsName() {
		this.web.withUserConfiguration(ApplicationSecurity.class).run((context) -> {
			assertThat(context).hasBean(WorkflowWebSecurityConfiguration.CHAIN);
			assertThat(context.getBeanProvider(SecurityFilterChain.class).orderedStream().findFirst())
				.contains((SecurityFilterChain) context.getBean(WorkflowWebSecurityConfiguration.CHAIN));
		});
		this.web.withUserConfiguration(OwnChain.class)
			.run((context) -> assertThat(context).hasSingleBean(SecurityFilterChain.class)
				.doesNotHaveBean(WorkflowWebSecurityConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class ApplicationSecurity {

		@Bean
		SecurityFilterChain application(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSecurity
	static class OwnChain {

		@Bean(WorkflowWebSecurityConfiguration.CHAIN)
		SecurityFilterChain chain(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().denyAll()).build();
		}

	}

}

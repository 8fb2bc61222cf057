package buddy.autoconfigure;

import java.util.List;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;

import buddy.web.GuardedPath;
import buddy.web.GuardedPaths;
import buddy.web.WebSettings;
import buddy.web.WorkflowWebConfiguration;
import buddy.web.WorkflowWebCorsConfiguration;
import buddy.web.WorkflowWebProblemConfiguration;
import buddy.web.WorkflowWebSecurityConfiguration;
import buddy.workflow.WorkflowRegistry;

/**
 * Auto-configuration of the HTTP routes in a Spring MVC application.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class,
		afterName = { "buddy.autoconfigure.BuddyEventAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration" })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, RouterFunction.class })
@ConditionalOnBean(WorkflowRegistry.class)
@ConditionalOnBooleanProperty(name = "buddy.web.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BuddyWebProperties.class)
@Import(WorkflowWebConfiguration.class)
public final class BuddyWebAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WebSettings buddyWebSettings(BuddyWebProperties properties) {
		return properties.settings();
	}

	@Bean
	GuardedPaths buddyRoutePaths(WebSettings settings) {
		return () -> List.of(new GuardedPath(settings.basePath(), GuardedPath.Kind.ROUTES));
	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnAllowedOrigins.class)
	@Import(WorkflowWebCorsConfiguration.class)
	static class CorsConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "buddy.web.problem-details.enabled", matchIfMissing = true)
	@Import(WorkflowWebProblemConfiguration.class)
	static class ProblemDetailsConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ SecurityFilterChain.class, HttpSecurity.class })
	@ConditionalOnBean(HttpSecurity.class)
	@ConditionalOnMissingBean(name = WorkflowWebSecurityConfiguration.CHAIN)
	@Import(WorkflowWebSecurityConfiguration.class)
	static class SecurityConfiguration {

	}

	/** Without sites to name, there is no filter. */
	static final class OnAllowedOrigins extends OnPropertyListCondition {

		OnAllowedOrigins() {
			super("buddy.web.cors.allowed-origins", () -> ConditionMessage.forCondition("Allowed origins of buddy"));
		}

	}

}

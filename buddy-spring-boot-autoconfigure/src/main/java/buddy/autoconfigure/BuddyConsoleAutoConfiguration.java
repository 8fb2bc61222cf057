package buddy.autoconfigure;

import java.util.List;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.console.ConsoleRoutes;
import buddy.web.GuardedPath;
import buddy.web.GuardedPaths;
import buddy.web.WebSettings;

/**
 * Auto-configuration of the console in a Spring MVC application that serves the HTTP
 * routes.
 */
@AutoConfiguration(after = BuddyWebAutoConfiguration.class)
@Conditional(OnConsole.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, RouterFunction.class })
@ConditionalOnBean(WebSettings.class)
@EnableConfigurationProperties(BuddyConsoleProperties.class)
public final class BuddyConsoleAutoConfiguration {

	@Bean
	RouterFunction<ServerResponse> buddyConsoleRoutes(WebSettings settings) {
		return new ConsoleRoutes(settings.basePath()).routes();
	}

	@Bean
	GuardedPaths buddyConsolePaths(WebSettings settings) {
		return () -> List.of(new GuardedPath(ConsoleRoutes.path(settings.basePath()), GuardedPath.Kind.PAGES));
	}

}

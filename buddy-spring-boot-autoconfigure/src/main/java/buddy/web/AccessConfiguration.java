package buddy.web;

import java.util.List;
import java.util.function.Supplier;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * The filters in front of the routes, MCP endpoints and buddy's actuator endpoint.
 * Requires an {@link AccessSettings} bean.
 */
@Configuration(proxyBeanMethods = false)
@Import(TomcatConfiguration.class)
public class AccessConfiguration {

	/**
	 * Before Spring Security and the CORS filters, after Spring's filter for forwarded
	 * headers.
	 */
	private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 90;

	private static final int AFTER_SECURITY = Ordered.LOWEST_PRECEDENCE - 100;

	@Bean
	FilterRegistrationBean<AccessFilter> buddyAccessFilter(AccessSettings access, ObjectProvider<GuardedPaths> paths,
			ListableBeanFactory beans) {
		WebSettings settings = access.settings();
		AccessGuard guard = new AccessGuard(WorkflowWebConfiguration.isSecured(beans),
				settings.security().allowRemote(), settings.allowedOrigins());
		FilterRegistrationBean<AccessFilter> registration = new FilterRegistrationBean<>(
				new AccessFilter(guard, all(paths), settings.limits().requestSize()));
		registration.setOrder(FIRST);
		return registration;
	}

	/** The bodies of MCP messages and those of the routes count together. */
	@Bean
	FilterRegistrationBean<McpFilter> buddyMcpFilter(AccessSettings access, ObjectProvider<GuardedPaths> paths,
			ObjectProvider<RequestBody> bodies) {
		FilterRegistrationBean<McpFilter> registration = new FilterRegistrationBean<>(
				new McpFilter(all(paths), bodies.getIfAvailable(() -> new RequestBody(access.settings().limits()))));
		registration.setOrder(AFTER_SECURITY);
		return registration;
	}

	/**
	 * Collects the paths lazily, since endpoints and tools do not exist yet when filters
	 * are created.
	 */
	private static Supplier<List<GuardedPath>> all(ObjectProvider<GuardedPaths> paths) {
		return SingletonSupplier.of(() -> paths.orderedStream().flatMap((some) -> some.get().stream()).toList());
	}

}

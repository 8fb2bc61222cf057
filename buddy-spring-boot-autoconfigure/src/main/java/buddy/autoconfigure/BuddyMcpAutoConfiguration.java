package buddy.autoconfigure;

import java.util.List;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.function.RouterFunction;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import buddy.mcp.CancellableTransport;
import buddy.mcp.ToolCalls;
import buddy.mcp.ToolGuard;
import buddy.mcp.WorkflowTools;
import buddy.web.ClientGuard;
import buddy.web.ClientRefusedException;
import buddy.web.GuardedPath;
import buddy.web.GuardedPath.Kind;
import buddy.web.GuardedPaths;
import buddy.web.WebSettings;
import buddy.workflow.UserIdResolver;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;
import buddy.workflow.internal.registry.CurrentUser;

/**
 * Auto-configuration that publishes workflows as tools of Spring AI's MCP server.
 *
 * <p>
 * It requires a synchronous server, which is the default, that keeps sessions. Clients
 * can cancel runs over Streamable HTTP.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class, afterName = {
		"org.springframework.ai.mcp.server.webmvc.autoconfigure.McpServerStreamableHttpWebMvcAutoConfiguration",
		"org.springframework.ai.mcp.server.webflux.autoconfigure.McpServerStreamableHttpWebFluxAutoConfiguration" },
		beforeName = "org.springframework.ai.mcp.server.common.autoconfigure.McpServerAutoConfiguration")
@ConditionalOnClass(name = { "io.modelcontextprotocol.server.McpServerFeatures",
		"org.springframework.ai.mcp.server.common.autoconfigure.McpServerAutoConfiguration" })
@ConditionalOnBean(WorkflowRegistry.class)
@ConditionalOnProperty(prefix = "spring.ai.mcp.server", name = "type", havingValue = "SYNC", matchIfMissing = true)
@EnableConfigurationProperties(BuddyMcpProperties.class)
public final class BuddyMcpAutoConfiguration {

	private static final String JSON_MAPPER = "mcpServerJsonMapper";

	/** Not lazy, since no other bean depends on the server. */
	@Bean
	static LazyInitializationExcludeFilter mcpServerIsNotLazy() {
		return LazyInitializationExcludeFilter.forBeanTypes(McpSyncServer.class);
	}

	/** Makes Spring AI's mapper read decimals exactly instead of as doubles. */
	@Bean
	static BeanPostProcessor exactToolArguments() {
		return new BeanPostProcessor() {
			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				return (beanName.equals(JSON_MAPPER) && bean instanceof JsonMapper mapper)
						? mapper.rebuild().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build() : bean;
			}
		};
	}

	@Bean
	ToolCalls workflowToolCalls(ObjectProvider<WorkflowRuns> runs) {
		return new ToolCalls(runs::getObject);
	}

	@Bean
	List<SyncToolSpecification> workflowTools(WorkflowRegistry registry, ToolCalls calls,
			ObjectProvider<ToolGuard> guards, BuddyMcpProperties mcp, BuddyProperties properties,
			ApplicationContext context) {
		ToolGuard guard = guards.getIfAvailable(() -> guard(context));
		return new WorkflowTools(registry, calls, guard, (id) -> properties.isMcpTool(id, mcp.enabled()))
			.specifications();
	}

	/**
	 * Returns the default guard: in a WebFlux application, the caller of a tool is not
	 * known.
	 */
	private static ToolGuard guard(ApplicationContext context) {
		boolean open = !(context instanceof ReactiveWebApplicationContext)
				|| context.getEnvironment().getProperty("buddy.web.allow-remote", Boolean.class, false);
		return () -> {
			if (!open) {
				throw new ClientRefusedException(
						"In a WebFlux application buddy does not know the caller of a tool; secure the"
								+ " MCP endpoint, then set buddy.web.allow-remote=true");
			}
		};
	}

	/** Applies the access rules of the routes to tools over HTTP. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ DispatcherServlet.class, RouterFunction.class })
	@ConditionalOnBooleanProperty(name = "spring.ai.mcp.server.stdio", havingValue = false, matchIfMissing = true)
	@EnableConfigurationProperties(BuddyWebProperties.class)
	static class ServletGuardConfiguration {

		private static final String SERVER = "spring.ai.mcp.server.";

		@Bean
		@ConditionalOnMissingBean
		ToolGuard workflowToolGuard(ObjectProvider<WebSettings> settings, BuddyWebProperties properties,
				ListableBeanFactory beans) {
			return new ClientGuard(settings.getIfAvailable(properties::settings), beans)::check;
		}

		/** Guards the MCP endpoints, if any workflow is a tool. */
		@Bean
		GuardedPaths buddyMcpPaths(@Qualifier("workflowTools") ObjectProvider<List<SyncToolSpecification>> tools,
				Environment environment) {
			return () -> tools.stream().allMatch(List::isEmpty) ? List.of()
					: endpoints(environment).stream().map((path) -> new GuardedPath(path, Kind.MCP)).toList();
		}

		private static List<String> endpoints(Environment environment) {
			if (!environment.getProperty(SERVER + "enabled", Boolean.class, true)) {
				return List.of();
			}
			boolean sse = "sse".equalsIgnoreCase(environment.getProperty(SERVER + "protocol"));
			return sse
					? List.of(environment.getProperty(SERVER + "sse-endpoint", "/sse"),
							environment.getProperty(SERVER + "sse-message-endpoint", "/mcp/message"))
					: List.of(environment.getProperty(SERVER + "streamable-http.mcp-endpoint", "/mcp"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(McpStreamableServerTransportProvider.class)
	static class CancellationConfiguration {

		@Bean(destroyMethod = "")
		@Primary
		CancellableTransport cancellableTransport(McpStreamableServerTransportProvider transport, ToolCalls calls,
				ObjectProvider<ToolGuard> guards, ObjectProvider<UserIdResolver> users, ApplicationContext context) {
			return new CancellableTransport(transport, calls, guards.getIfAvailable(() -> guard(context)),
					new CurrentUser(users.orderedStream().toList()));
		}

	}

}

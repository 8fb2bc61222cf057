package buddy.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
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

import buddy.mcp.GuardedSseTransport;
import buddy.mcp.GuardedStatelessTransport;
import buddy.mcp.GuardedStreamableTransport;
import buddy.mcp.ToolCalls;
import buddy.mcp.ToolGuard;
import buddy.mcp.ToolRequests;
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
 * The server may be synchronous or asynchronous, and may keep sessions or not. Its
 * transports are guarded as the routes are.
 */
@AutoConfiguration(after = BuddyAutoConfiguration.class, afterName = {
		"org.springframework.ai.mcp.server.webmvc.autoconfigure.McpServerSseWebMvcAutoConfiguration",
		"org.springframework.ai.mcp.server.webmvc.autoconfigure.McpServerStatelessWebMvcAutoConfiguration",
		"org.springframework.ai.mcp.server.webmvc.autoconfigure.McpServerStreamableHttpWebMvcAutoConfiguration",
		"org.springframework.ai.mcp.server.webflux.autoconfigure.McpServerSseWebFluxAutoConfiguration",
		"org.springframework.ai.mcp.server.webflux.autoconfigure.McpServerStatelessWebFluxAutoConfiguration",
		"org.springframework.ai.mcp.server.webflux.autoconfigure.McpServerStreamableHttpWebFluxAutoConfiguration" },
		beforeName = { "org.springframework.ai.mcp.server.common.autoconfigure.McpServerAutoConfiguration",
				"org.springframework.ai.mcp.server.common.autoconfigure.McpServerStatelessAutoConfiguration" })
@ConditionalOnClass(name = { "io.modelcontextprotocol.server.McpServerFeatures",
		"org.springframework.ai.mcp.server.common.autoconfigure.McpServerAutoConfiguration" })
@ConditionalOnBean(WorkflowRegistry.class)
@EnableConfigurationProperties(BuddyMcpProperties.class)
public final class BuddyMcpAutoConfiguration {

	private static final String JSON_MAPPER = "mcpServerJsonMapper";

	private static final String SERVER = "spring.ai.mcp.server";

	/** The bean exists in servlet applications. */
	private static final String PATHS = "buddyMcpPaths";

	/** Not lazy, since no other bean depends on the server. */
	@Bean
	static LazyInitializationExcludeFilter mcpServerIsNotLazy() {
		return LazyInitializationExcludeFilter.forBeanTypes(McpSyncServer.class, McpAsyncServer.class,
				McpStatelessSyncServer.class, McpStatelessAsyncServer.class);
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
	ToolRequests workflowToolRequests(ToolCalls calls, ObjectProvider<ToolGuard> guards,
			ObjectProvider<UserIdResolver> users, ApplicationContext context) {
		return new ToolRequests(calls, guards.getIfAvailable(() -> guard(context)),
				new CurrentUser(users.orderedStream().toList()));
	}

	@Bean
	WorkflowTools workflowTools(WorkflowRegistry registry, ToolCalls calls, ObjectProvider<ToolGuard> guards,
			BuddyMcpProperties mcp, BuddyProperties properties, ApplicationContext context) {
		ToolGuard guard = guards.getIfAvailable(() -> guard(context));
		return new WorkflowTools(registry, calls, guard, (id) -> properties.isMcpTool(id, mcp.enabled()));
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

	/** The server takes one list of the two, by its protocol. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(prefix = SERVER, name = "type", havingValue = "SYNC", matchIfMissing = true)
	static class SyncConfiguration {

		@Bean
		List<SyncToolSpecification> syncWorkflowTools(WorkflowTools tools) {
			return tools.specifications();
		}

		@Bean
		List<McpStatelessServerFeatures.SyncToolSpecification> statelessWorkflowTools(WorkflowTools tools) {
			return tools.statelessSpecifications();
		}

	}

	/**
	 * A servlet's thread may block, and the user is bound to it. So workflows are
	 * executed on it, as on a synchronous server.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(prefix = SERVER, name = "type", havingValue = "ASYNC")
	static class AsyncConfiguration {

		@Bean
		List<AsyncToolSpecification> asyncWorkflowTools(WorkflowTools tools, ApplicationContext context) {
			return tools.asyncSpecifications(hasServletThreads(context));
		}

		@Bean
		List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsyncWorkflowTools(WorkflowTools tools,
				ApplicationContext context) {
			return tools.statelessAsyncSpecifications(hasServletThreads(context));
		}

		private static boolean hasServletThreads(ApplicationContext context) {
			return context.containsBean(PATHS);
		}

	}

	/** Applies the access rules of the routes to tools over HTTP. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ DispatcherServlet.class, RouterFunction.class })
	@ConditionalOnBooleanProperty(name = SERVER + ".stdio", havingValue = false, matchIfMissing = true)
	@EnableConfigurationProperties(BuddyWebProperties.class)
	static class ServletGuardConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ToolGuard workflowToolGuard(ObjectProvider<WebSettings> settings, BuddyWebProperties properties,
				ListableBeanFactory beans) {
			return new ClientGuard(settings.getIfAvailable(properties::settings), beans)::check;
		}

		/** Guards the MCP endpoints, if any workflow is a tool. */
		@Bean(PATHS)
		GuardedPaths buddyMcpPaths(WorkflowTools tools, ListableBeanFactory beans, Environment environment) {
			return () -> tools.isEmpty() ? List.of()
					: endpoints(beans, environment).stream().map((path) -> new GuardedPath(path, Kind.MCP)).toList();
		}

		/** By the transports that there are: which is the default changes. */
		private static List<String> endpoints(ListableBeanFactory beans, Environment environment) {
			List<String> paths = new ArrayList<>();
			if (exist(beans, McpServerTransportProvider.class)) {
				paths.add(environment.getProperty(SERVER + ".sse-endpoint", "/sse"));
				paths.add(environment.getProperty(SERVER + ".sse-message-endpoint", "/mcp/message"));
			}
			if (exist(beans, McpStreamableServerTransportProvider.class)
					|| exist(beans, McpStatelessServerTransport.class)) {
				paths.add(environment.getProperty(SERVER + ".streamable-http.mcp-endpoint", "/mcp"));
			}
			return paths;
		}

		private static boolean exist(ListableBeanFactory beans, Class<?> type) {
			return beans.getBeanNamesForType(type, true, false).length > 0;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(McpStreamableServerTransportProvider.class)
	static class StreamableConfiguration {

		@Bean(destroyMethod = "")
		@Primary
		GuardedStreamableTransport guardedStreamableTransport(McpStreamableServerTransportProvider transport,
				ToolRequests requests) {
			return new GuardedStreamableTransport(transport, requests);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(McpServerTransportProvider.class)
	static class SseConfiguration {

		@Bean(destroyMethod = "")
		@Primary
		GuardedSseTransport guardedSseTransport(McpServerTransportProvider transport, ToolRequests requests) {
			return new GuardedSseTransport(transport, requests);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(McpStatelessServerTransport.class)
	static class StatelessConfiguration {

		@Bean(destroyMethod = "")
		@Primary
		GuardedStatelessTransport guardedStatelessTransport(McpStatelessServerTransport transport,
				ToolRequests requests) {
			return new GuardedStatelessTransport(transport, requests);
		}

	}

}

package buddy.autoconfigure;

import java.util.List;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import buddy.mcp.CancellableTransport;
import buddy.mcp.ToolCalls;
import buddy.mcp.WorkflowTools;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowRegistry;
import buddy.workflow.WorkflowRuns;

/**
 * Makes tools of workflows where Spring AI's MCP server is on the class path.
 *
 * <p>
 * Its server takes them where it is synchronous, which is its default, and keeps clients'
 * sessions; cancellations reach runs over Streamable HTTP.
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

	@Bean
	ToolCalls workflowToolCalls(ObjectProvider<WorkflowRuns> runs) {
		return new ToolCalls(runs::getObject);
	}

	@Bean
	List<SyncToolSpecification> workflowTools(WorkflowRegistry registry, ToolCalls calls,
			ObjectProvider<Workflow> workflows, BuddyMcpProperties mcp, BuddyProperties properties) {
		// the registry knows those that exist
		workflows.stream().forEach((workflow) -> {
		});
		return new WorkflowTools(registry, calls, (id) -> properties.isMcpTool(id, mcp.enabled())).specifications();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnSingleCandidate(McpStreamableServerTransportProvider.class)
	static class CancellationConfiguration {

		@Bean(destroyMethod = "")
		@Primary
		CancellableTransport cancellableTransport(McpStreamableServerTransportProvider transport, ToolCalls calls) {
			return new CancellableTransport(transport, calls);
		}

	}

}

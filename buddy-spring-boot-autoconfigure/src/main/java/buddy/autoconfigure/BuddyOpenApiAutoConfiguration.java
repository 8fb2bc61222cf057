package buddy.autoconfigure;

import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

import buddy.openapi.WorkflowOpenApi;
import buddy.web.WebSettings;
import buddy.workflow.WorkflowRegistry;

/**
 * Auto-configuration that adds the HTTP routes to springdoc's OpenAPI document.
 */
@AutoConfiguration(after = BuddyWebAutoConfiguration.class)
@ConditionalOnClass({ OpenApiCustomizer.class, io.swagger.v3.oas.models.OpenAPI.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean({ WorkflowRegistry.class, WebSettings.class })
public final class BuddyOpenApiAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	WorkflowOpenApi workflowOpenApi(WorkflowRegistry registry, WebSettings settings) {
		return new WorkflowOpenApi(settings.basePath(), registry::published);
	}

}

package buddy.openapi;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.SpecVersion;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;

import buddy.json.internal.Json;
import buddy.workflow.WorkflowDescriptor;

/**
 * Adds the HTTP routes to springdoc's document: one route per workflow with the schema of
 * its input, and the routes of runs and sessions.
 *
 * <p>
 * The bean applies to the document without groups. Add it to a group with
 * {@code addOpenApiCustomizer}.
 */
public final class WorkflowOpenApi implements OpenApiCustomizer {

	private final String basePath;

	private final Supplier<List<WorkflowDescriptor>> workflows;

	/**
	 * Creates the customizer.
	 * @param basePath the base path of the routes, such as {@code /buddy}
	 * @param workflows supplies the workflows, by id
	 */
	public WorkflowOpenApi(String basePath, Supplier<List<WorkflowDescriptor>> workflows) {
		this.basePath = basePath;
		this.workflows = workflows;
	}

	@Override
	public void customise(OpenAPI openApi) {
		OpenAPI routes = read(new OpenApiDocument(this.basePath, this.workflows.get()).json(),
				openApi.getSpecVersion());
		if (openApi.getPaths() == null) {
			openApi.setPaths(new Paths());
		}
		routes.getPaths().forEach(openApi.getPaths()::addPathItem);
		if (openApi.getComponents() == null) {
			openApi.setComponents(new Components());
		}
		Components components = openApi.getComponents();
		routes.getComponents().getSchemas().forEach(components::addSchemas);
		routes.getComponents().getResponses().forEach(components::addResponses);
		routes.getComponents().getParameters().forEach(components::addParameters);
	}

	private static OpenAPI read(Map<String, @Nullable Object> document, @Nullable SpecVersion version) {
		try {
			return (version == SpecVersion.V31) ? Json31.mapper().readValue(Json.write(document), OpenAPI.class)
					: io.swagger.v3.core.util.Json.mapper()
						.readValue(Json.write(Objects.requireNonNull(OpenApi30.of(document))), OpenAPI.class);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("The OpenAPI document of the workflows cannot be read", ex);
		}
	}

}

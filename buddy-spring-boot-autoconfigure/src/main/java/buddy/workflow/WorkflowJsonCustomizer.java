package buddy.workflow;

import tools.jackson.databind.json.JsonMapper;

/**
 * A bean that changes how the application's own values are written as JSON and read back:
 * input, results, session state. The application's {@code JacksonModule} beans are added
 * before; what buddy itself stores and answers keeps its form.
 */
@FunctionalInterface
public interface WorkflowJsonCustomizer {

	/**
	 * Changes the builder of the mapper of the application's values.
	 * @param builder the builder
	 */
	void customize(JsonMapper.Builder builder);

}

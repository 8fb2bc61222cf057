package buddy.workflow;

import tools.jackson.databind.json.JsonMapper;

/**
 * Customizes how the application's own values are written as JSON and read back: input,
 * results and session state. Declare it as a bean. The application's
 * {@code JacksonModule} beans are added first. The format of what buddy itself stores and
 * returns does not change.
 */
@FunctionalInterface
public interface WorkflowJsonCustomizer {

	/**
	 * Customizes the builder of the mapper for the application's values.
	 * @param builder the builder
	 */
	void customize(JsonMapper.Builder builder);

}

package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * The initial content of a session, set by the run that creates it.
 *
 * @param sessionName the session's name, or {@code null} for none
 * @param workflowData the workflow's name, id and description, as a JSON object
 * @param extraData the application's own data, as a JSON object, or {@code null}
 */
public record SessionSeed(@Nullable String sessionName, String workflowData, @Nullable String extraData) {
}

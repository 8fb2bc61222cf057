package buddy.storage;

import org.jspecify.annotations.Nullable;

/**
 * What a run gives to its session if it is the one that creates it.
 *
 * @param sessionName the session's name, or {@code null} for none
 * @param workflowData the workflow's name, id and description, a JSON object
 * @param extraData the application's own data, a JSON object, or {@code null}
 */
public record SessionSeed(@Nullable String sessionName, String workflowData, @Nullable String extraData) {
}

package buddy.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of traces, log entries and health.
 *
 * @param includeContent Whether the spans of runs and agent calls contain inputs,
 * prompts, answers and outputs.
 * @param mdc Whether run_id, session_id and workflow_id are in the MDC during a run.
 * @param healthTimeout Time in which the store must respond. After that, health is down
 * and the connection used for the check is closed.
 */
@ConfigurationProperties("buddy.observability")
public record BuddyObservabilityProperties(@DefaultValue("false") boolean includeContent,
		@DefaultValue("true") boolean mdc, @DefaultValue("2s") Duration healthTimeout) {
}

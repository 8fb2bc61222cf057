package buddy.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What traces, log lines and health tell of runs.
 *
 * @param includeContent Whether the spans of runs and agents' calls tell inputs, prompts,
 * answers and outputs.
 * @param mdc Whether the log lines of a run have run_id, session_id and workflow_id in
 * their MDC.
 * @param healthTimeout How long the store has to answer before health is down and the
 * connection that was asked is dropped.
 */
@ConfigurationProperties("buddy.observability")
public record BuddyObservabilityProperties(@DefaultValue("false") boolean includeContent,
		@DefaultValue("true") boolean mdc, @DefaultValue("2s") Duration healthTimeout) {
}

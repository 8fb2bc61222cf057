package buddy.workflow;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionStatus;

/**
 * A question of a run to a person.
 *
 * @param runId the run that asks
 * @param question the key of the question, by which it is answered
 * @param status where it stands
 * @param schema the JSON Schema of the answer
 * @param shown what the person is to see, as plain JSON, or {@code null}
 * @param assignee the user who may answer, or {@code null}
 * @param role the role whose users may answer, or {@code null}
 * @param askedAt when it was asked
 * @param expiresAt until when it can be answered, or {@code null} for ever
 * @param answer the answer as plain JSON, or {@code null}
 * @param answeredBy the user who has answered, or {@code null}
 * @param answeredAt when it was answered, or {@code null}
 */
public record Question(String runId, String question, QuestionStatus status, Map<String, @Nullable Object> schema,
		@Nullable Object shown, @Nullable String assignee, @Nullable String role, Instant askedAt,
		@Nullable Instant expiresAt, @Nullable Object answer, @Nullable String answeredBy,
		@Nullable Instant answeredAt) {
}

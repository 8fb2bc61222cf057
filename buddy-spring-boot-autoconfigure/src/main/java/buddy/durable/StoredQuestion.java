package buddy.durable;

import org.jspecify.annotations.Nullable;

/**
 * A question to a person as a store keeps it: columns, with JSON as text.
 *
 * @param runId the run that asks
 * @param key the key of the step that waits for the answer
 * @param status where it stands
 * @param schema the JSON Schema of the answer
 * @param shown what the person is to see, as JSON, or {@code null}
 * @param assignee the user who may answer, or {@code null}
 * @param role the role whose users may answer, or {@code null}
 * @param askedAt when it was asked, in milliseconds of the store's clock; 0 until it is
 * stored
 * @param expiresAt until when it can be answered, in milliseconds of the store's clock,
 * or {@code null} for ever
 * @param defaultAnswer the answer if nobody gives one in time, as JSON, or {@code null}
 * @param answer the answer as JSON, or {@code null}
 * @param answeredBy the user who has answered, or {@code null}
 * @param answeredAt when it was answered, in milliseconds of the store's clock, or
 * {@code null}
 */
public record StoredQuestion(String runId, String key, QuestionStatus status, String schema, @Nullable String shown,
		@Nullable String assignee, @Nullable String role, long askedAt, @Nullable Long expiresAt,
		@Nullable String defaultAnswer, @Nullable String answer, @Nullable String answeredBy,
		@Nullable Long answeredAt) {
}

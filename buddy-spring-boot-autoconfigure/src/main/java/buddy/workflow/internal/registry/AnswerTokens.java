package buddy.workflow.internal.registry;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionStatus;
import buddy.durable.RunWaits;
import buddy.durable.StoredQuestion;
import buddy.json.internal.Digests;
import buddy.json.internal.Json;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.Question;
import buddy.workflow.QuestionNotOpenException;

/**
 * Tokens that answer one question once, without a login. The store has only their
 * digests.
 */
final class AnswerTokens {

	/** 32 bytes in the URL-safe alphabet of Base64. */
	private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

	private static final int BYTES = 32;

	/** The length of the beginning of a digest that names the token to people. */
	private static final int NAME = 8;

	private static final JsonMapper SORTED = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.build();

	private final SecureRandom random = new SecureRandom();

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunWaits waits;

	private final RunQuestions questions;

	AnswerTokens(Supplier<WorkflowSessionRepository> repository, RunWaits waits, RunQuestions questions) {
		this.repository = repository;
		this.waits = waits;
		this.questions = questions;
	}

	/** Creates a token. */
	String next() {
		byte[] bytes = new byte[BYTES];
		this.random.nextBytes(bytes);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	/** Names a token without giving it away. */
	static String nameOf(String token) {
		return Digests.of(token).substring(0, NAME);
	}

	/**
	 * Stores a token for an open question, in the place of an earlier one.
	 * @param run the run that asks
	 * @param key the key of the question
	 * @param token the token
	 * @param alongside writes something else in the same transaction
	 */
	void store(StoredRun run, String key, String token, Runnable alongside) {
		if (!this.waits.setToken(run.runId(), key, Digests.of(token), alongside)) {
			QuestionStatus status = this.waits.find(run.runId(), key).map(StoredQuestion::status).orElse(null);
			boolean overdue = status == QuestionStatus.OPEN && !run.status().isTerminal();
			throw new QuestionNotOpenException(run.runId(), key, (status == QuestionStatus.ANSWERED)
					? AnswerOutcome.ANSWERED
					: (status == QuestionStatus.EXPIRED || overdue) ? AnswerOutcome.EXPIRED : AnswerOutcome.NOT_FOUND);
		}
	}

	/** Finds the open question of a token. */
	Optional<Question> find(String token) {
		return open(token).map(RunQuestions::question);
	}

	private Optional<StoredQuestion> open(String token) {
		return TOKEN.matcher(token).matches() ? this.waits.findByToken(Digests.of(token))
			.filter((question) -> question.status() == QuestionStatus.OPEN) : Optional.empty();
	}

	/**
	 * Answers the question of a token. The same answer once more gets the same result.
	 * @param token the token
	 * @param answer the answer
	 * @param alongside writes something else in the same transaction, about a run and the
	 * key of its question
	 * @return the question with its answer; empty if the token is void
	 */
	Optional<Question> answer(String token, @Nullable Object answer, BiConsumer<StoredRun, String> alongside) {
		StoredQuestion open = open(token).orElse(null);
		if (open != null) {
			try {
				return this.repository.get()
					.findRun(open.runId())
					.map((run) -> answer(run, open.key(), token, answer, () -> alongside.accept(run, open.key())));
			}
			catch (QuestionNotOpenException ex) {
				// perhaps this very answer was given at the same time
			}
		}
		return TOKEN.matcher(token).matches() ? this.waits.findByToken(used(token, answer))
			.filter((question) -> question.status() == QuestionStatus.ANSWERED)
			.map(RunQuestions::question) : Optional.empty();
	}

	private Question answer(StoredRun run, String key, String token, @Nullable Object answer, Runnable alongside) {
		return this.questions.answer(run, key, answer, answeredBy(token), () -> {
			if (!this.waits.useToken(Digests.of(token), used(token, answer))) {
				throw new QuestionNotOpenException(run.runId(), key, AnswerOutcome.NOT_FOUND);
			}
			alongside.run();
		});
	}

	/** Tells who has answered by a token. */
	static String answeredBy(String token) {
		return "token:" + nameOf(token);
	}

	/**
	 * By which a question is found that a token has answered, and by that answer only.
	 */
	private static String used(String token, @Nullable Object answer) {
		return Digests.ofAll(token, SORTED.writeValueAsString(Json.plain(answer)));
	}

}

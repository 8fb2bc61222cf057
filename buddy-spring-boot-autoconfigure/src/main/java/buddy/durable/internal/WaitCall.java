package buddy.durable.internal;

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

import buddy.durable.InterruptedStepAnswer;
import buddy.durable.QuestionOptions;
import buddy.durable.QuestionStatus;
import buddy.durable.RunPause;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StoredQuestion;
import buddy.durable.StoredStep;
import buddy.json.internal.Json;
import buddy.json.internal.JsonSchemas;
import buddy.json.internal.StorableJson;
import buddy.json.internal.StrictJson;
import buddy.run.RunPausedException;
import buddy.run.RunWait;

/**
 * A call by which a run waits for the answer of a person or for a time.
 */
public final class WaitCall {

	private final StepKind kind;

	private final String name;

	private final @Nullable Type type;

	private final QuestionOptions options;

	private final @Nullable Duration due;

	/** When a step is called again that has failed. */
	private final @Nullable Instant again;

	/** Checks what an interrupted step returns if it has happened, or null. */
	private final @Nullable StepCodec results;

	private WaitCall(StepKind kind, String name, @Nullable Type type, QuestionOptions options, @Nullable Duration due,
			@Nullable Instant again, @Nullable StepCodec results) {
		this.kind = kind;
		this.name = name;
		this.type = type;
		this.options = options;
		this.due = due;
		this.again = again;
		this.results = results;
	}

	/**
	 * Creates the call of a question.
	 * @param name its name
	 * @param type the type of its answer
	 * @param options how it is asked
	 * @return the call
	 */
	public static WaitCall question(String name, Type type, QuestionOptions options) {
		WaitCall call = new WaitCall(StepKind.INPUT, name, type, options, options.expiry(), null, null);
		if (options.hasDefault()) {
			call.json(options.defaultAnswer());
		}
		return call;
	}

	/**
	 * Creates the question whether a step has happened.
	 * @param step the step
	 * @param options how it is asked
	 * @return the call
	 */
	static WaitCall interrupted(StepCall step, QuestionOptions options) {
		Type type = step.codec().resultType();
		ResolvableType result = ResolvableType
			.forType((type instanceof Class<?> simple) ? ClassUtils.resolvePrimitiveIfNecessary(simple) : type);
		Type answer = ResolvableType.forClassWithGenerics(InterruptedStepAnswer.class, result).getType();
		return new WaitCall(StepKind.STEP, step.name(), answer, options, options.expiry(), null, step.codec());
	}

	/** Returns the question whether a step has happened, as it was asked before. */
	static WaitCall interrupted(StepCall step, StoredQuestion asked) {
		String shown = asked.shown();
		return interrupted(step,
				(shown != null) ? QuestionOptions.showing(Json.readPlain(shown)) : QuestionOptions.none());
	}

	/**
	 * Creates the call of a pause for a time.
	 * @param name its name
	 * @param time how long it is
	 * @return the call
	 */
	public static WaitCall sleep(String name, Duration time) {
		return new WaitCall(StepKind.SLEEP, name, null, QuestionOptions.none(), time, null, null);
	}

	/**
	 * Creates the wait for the next attempt of a step.
	 * @param name the name of the step
	 * @param time how long it is
	 * @param at when it is over
	 * @return the call
	 */
	static WaitCall retry(String name, Duration time, Instant at) {
		return new WaitCall(StepKind.STEP, name, null, QuestionOptions.none(), time, at, null);
	}

	StepKind kind() {
		return this.kind;
	}

	/**
	 * Returns the name of the question or the pause.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/** Returns what the answer is, for messages. */
	String type() {
		return (this.type != null) ? this.type.getTypeName() : "nothing";
	}

	@Nullable Object read(@Nullable String json) {
		return (this.type != null && json != null) ? Json.read(json, this.type) : null;
	}

	/**
	 * Checks an answer that somebody gives, and writes it.
	 * @param answer the answer, as plain JSON values or as an object of its type
	 * @return its JSON
	 * @throws RuntimeException if it is no answer to the question
	 */
	public String json(@Nullable Object answer) {
		return json(answer, (read) -> {
		});
	}

	/**
	 * Checks an answer that somebody gives, and writes it.
	 * @param answer the answer, as plain JSON values or as an object of its type
	 * @param check refuses objects of the type that are no answers
	 * @return its JSON
	 * @throws RuntimeException if it is no answer to the question
	 */
	public String json(@Nullable Object answer, Consumer<Object> check) {
		Type required = this.type;
		if (required == null) {
			throw new IllegalArgumentException("'" + this.name + "' waits for a time, not for an answer");
		}
		Object plain = Json.plain(answer);
		Object read = (plain != null) ? StrictJson.convert(plain, required) : null;
		if (plain == null || read == null) {
			throw new IllegalArgumentException("it must not be null");
		}
		if (this.results != null) {
			requireResult((InterruptedStepAnswer<?>) read, this.results, check);
		}
		else {
			check.accept(read);
		}
		return StorableJson.requireExactly("The answer to question '" + this.name + "'", plain);
	}

	/** Refuses what the step could not have returned. */
	private void requireResult(InterruptedStepAnswer<?> answer, StepCodec codec, Consumer<Object> check) {
		Object result = answer.result();
		if (result == null) {
			if (answer.happened() && codec.resultType() instanceof Class<?> type && type.isPrimitive()
					&& type != void.class) {
				throw new IllegalArgumentException(
						"it has no 'result', and the step that has happened returns a " + type.getName());
			}
			return;
		}
		if (!answer.happened()) {
			throw new IllegalArgumentException(
					"it has a result, although the step has not happened; leave 'result' out");
		}
		check.accept(result);
		codec.write(this.name, result);
	}

	/** Reads what a person has answered who was asked whether a step has happened. */
	InterruptedStepAnswer<?> answer(String json) {
		return (InterruptedStepAnswer<?>) Objects.requireNonNull(read(json));
	}

	/** Creates the signal of a part of a run that waits. */
	RunSignal pause(String runId, StoredStep step, boolean known) {
		Object shown = this.options.shown();
		boolean question = this.type != null;
		Map<String, @Nullable Object> schema = question ? schema() : null;
		RunWait wait = new RunWait(
				question ? RunWait.ANSWER : (this.kind == StepKind.SLEEP) ? RunWait.TIME : RunWait.RETRY, runId,
				step.key(), schema, (shown != null) ? Json.plain(shown) : null, until(step.head(), known),
				(this.again != null) ? step.head().attempts() + 1 : null);
		return RunSignal.paused(new RunPausedException(runId, List.of(wait)), new RunPause.Wait(step, known, this.due,
				(question && !(known && this.results != null)) ? asked(runId, step.key(), schema) : null));
	}

	private @Nullable Instant until(StepHead step, boolean known) {
		Long dueAt = step.dueAt();
		if (known) {
			return (dueAt != null && step.isTimed()) ? Instant.ofEpochMilli(dueAt) : null;
		}
		if (this.again != null) {
			return this.again;
		}
		return (this.due != null) ? Instant.ofEpochMilli(step.startedAt()).plus(this.due) : null;
	}

	private StoredQuestion asked(String runId, String key, @Nullable Map<String, @Nullable Object> schema) {
		Object shown = this.options.shown();
		return new StoredQuestion(runId, key, QuestionStatus.OPEN, Json.write((schema != null) ? schema : Map.of()),
				(shown != null) ? StorableJson.requireExactly("What question '" + key + "' shows", Json.plain(shown))
						: null,
				this.options.assignee(), this.options.role(), 0, null,
				this.options.hasDefault() ? json(this.options.defaultAnswer()) : null, null, null, null);
	}

	private Map<String, @Nullable Object> schema() {
		return new LinkedHashMap<>(JsonSchemas.ofValue((this.type != null) ? this.type : Object.class));
	}

}

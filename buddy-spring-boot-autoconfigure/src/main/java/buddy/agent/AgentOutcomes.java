package buddy.agent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

import buddy.durable.RecordedFailure;
import buddy.durable.StepFormat;
import buddy.json.internal.Json;
import buddy.run.RunContext;
import buddy.run.RunResponse;

/**
 * Writes the outcome of an agent's call for the step that it is. What is read again also
 * counts for the run's record, as if the agent had been called.
 */
final class AgentOutcomes implements StepFormat<RunResponse> {

	/** The model's answer as it gave it, from which a typed content is read again. */
	private static final String ANSWER = "answer";

	private static final String ANSWER_TYPE = "answer_type";

	private static final String FINISH_REASON = "finish_reason";

	/** What a call had done before it failed. */
	private static final String RESPONSE = "response";

	private final AgentDefinition agent;

	private final RunContext context;

	private volatile @Nullable AgentCall call;

	AgentOutcomes(AgentDefinition agent, RunContext context) {
		this.agent = agent;
		this.context = context;
	}

	/** Sets the call whose outcome is written. */
	AgentCall of(AgentCall begun) {
		this.call = begun;
		return begun;
	}

	/** Returns a response as it is read back, if no database can store it as it is. */
	RunResponse recordable(RunResponse response) {
		Map<String, @Nullable Object> fields = fields(response);
		return StepJson.isStorable(fields) ? response : parse(StepJson.write(fields));
	}

	@Override
	public String write(RunResponse response) {
		return StepJson.write(fields(response));
	}

	private Map<String, @Nullable Object> fields(RunResponse response) {
		Map<String, @Nullable Object> fields = response.toMap();
		AgentCall begun = this.call;
		String answer = (begun != null && this.agent.answerFormat() != null) ? begun.answer() : null;
		if (answer != null) {
			fields.put(ANSWER, answer);
		}
		return fields;
	}

	@Override
	public RunResponse read(String json) {
		RunResponse response = parse(json);
		this.context.recordAgent(response);
		return response;
	}

	private RunResponse parse(String json) {
		Map<String, @Nullable Object> fields = Json.readMap(json);
		Object answer = fields.remove(ANSWER);
		RunResponse response = ofThisRun(RunResponse.fromMap(fields));
		AnswerFormat format = this.agent.answerFormat();
		if (format == null) {
			return response;
		}
		String text = (answer != null) ? answer.toString() : response.contentAsString();
		return response.toBuilder().content(format.read(this.agent.name(), text, response.finishReason())).build();
	}

	/** The step may be that of the run that this one is a fork of. */
	private RunResponse ofThisRun(RunResponse response) {
		return response.toBuilder()
			.runId(this.context.runId())
			.sessionId(this.context.sessionId())
			.workflowId(this.context.workflowId())
			.build();
	}

	@Override
	public RecordedFailure failure(Throwable failure) {
		Map<String, @Nullable Object> details = new LinkedHashMap<>();
		if (failure instanceof AgentAnswerException mismatch) {
			details.put(ANSWER_TYPE, mismatch.answerType());
			details.put(ANSWER, mismatch.answer());
			details.put(FINISH_REASON, mismatch.finishReason());
		}
		AgentCall begun = this.call;
		RunResponse done = (begun != null) ? begun.outcome() : null;
		if (done != null) {
			details.put(RESPONSE, done.toMap());
		}
		return RecordedFailure.of(failure).with(details);
	}

	@Override
	@SuppressWarnings("unchecked") // a JSON object
	public @Nullable RuntimeException rebuild(RecordedFailure failure) {
		if (failure.details().get(RESPONSE) instanceof Map<?, ?> done) {
			this.context.recordAgent(ofThisRun(RunResponse.fromMap((Map<String, @Nullable Object>) done)));
		}
		if (!failure.type().equals(AgentAnswerException.class.getName())) {
			return null;
		}
		return new AgentAnswerException(failure.message(), this.agent.name(),
				String.valueOf(failure.details().get(ANSWER_TYPE)), (String) failure.details().get(ANSWER),
				(String) failure.details().get(FINISH_REASON));
	}

	/**
	 * A call that its caller gave up, or whose thread was interrupted, has no outcome.
	 */
	@Override
	public boolean isOutcome(Throwable failure) {
		return !(failure instanceof CancellationException) && !(failure.getCause() instanceof InterruptedException);
	}

}

package buddy.run;

import java.math.BigDecimal;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * An event of a run: of the workflow ({@code Workflow…}), of an agent that it called, or
 * of the application ({@link CustomEvent}).
 *
 * <p>
 * The event names and the JSON are those of the Python framework: flat objects in
 * snake_case, with {@code event} as the discriminator.
 */
public sealed interface RunResponseEvent {

	/**
	 * Returns the fields that every event has.
	 * @return the header
	 */
	EventHeader header();

	/**
	 * Returns a copy with another header.
	 * @param header the header
	 * @return the copy
	 */
	RunResponseEvent withHeader(EventHeader header);

	/**
	 * Returns the event's name, the discriminator of its JSON.
	 * @return the name, such as {@code RunResponseContent}
	 */
	default String event() {
		return getClass().getSimpleName();
	}

	/**
	 * Returns the event's JSON object without nulls.
	 * @return the fields by their JSON names
	 */
	@JsonValue
	default Map<String, @Nullable Object> toMap() {
		return EventCodec.toMap(this);
	}

	/**
	 * Reads an event from its JSON object. An unknown name is read as an
	 * {@link UnknownEvent}.
	 * @param json the fields by their JSON names
	 * @return the event
	 * @throws IllegalArgumentException if there is no {@code event} field
	 */
	@JsonCreator
	static RunResponseEvent fromMap(Map<String, @Nullable Object> json) {
		return EventCodec.fromMap(json);
	}

	/**
	 * Creates a piece of text of the workflow itself, rather than of an agent.
	 * @param delta the text
	 * @return the event
	 */
	static RunResponseContent content(String delta) {
		return new RunResponseContent(EventHeader.NONE, delta, ContentType.of(delta), null);
	}

	/**
	 * Creates an event of the application.
	 * @param name the name that the application gives it
	 * @param content a plain value, a record, or {@code null}
	 * @return the event
	 */
	static CustomEvent custom(String name, @Nullable Object content) {
		return new CustomEvent(EventHeader.NONE, name, content);
	}

	/**
	 * A run of a workflow began.
	 *
	 * @param header the fields that every event has
	 */
	record WorkflowStarted(EventHeader header) implements RunResponseEvent {

		@Override
		public WorkflowStarted withHeader(EventHeader header) {
			return new WorkflowStarted(header);
		}

	}

	/**
	 * A run of a workflow completed.
	 *
	 * @param header the fields that every event has
	 * @param content the content
	 * @param contentType the kind of the content: {@code str}, {@code dict}, a class's
	 * simple name
	 */
	record WorkflowCompleted(EventHeader header, @Nullable Object content,
			@Nullable String contentType) implements RunResponseEvent {

		@Override
		public WorkflowCompleted withHeader(EventHeader header) {
			return new WorkflowCompleted(header, this.content, this.contentType);
		}

	}

	/**
	 * A run of a workflow ended with an exception.
	 *
	 * @param header the fields that every event has
	 * @param error the exception's message
	 * @param errorType the exception's class name
	 */
	record WorkflowError(EventHeader header, @Nullable String error,
			@Nullable String errorType) implements RunResponseEvent {

		@Override
		public WorkflowError withHeader(EventHeader header) {
			return new WorkflowError(header, this.error, this.errorType);
		}

	}

	/**
	 * A run of a workflow was cancelled.
	 *
	 * @param header the fields that every event has
	 * @param reason why
	 */
	record WorkflowCancelled(EventHeader header, @Nullable String reason) implements RunResponseEvent {

		@Override
		public WorkflowCancelled withHeader(EventHeader header) {
			return new WorkflowCancelled(header, this.reason);
		}

	}

	/**
	 * An agent began.
	 *
	 * @param header the fields that every event has
	 * @param model the model's name
	 * @param modelProvider the model's provider
	 */
	record RunStarted(EventHeader header, @Nullable String model,
			@Nullable String modelProvider) implements RunResponseEvent {

		@Override
		public RunStarted withHeader(EventHeader header) {
			return new RunStarted(header, this.model, this.modelProvider);
		}

	}

	/**
	 * A piece of an agent's or the workflow's text.
	 *
	 * @param header the fields that every event has
	 * @param content the piece
	 * @param contentType the kind of the content: {@code str}, {@code dict}, a class's
	 * simple name
	 * @param reasoningContent the model's reasoning text
	 */
	record RunResponseContent(EventHeader header, @Nullable Object content, @Nullable String contentType,
			@Nullable String reasoningContent) implements RunResponseEvent {

		@Override
		public RunResponseContent withHeader(EventHeader header) {
			return new RunResponseContent(header, this.content, this.contentType, this.reasoningContent);
		}

	}

	/**
	 * A piece of an agent's text that is not part of its answer.
	 *
	 * @param header the fields that every event has
	 * @param content the piece
	 * @param contentType the kind of the content: {@code str}, {@code dict}, a class's
	 * simple name
	 */
	record RunIntermediateResponseContent(EventHeader header, @Nullable Object content,
			@Nullable String contentType) implements RunResponseEvent {

		@Override
		public RunIntermediateResponseContent withHeader(EventHeader header) {
			return new RunIntermediateResponseContent(header, this.content, this.contentType);
		}

	}

	/**
	 * An agent completed. Its content is the whole text, not another piece.
	 *
	 * @param header the fields that every event has
	 * @param content the content
	 * @param contentType the kind of the content: {@code str}, {@code dict}, a class's
	 * simple name
	 * @param reasoningContent the model's reasoning text
	 */
	record RunCompleted(EventHeader header, @Nullable Object content, @Nullable String contentType,
			@Nullable String reasoningContent) implements RunResponseEvent {

		@Override
		public RunCompleted withHeader(EventHeader header) {
			return new RunCompleted(header, this.content, this.contentType, this.reasoningContent);
		}

	}

	/**
	 * An agent waits for a person, or a run of a workflow has paused.
	 *
	 * @param header the fields that every event has
	 * @param waitsFor what the run waits for: a list of the JSON objects of
	 * {@link RunWait}, or {@code null}
	 */
	record RunPaused(EventHeader header, @Nullable Object waitsFor) implements RunResponseEvent {

		/**
		 * Creates the event of an agent.
		 * @param header the header
		 */
		public RunPaused(EventHeader header) {
			this(header, null);
		}

		@Override
		public RunPaused withHeader(EventHeader header) {
			return new RunPaused(header, this.waitsFor);
		}

	}

	/**
	 * An agent that was paused continues, or a run that was paused or whose process died.
	 *
	 * @param header the fields that every event has
	 */
	record RunContinued(EventHeader header, @Nullable String validUntil) implements RunResponseEvent {

		/**
		 * Creates the event of an agent.
		 * @param header the header
		 */
		public RunContinued(EventHeader header) {
			this(header, null);
		}

		@Override
		public RunContinued withHeader(EventHeader header) {
			return new RunContinued(header, this.validUntil);
		}

	}

	/**
	 * An agent failed.
	 *
	 * @param header the fields that every event has
	 * @param content the error message
	 */
	record RunError(EventHeader header, @Nullable Object content) implements RunResponseEvent {

		@Override
		public RunError withHeader(EventHeader header) {
			return new RunError(header, this.content);
		}

	}

	/**
	 * An agent was cancelled.
	 *
	 * @param header the fields that every event has
	 * @param reason why
	 */
	record RunCancelled(EventHeader header, @Nullable String reason) implements RunResponseEvent {

		@Override
		public RunCancelled withHeader(EventHeader header) {
			return new RunCancelled(header, this.reason);
		}

	}

	/**
	 * An agent began to reason.
	 *
	 * @param header the fields that every event has
	 */
	record ReasoningStarted(EventHeader header) implements RunResponseEvent {

		@Override
		public ReasoningStarted withHeader(EventHeader header) {
			return new ReasoningStarted(header);
		}

	}

	/**
	 * An agent finished one step of its reasoning.
	 *
	 * @param header the fields that every event has
	 * @param content the content
	 * @param contentType the kind of the content: {@code str}, {@code dict}, a class's
	 * simple name
	 * @param reasoningContent the model's reasoning text
	 */
	record ReasoningStep(EventHeader header, @Nullable Object content, @Nullable String contentType,
			@Nullable String reasoningContent) implements RunResponseEvent {

		@Override
		public ReasoningStep withHeader(EventHeader header) {
			return new ReasoningStep(header, this.content, this.contentType, this.reasoningContent);
		}

	}

	/**
	 * An agent ended its reasoning.
	 *
	 * @param header the fields that every event has
	 * @param content the content
	 * @param contentType the kind of the content: {@code str}, {@code dict}, a class's
	 * simple name
	 */
	record ReasoningCompleted(EventHeader header, @Nullable Object content,
			@Nullable String contentType) implements RunResponseEvent {

		@Override
		public ReasoningCompleted withHeader(EventHeader header) {
			return new ReasoningCompleted(header, this.content, this.contentType);
		}

	}

	/**
	 * An agent began to update its memory.
	 *
	 * @param header the fields that every event has
	 */
	record MemoryUpdateStarted(EventHeader header) implements RunResponseEvent {

		@Override
		public MemoryUpdateStarted withHeader(EventHeader header) {
			return new MemoryUpdateStarted(header);
		}

	}

	/**
	 * An agent updated its memory.
	 *
	 * @param header the fields that every event has
	 */
	record MemoryUpdateCompleted(EventHeader header) implements RunResponseEvent {

		@Override
		public MemoryUpdateCompleted withHeader(EventHeader header) {
			return new MemoryUpdateCompleted(header);
		}

	}

	/**
	 * An agent calls a tool.
	 *
	 * @param header the fields that every event has
	 * @param tool the call
	 */
	record ToolCallStarted(EventHeader header, @Nullable ToolExecution tool) implements RunResponseEvent {

		@Override
		public ToolCallStarted withHeader(EventHeader header) {
			return new ToolCallStarted(header, this.tool);
		}

	}

	/**
	 * A tool answered an agent.
	 *
	 * @param header the fields that every event has
	 * @param tool the call
	 * @param content what the tool returned
	 */
	record ToolCallCompleted(EventHeader header, @Nullable ToolExecution tool,
			@Nullable Object content) implements RunResponseEvent {

		@Override
		public ToolCallCompleted withHeader(EventHeader header) {
			return new ToolCallCompleted(header, this.tool, this.content);
		}

	}

	/**
	 * A second model began to parse the answer.
	 *
	 * @param header the fields that every event has
	 */
	record ParserModelResponseStarted(EventHeader header) implements RunResponseEvent {

		@Override
		public ParserModelResponseStarted withHeader(EventHeader header) {
			return new ParserModelResponseStarted(header);
		}

	}

	/**
	 * A second model parsed the answer.
	 *
	 * @param header the fields that every event has
	 */
	record ParserModelResponseCompleted(EventHeader header) implements RunResponseEvent {

		@Override
		public ParserModelResponseCompleted withHeader(EventHeader header) {
			return new ParserModelResponseCompleted(header);
		}

	}

	/**
	 * A second model began to write the answer.
	 *
	 * @param header the fields that every event has
	 */
	record OutputModelResponseStarted(EventHeader header) implements RunResponseEvent {

		@Override
		public OutputModelResponseStarted withHeader(EventHeader header) {
			return new OutputModelResponseStarted(header);
		}

	}

	/**
	 * A second model wrote the answer.
	 *
	 * @param header the fields that every event has
	 */
	record OutputModelResponseCompleted(EventHeader header) implements RunResponseEvent {

		@Override
		public OutputModelResponseCompleted withHeader(EventHeader header) {
			return new OutputModelResponseCompleted(header);
		}

	}

	/**
	 * The body of a step of the workflow is called. A step that hands back a recorded
	 * result has no events.
	 *
	 * @param header the fields that every event has
	 * @param key the step's key
	 * @param name its name
	 * @param kind its kind: {@code step}
	 */
	record StepStarted(EventHeader header, @Nullable String key, @Nullable String name,
			@Nullable String kind) implements RunResponseEvent {

		@Override
		public StepStarted withHeader(EventHeader header) {
			return new StepStarted(header, this.key, this.name, this.kind);
		}

	}

	/**
	 * The body of a step of the workflow returned.
	 *
	 * @param header the fields that every event has
	 * @param key the step's key
	 * @param name its name
	 * @param kind its kind: {@code step}
	 */
	record StepCompleted(EventHeader header, @Nullable String key, @Nullable String name,
			@Nullable String kind) implements RunResponseEvent {

		@Override
		public StepCompleted withHeader(EventHeader header) {
			return new StepCompleted(header, this.key, this.name, this.kind);
		}

	}

	/**
	 * The body of a step of the workflow ended with an exception. It is called again if
	 * the step has attempts left.
	 *
	 * @param header the fields that every event has
	 * @param key the step's key
	 * @param name its name
	 * @param kind its kind: {@code step}
	 * @param error the exception's message
	 * @param errorType the exception's class name
	 */
	record StepError(EventHeader header, @Nullable String key, @Nullable String name, @Nullable String kind,
			@Nullable String error, @Nullable String errorType) implements RunResponseEvent {

		@Override
		public StepError withHeader(EventHeader header) {
			return new StepError(header, this.key, this.name, this.kind, this.error, this.errorType);
		}

	}

	/**
	 * Much of a budget is used, or all of it. It is given once in a period.
	 *
	 * @param header the fields that every event has
	 * @param budget the name of the budget
	 * @param per what each has a budget of its own: {@code run}, {@code session},
	 * {@code user}, {@code workflow} or {@code application}
	 * @param scope whose budget it is
	 * @param resource what is used: {@code tokens}, {@code cost} or {@code time}
	 * @param used how much is used
	 * @param limit how much may be used
	 */
	record BudgetWarning(EventHeader header, @Nullable String budget, @Nullable String per, @Nullable String scope,
			@Nullable String resource, @Nullable BigDecimal used,
			@Nullable BigDecimal limit) implements RunResponseEvent {

		@Override
		public BudgetWarning withHeader(EventHeader header) {
			return new BudgetWarning(header, this.budget, this.per, this.scope, this.resource, this.used, this.limit);
		}

	}

	/**
	 * An event of the application.
	 *
	 * @param header the fields that every event has
	 * @param name the name that the application gives it
	 * @param content the content of the event
	 */
	record CustomEvent(EventHeader header, String name, @Nullable Object content) implements RunResponseEvent {

		@Override
		public CustomEvent withHeader(EventHeader header) {
			return new CustomEvent(header, this.name, this.content);
		}

	}

	/**
	 * An event whose name this version does not know. Its fields are the header's
	 * additional fields.
	 *
	 * @param header the fields that every event has
	 * @param event the name
	 */
	record UnknownEvent(EventHeader header, String event) implements RunResponseEvent {

		@Override
		public UnknownEvent withHeader(EventHeader header) {
			return new UnknownEvent(header, this.event);
		}

	}

}

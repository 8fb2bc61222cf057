package buddy.durable;

/**
 * What a step is.
 */
public enum StepKind {

	/** A piece of the workflow's own code. */
	STEP,

	/** A whole call of an agent. */
	AGENT,

	/** One request to a model within the call of an agent. */
	MODEL,

	/** One call of a tool within the call of an agent. */
	TOOL,

	/** A question to a person. */
	INPUT,

	/** A pause for a time. */
	SLEEP,

	/** A place in the code that older runs do not have. */
	PATCH,

	/** A run of another workflow, which has a record of its own and none as a step. */
	RUN

}

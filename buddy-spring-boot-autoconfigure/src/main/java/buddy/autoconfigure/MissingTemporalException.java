package buddy.autoconfigure;

/**
 * Thrown if the engine is to be Temporal, and there is no client of it.
 */
class MissingTemporalException extends RuntimeException {

	MissingTemporalException() {
		super("buddy.engine.type is 'temporal', and the application does not have one WorkflowClient bean of Temporal's");
	}

}

package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a workflow class or bean cannot be recorded. Describes the problem and its
 * remedy.
 */
public class InvalidWorkflowException extends IllegalStateException {

	private final String subject;

	private final String problem;

	private final String action;

	/**
	 * Creates an exception.
	 * @param subject the workflow's class or bean
	 * @param problem the problem, as the rest of a sentence about the subject
	 * @param action the remedy, as a sentence
	 */
	public InvalidWorkflowException(String subject, String problem, String action) {
		this(subject, problem, action, null);
	}

	/**
	 * Creates an exception with a cause.
	 * @param subject the workflow's class or bean
	 * @param problem the problem, as the rest of a sentence about the subject
	 * @param action the remedy, as a sentence
	 * @param cause the cause, or {@code null}
	 */
	public InvalidWorkflowException(String subject, String problem, String action, @Nullable Throwable cause) {
		super(subject + " cannot be recorded: " + problem + ". " + action, cause);
		this.subject = subject;
		this.problem = problem;
		this.action = action;
	}

	/**
	 * Returns an exception for the same problem that names the bean.
	 * @param beanName the name of the bean
	 * @return the exception to throw instead
	 */
	public InvalidWorkflowException ofBean(String beanName) {
		return new InvalidWorkflowException("Workflow bean '" + beanName + "' (" + this.subject + ")", this.problem,
				this.action, this);
	}

	/**
	 * Returns the invalid workflow.
	 * @return the workflow's class or bean
	 */
	public String subject() {
		return this.subject;
	}

	/**
	 * Returns the problem.
	 * @return the problem, as the rest of a sentence about the subject
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Returns the remedy.
	 * @return the remedy, as a sentence
	 */
	public String action() {
		return this.action;
	}

}

package buddy.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a workflow class or bean cannot be recorded: what is wrong, where, and what
 * to do.
 */
public class InvalidWorkflowException extends IllegalStateException {

	private final String subject;

	private final String problem;

	private final String action;

	/**
	 * Names the workflow, the problem and the next step.
	 * @param subject the workflow's class or bean
	 * @param problem what is wrong, as the rest of a sentence about the subject
	 * @param action what to do, a sentence
	 */
	public InvalidWorkflowException(String subject, String problem, String action) {
		this(subject, problem, action, null);
	}

	/**
	 * Names the workflow, the problem, the next step and the cause.
	 * @param subject the workflow's class or bean
	 * @param problem what is wrong, as the rest of a sentence about the subject
	 * @param action what to do, a sentence
	 * @param cause the cause, or {@code null}
	 */
	public InvalidWorkflowException(String subject, String problem, String action, @Nullable Throwable cause) {
		super(subject + " cannot be recorded: " + problem + ". " + action, cause);
		this.subject = subject;
		this.problem = problem;
		this.action = action;
	}

	/**
	 * Returns the same problem of a named bean.
	 * @param beanName the bean
	 * @return the exception to throw instead
	 */
	public InvalidWorkflowException ofBean(String beanName) {
		return new InvalidWorkflowException("Workflow bean '" + beanName + "' (" + this.subject + ")", this.problem,
				this.action, this);
	}

	/**
	 * Returns which workflow it is.
	 * @return the class or bean
	 */
	public String subject() {
		return this.subject;
	}

	/**
	 * Returns what is wrong.
	 * @return the rest of a sentence about the subject
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Returns what to do.
	 * @return a sentence
	 */
	public String action() {
		return this.action;
	}

}

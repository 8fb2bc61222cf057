package buddy.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import buddy.durable.QuestionFilter;
import buddy.durable.QuestionViewer;
import buddy.run.RunWait;
import buddy.session.Page;
import buddy.session.RunPage;
import buddy.session.UnfinishedRun;

/**
 * Access to the unfinished runs on all nodes: finds them with their owners, and cancels
 * them.
 *
 * <p>
 * The bean acts for the current user, who sees the user's own runs and those without a
 * user. {@link #asUser} returns the view of another user, and {@link #ofEverybody} the
 * view for code that serves the application's operators.
 */
public interface WorkflowRuns {

	/**
	 * Returns a view that requires a user: calls without a current user are refused, and
	 * users see only their own runs, not those without a user.
	 * @return the view
	 */
	WorkflowRuns requiringUser();

	/**
	 * Returns the view of a given user, independent of the current user.
	 * @param userId the user's id, or {@code null} for no user
	 * @return the view
	 */
	WorkflowRuns asUser(@Nullable String userId);

	/**
	 * Returns a view of the runs of all users, for code that serves the application's
	 * operators.
	 * @return the view
	 */
	WorkflowRuns ofEverybody();

	/**
	 * Asks a run to stop, regardless of its node.
	 * @param runId the run
	 * @return whether there was such a run, and it had not ended
	 * @see #cancel(String, String)
	 */
	boolean cancel(String runId);

	/**
	 * Asks a run to stop, regardless of its node. A run of this process stops at its next
	 * call of buddy, and ends as cancelled. A run of another node is asked within the
	 * interval {@code buddy.runs.cancel-poll-interval}. A run whose node is dead is ended
	 * at once.
	 * @param runId the run
	 * @param reason the reason to record; at most 255 characters are stored
	 * @return whether there was such a run that the user may see, and it had not ended
	 * @throws IllegalStateException if it runs in another process that the store cannot
	 * notify
	 */
	boolean cancel(String runId, String reason);

	/**
	 * Continues a run that was interrupted, on a thread of this process: its method is
	 * called again with the recorded input, and every recorded step hands back its
	 * result. A run can be continued if its process died, if it was stopped by the
	 * shutdown of the application, or if its code or its data did not fit and was mended.
	 * @param runId the run
	 * @return the continued run; it is taken when {@code begun()} completes
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws RunNotResumableException if it is in progress, has completed, has failed,
	 * or was called by another run
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	StartedRun resume(String runId);

	/**
	 * Continues a run that has failed, and tries again the step that failed last.
	 * @param runId the run
	 * @return the continued run; it is taken when {@code begun()} completes
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws RunNotResumableException if it is in progress, has completed, or was called
	 * by another run
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	StartedRun retry(String runId);

	/**
	 * Begins a new run with the recorded steps of another one before a given step. That
	 * step and those after it are executed.
	 * @param runId the run, which stays as it is
	 * @param before the key of the first step to execute
	 * @return the new run
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws RunNotResumableException if it is in progress, was called by another run,
	 * or has no such step in its body
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	StartedRun fork(String runId, String before);

	/**
	 * Answers a question of a run, in the caller's transaction if there is one. The run
	 * goes on with the answer.
	 * @param runId the run that asks
	 * @param question the key of the question, such as {@code approve}
	 * @param answer the answer: an object of the type that the run awaits, or plain JSON
	 * values of that form
	 * @return the question with its answer
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws QuestionNotOpenException if it has been answered or has expired, or there
	 * is no such question
	 * @throws InvalidAnswerException if it is no answer to the question
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	Question answer(String runId, String question, @Nullable Object answer);

	/**
	 * Makes a token that answers a question once, without a login: for a link in a mail.
	 * Only its digest is stored. It replaces an earlier token of the question, and is
	 * void as soon as the question is answered or expires, or its run ends. It is made in
	 * the caller's transaction if there is one.
	 * @param runId the run that asks
	 * @param question the key of the question
	 * @return the token, 43 characters that are safe in a URL
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws QuestionNotOpenException if it has been answered or has expired, or there
	 * is no such question
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	String answerToken(String runId, String question);

	/**
	 * Finds the question of a token, whoever the current user is.
	 * @param token the token
	 * @return the question, if the token is not void
	 */
	Optional<Question> questionOfToken(String token);

	/**
	 * Answers the question of a token, whoever the current user is. The question is
	 * answered by {@code token:} and the first characters of the token's digest. The same
	 * answer once more is accepted with the same result, and stored once.
	 * @param token the token
	 * @param answer the answer, as for {@link #answer}
	 * @return the question with its answer; empty if the token is void
	 * @throws InvalidAnswerException if it is no answer to the question
	 */
	Optional<Question> answerByToken(String token, @Nullable Object answer);

	/**
	 * Lists questions, the latest first.
	 * @param filter which questions
	 * @param after the last question of the page before, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the questions of the runs that the user may see
	 */
	default List<Question> questions(QuestionFilter filter, @Nullable Question after, int limit) {
		return questions(filter, QuestionViewer.EVERYBODY, after, limit);
	}

	/**
	 * Lists the questions that somebody sees, the latest first, for code that serves
	 * several users.
	 * @param filter which questions
	 * @param viewer who sees which of them
	 * @param after the last question of the page before, or {@code null} to begin
	 * @param limit how many at the most
	 * @return the questions, among those of the runs that the user of this view may see
	 */
	List<Question> questions(QuestionFilter filter, QuestionViewer viewer, @Nullable Question after, int limit);

	/**
	 * Lists the roles that questions are asked of, whoever may see them.
	 * @param filter which questions; their workflow does not matter
	 * @return the roles
	 */
	Set<String> questionRoles(QuestionFilter filter);

	/**
	 * Finds a question.
	 * @param runId the run that asks
	 * @param question the key of the question
	 * @return the question, if the user may see its run
	 */
	Optional<Question> question(String runId, String question);

	/**
	 * Lists what a paused run waits for.
	 * @param runId the run
	 * @return the waits; empty if it waits for nothing
	 * @throws RunNotFoundException if there is no such run that the user may see
	 */
	List<RunWait> waitsOf(String runId);

	/**
	 * Compares the code of a run's workflow with the run's recorded steps. The method is
	 * called with the recorded input, and stops where a step would be executed; nothing
	 * is stored.
	 * @param runId the run
	 * @return what came of it
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	RunVerification verify(String runId);

	/**
	 * Compares the code of a run's workflow with the run's recorded steps as
	 * {@link #verify(String)} does, on a thread of its own and for a limited time. Code
	 * that takes longer is asked to stop as that of a run that is cancelled.
	 * @param runId the run
	 * @param limit the time that it may take
	 * @return what came of it
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws StepsNotRecordedException if the store does not record steps
	 * @throws RunVerificationTimeoutException if it takes longer
	 * @throws java.util.concurrent.RejectedExecutionException if too many comparisons are
	 * in progress
	 */
	RunVerification verify(String runId, Duration limit);

	/**
	 * Compares the code of a workflow with the recorded steps of its unfinished runs, and
	 * of those that could be continued: newest first, in pages.
	 * @param workflowId the workflow
	 * @param page the page to return
	 * @return what came of it for each run of the page that the user may see
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	Page<RunVerification> verifyUnfinished(String workflowId, RunPage page);

	/**
	 * Compares the code of a workflow with the recorded steps of its runs as
	 * {@link #verifyUnfinished(String, RunPage)} does, for a limited time. Runs that are
	 * not reached in that time are left to the next page. The first run of a page that
	 * takes the whole time by itself counts as one that does not match.
	 * @param workflowId the workflow
	 * @param page the page to return, which may get less runs than it has room for
	 * @param limit the time that the page may take
	 * @return what came of it for each run of the page that the user may see
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws StepsNotRecordedException if the store does not record steps
	 * @throws java.util.concurrent.RejectedExecutionException if too many comparisons are
	 * in progress
	 */
	Page<RunVerification> verifyUnfinished(String workflowId, RunPage page, Duration limit);

	/**
	 * Returns whether {@link #retry} or {@link #resume} could continue a run as it is
	 * stored now.
	 * @param runId the run
	 * @return whether it could be continued
	 * @throws RunNotFoundException if there is no such run that the user may see
	 */
	boolean isResumable(String runId);

	/**
	 * Lists the recorded steps of a run, in the order in which they began, and among them
	 * the nested runs that it called.
	 * @param runId the run
	 * @param after the key of the step after which the list goes on, or {@code null} to
	 * begin with the first
	 * @param limit how many at the most
	 * @return the steps, empty if there are no more
	 * @throws RunNotFoundException if there is no such run that the user may see
	 * @throws IllegalArgumentException if the run has no step {@code after}
	 * @throws StepsNotRecordedException if the store does not record steps
	 */
	List<RunStep> steps(String runId, @Nullable String after, int limit);

	/**
	 * Queues a run, which any node of the application executes. It is stored in the
	 * caller's transaction, if there is one: it is executed after its commit, and never
	 * if it is rolled back.
	 *
	 * <pre class="code">
	 * RunHandle run = runs.submit(research, (workflow) -&gt; workflow.run("fusion"));
	 * </pre>
	 * @param workflow the workflow
	 * @param call calls the workflow's method, whose arguments are stored; the call
	 * returns nothing, and the method is not executed by it
	 * @return a handle to the run
	 * @throws IllegalStateException if runs cannot be queued here, or the call is not one
	 * of the workflow's {@code run()} or {@code arun()}
	 */
	default <W extends Workflow> RunHandle submit(W workflow, Call<? super W> call) {
		return submit(workflow, call, SubmitOptions.none());
	}

	/**
	 * Queues a run, like {@link #submit(Workflow, Call)}. An enclosing
	 * {@link WorkflowScope} sets session, user and options of the run.
	 * @param workflow the workflow
	 * @param call calls the workflow's method
	 * @param options the options
	 * @return a handle to the run
	 */
	<W extends Workflow> RunHandle submit(W workflow, Call<? super W> call, SubmitOptions options);

	/**
	 * Queues a run with input by parameter name, like {@link #submit(Workflow, Call)}.
	 * @param workflowId the workflow
	 * @param input plain values by parameter name
	 * @return a handle to the run
	 * @throws WorkflowNotFoundException if there is no such workflow
	 * @throws InvalidInputException if the input does not match its parameters
	 * @throws IllegalStateException if runs cannot be queued here
	 */
	default RunHandle submit(String workflowId, Map<String, ? extends @Nullable Object> input) {
		return submit(workflowId, input, SubmitOptions.none());
	}

	/**
	 * Queues a run with input by parameter name, like {@link #submit(Workflow, Call)}.
	 * @param workflowId the workflow
	 * @param input plain values by parameter name
	 * @param options the options
	 * @return a handle to the run
	 */
	RunHandle submit(String workflowId, Map<String, ? extends @Nullable Object> input, SubmitOptions options);

	/**
	 * Returns whether runs of a workflow can be queued: there is an engine, the workflow
	 * has no storage of its own, and no filter changes its recorded input.
	 * @param workflowId the workflow
	 * @return whether they can be queued
	 */
	boolean isQueueable(String workflowId);

	/**
	 * Returns a handle to a run that was queued before, perhaps by another process.
	 * @param runId the run
	 * @return a handle, which works as long as the user may see the run
	 */
	RunHandle handle(String runId);

	/**
	 * Calls the method of a workflow whose arguments are recorded.
	 *
	 * @param <W> the type of the workflow
	 */
	@FunctionalInterface
	interface Call<W extends Workflow> {

		/**
		 * Calls {@code run()} or {@code arun()}, and nothing else.
		 * @param workflow the workflow
		 * @throws Exception what a checked method declares
		 */
		void on(W workflow) throws Exception;

	}

	/**
	 * Finds an unfinished run.
	 * @param runId the run
	 * @return the run with its owner, if the user may see it
	 */
	Optional<UnfinishedRun> findUnfinished(String runId);

	/**
	 * Lists the unfinished runs, newest first. A run whose owner is not alive was
	 * interrupted, since its process died.
	 * @param page the page to return
	 * @return the runs that the user may see
	 */
	Page<UnfinishedRun> unfinished(RunPage page);

	/**
	 * Lists the unfinished runs of this process, oldest first.
	 * @return the runs that the user may see
	 */
	List<NodeRun> ofThisNode();

	/**
	 * Returns the id of this process in the store.
	 * @return the id, or {@code null} if the store does not record the nodes of runs
	 */
	@Nullable String nodeId();

}

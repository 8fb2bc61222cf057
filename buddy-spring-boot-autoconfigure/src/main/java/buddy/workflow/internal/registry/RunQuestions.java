package buddy.workflow.internal.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

import buddy.durable.AnswerOutcome;
import buddy.durable.QuestionFilter;
import buddy.durable.QuestionStatus;
import buddy.durable.QuestionViewer;
import buddy.durable.RunJournal;
import buddy.durable.RunWaits;
import buddy.durable.StepHead;
import buddy.durable.StepKind;
import buddy.durable.StoredQuestion;
import buddy.json.internal.Json;
import buddy.run.RunStatus;
import buddy.run.RunWait;
import buddy.storage.StoredRun;
import buddy.storage.WorkflowSessionRepository;
import buddy.workflow.InputConstraints;
import buddy.workflow.InvalidAnswerException;
import buddy.workflow.InvalidInputException;
import buddy.workflow.Question;
import buddy.workflow.QuestionNotOpenException;
import buddy.workflow.WorkflowInternals;

/**
 * The questions of runs, and their answers.
 */
final class RunQuestions {

	private static final boolean TRANSACTIONS = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronization", RunQuestions.class.getClassLoader());

	private final RegisteredWorkflows workflows;

	private final Supplier<WorkflowSessionRepository> repository;

	private final RunJournal journal;

	private final RunWaits waits;

	private final PausedRuns paused;

	private final RunVerifications verifications;

	RunQuestions(RegisteredWorkflows workflows, Supplier<WorkflowSessionRepository> repository, RunJournal journal,
			RunWaits waits, PausedRuns paused, RunVerifications verifications) {
		this.journal = journal;
		this.workflows = workflows;
		this.repository = repository;
		this.waits = waits;
		this.paused = paused;
		this.verifications = verifications;
	}

	/**
	 * Answers a question, in the caller's transaction if there is one.
	 * @param run the run that asks
	 * @param key the key of the question
	 * @param answer the answer
	 * @param user who answers
	 * @param alongside writes something else in the same transaction
	 */
	Question answer(StoredRun run, String key, @Nullable Object answer, @Nullable String user, Runnable alongside) {
		StoredQuestion asked = this.waits.find(run.runId(), key)
			.orElseThrow(() -> new QuestionNotOpenException(run.runId(), key, AnswerOutcome.NOT_FOUND));
		requireOpen(asked);
		StoredRun root = this.paused.root(run);
		if (root.status().isTerminal()) {
			throw new QuestionNotOpenException(run.runId(), key, AnswerOutcome.NOT_FOUND);
		}
		String json = checked(run, key, answer);
		AnswerOutcome outcome = this.waits.answer(run.runId(), key, json, user, root.runId(), alongside);
		if (outcome != AnswerOutcome.STORED) {
			throw new QuestionNotOpenException(run.runId(), key, outcome);
		}
		afterCommit(() -> this.paused.continueSoon(root.runId()));
		return this.waits.find(run.runId(), key).map(RunQuestions::question).orElseThrow();
	}

	private void requireValid(String workflowId, String key, Object answer) {
		InputConstraints constraints = this.workflows.find(workflowId)
			.map((workflow) -> WorkflowInternals.constraints(workflow.target()))
			.orElse(null);
		List<InvalidInputException.Fault> faults = (constraints != null) ? constraints.check(answer) : List.of();
		if (!faults.isEmpty()) {
			throw new InvalidAnswerException(key, faults);
		}
	}

	/** While an answer is checked, another one may be stored. */
	private String checked(StoredRun run, String key, @Nullable Object answer) {
		try {
			return this.verifications.checkAnswer(run, key, answer,
					(read) -> requireValid(run.workflowId(), key, read));
		}
		catch (RuntimeException ex) {
			requireOpen(this.waits.find(run.runId(), key)
				.orElseThrow(() -> new QuestionNotOpenException(run.runId(), key, AnswerOutcome.NOT_FOUND)));
			if (this.repository.get().findRun(run.runId()).filter((now) -> !now.status().isTerminal()).isEmpty()) {
				throw new QuestionNotOpenException(run.runId(), key, AnswerOutcome.NOT_FOUND);
			}
			throw ex;
		}
	}

	private static void requireOpen(StoredQuestion question) {
		if (question.status() != QuestionStatus.OPEN) {
			throw new QuestionNotOpenException(question.runId(), question.key(),
					(question.status() == QuestionStatus.ANSWERED) ? AnswerOutcome.ANSWERED : AnswerOutcome.EXPIRED);
		}
	}

	private static void afterCommit(Runnable action) {
		if (!TRANSACTIONS || !CallersTransaction.runAfter(action)) {
			action.run();
		}
	}

	/** Lists the questions that somebody sees, the latest first. */
	List<Question> list(QuestionFilter filter, QuestionViewer viewer, @Nullable Question after, int limit) {
		return this.waits.list(filter, viewer, (after != null) ? position(after) : null, limit)
			.stream()
			.map(RunQuestions::question)
			.toList();
	}

	/** Returns where a question stands in a list, also if it is gone meanwhile. */
	private static StoredQuestion position(Question after) {
		return new StoredQuestion(after.runId(), after.question(), after.status(), "{}", null, after.assignee(),
				after.role(), after.askedAt().toEpochMilli(), null, null, null, null, null);
	}

	/** Lists the roles that are asked. */
	Set<String> roles(QuestionFilter filter) {
		return this.waits.roles(filter);
	}

	/** Finds a question as those see it who may answer it. */
	Optional<Question> find(StoredRun run, String key) {
		return this.waits.find(run.runId(), key)
			.map((stored) -> (stored.status() == QuestionStatus.OPEN && run.status().isTerminal())
					? question(stored, QuestionStatus.CLOSED) : question(stored));
	}

	/** Lists what a paused run and those that it has called wait for. */
	List<RunWait> waitsOf(String runId) {
		List<RunWait> all = new ArrayList<>(
				this.waits.waiting(runId).stream().map((step) -> wait(runId, step)).toList());
		new TreeMap<>(this.journal.nested(runId)).values()
			.stream()
			.filter((called) -> this.repository.get()
				.findRun(called)
				.filter((run) -> run.status() == RunStatus.PAUSED)
				.isPresent())
			.forEach((called) -> all.addAll(waitsOf(called)));
		return all;
	}

	private RunWait wait(String runId, StepHead step) {
		Long dueAt = step.isTimed() ? step.dueAt() : null;
		Instant due = (dueAt != null) ? Instant.ofEpochMilli(dueAt) : null;
		if (step.kind() == StepKind.SLEEP) {
			return new RunWait(RunWait.TIME, runId, step.key(), null, null, due);
		}
		StoredQuestion question = this.waits.find(runId, step.key()).orElse(null);
		if (step.kind() != StepKind.INPUT && (question == null || question.status() != QuestionStatus.OPEN)) {
			return new RunWait(RunWait.RETRY, runId, step.key(), null, null, due, step.attempts() + 1);
		}
		return new RunWait(RunWait.ANSWER, runId, step.key(),
				(question != null) ? Json.readMap(question.schema()) : null,
				(question != null && question.shown() != null) ? Json.readPlain(question.shown()) : null, due);
	}

	static Question question(StoredQuestion stored) {
		return question(stored, stored.status());
	}

	private static Question question(StoredQuestion stored, QuestionStatus status) {
		String shown = stored.shown();
		String answer = stored.answer();
		return new Question(stored.runId(), stored.key(), status, Json.readMap(stored.schema()),
				(shown != null) ? Json.readPlain(shown) : null, stored.assignee(), stored.role(),
				Instant.ofEpochMilli(stored.askedAt()), instant(stored.expiresAt()),
				(answer != null) ? Json.readPlain(answer) : null, stored.answeredBy(), instant(stored.answeredAt()));
	}

	private static @Nullable Instant instant(@Nullable Long millis) {
		return (millis != null) ? Instant.ofEpochMilli(millis) : null;
	}

	/** Loaded only where Spring's transactions are present. */
	private static final class CallersTransaction {

		/** Returns whether there is one, after whose commit the action is executed. */
		static boolean runAfter(Runnable action) {
			if (!TransactionSynchronizationManager.isSynchronizationActive()
					|| !TransactionSynchronizationManager.isActualTransactionActive()) {
				return false;
			}
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					action.run();
				}

			});
			return true;
		}

	}

}

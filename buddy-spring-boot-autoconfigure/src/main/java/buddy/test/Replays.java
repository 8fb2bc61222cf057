package buddy.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

import buddy.durable.MapRunJournal;
import buddy.storage.MapWorkflowSessionRepository;
import buddy.workflow.DurableOptions;
import buddy.workflow.RunVerification;
import buddy.workflow.Workflow;
import buddy.workflow.internal.registry.RegisteredWorkflows;
import buddy.workflow.runner.WorkflowRunner;
import buddy.workflow.runner.Workflows;

/**
 * Runs the code of a workflow against the recorded steps of a real run, to find out
 * whether runs that are in progress can go on with new code.
 *
 * <pre>
 * Replays.of(new RefundWorkflow(agents)).fromClassPath("runs/refund-4711.json").verify();
 * </pre>
 *
 * <p>
 * The steps are the answer of {@code GET /runs/{id}/steps?full=true}. Every recorded step
 * hands back its result; no step, no agent and no nested run is executed, and nothing is
 * stored. The replay ends well where the recorded steps end. What {@code run()} does
 * outside of steps is executed.
 */
public final class Replays {

	private final Workflow workflow;

	private Replays(Workflow workflow) {
		this.workflow = workflow;
	}

	/**
	 * Begins the replay of a workflow.
	 * @param workflow the workflow, or its bean; workflows that it calls must be beans,
	 * or made by {@link Workflows#proxy(Workflow)}
	 * @return the replay, which needs the steps of a run
	 */
	public static Replays of(Workflow workflow) {
		Object target = AopProxyUtils.getSingletonTarget(workflow);
		return new Replays((target instanceof Workflow itself) ? itself : workflow);
	}

	/**
	 * Takes the steps from JSON text.
	 * @param json the steps
	 * @return the replay
	 * @throws IllegalArgumentException if the text is not what the route answers
	 */
	public Replay from(String json) {
		return from(List.of(json));
	}

	/**
	 * Takes the steps from several pages of JSON text, in the order of the steps.
	 * @param pages the pages, each requested with {@code full=true}
	 * @return the replay
	 * @throws IllegalArgumentException if a page is not what the route answers, or one is
	 * missing
	 */
	public Replay from(List<String> pages) {
		RecordedJournal recorded = RecordedJournal.read(pages);
		String workflowId = recorded.run().workflowId();
		if (!workflowId.equals(this.workflow.workflowId())) {
			throw new IllegalArgumentException("Run '" + recorded.run().runId() + "' is of workflow '" + workflowId
					+ "', and is to be replayed by workflow '" + this.workflow.workflowId() + "'");
		}
		return new Replay(this.workflow, recorded);
	}

	/**
	 * Takes the steps from a file.
	 * @param file the file, in UTF-8
	 * @return the replay
	 */
	public Replay from(Path file) {
		return from(new FileSystemResource(file));
	}

	/**
	 * Takes the steps from a resource of Spring.
	 * @param resource the resource, in UTF-8
	 * @return the replay
	 */
	public Replay from(Resource resource) {
		try {
			return from(resource.getContentAsString(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The steps cannot be read from " + resource.getDescription(), ex);
		}
	}

	/**
	 * Takes the steps from the class path.
	 * @param path the path, such as {@code runs/refund-4711.json}
	 * @return the replay
	 */
	public Replay fromClassPath(String path) {
		return from(new ClassPathResource(path));
	}

	/**
	 * The replay of one run.
	 */
	public static final class Replay {

		private final Workflow workflow;

		private final RecordedJournal recorded;

		private Replay(Workflow workflow, RecordedJournal recorded) {
			this.workflow = workflow;
			this.recorded = recorded;
		}

		/**
		 * Replays the run, and verifies that its recorded steps fit the code.
		 * @return what came of it, with the step that would be executed next
		 * @throws AssertionError if they do not, with the first place that differs
		 */
		public RunVerification verify() {
			MapWorkflowSessionRepository store = new MapWorkflowSessionRepository();
			MapRunJournal journal = this.recorded.writeTo(store);
			try (WorkflowRunner runner = WorkflowRunner.over(() -> store)
				.durable(journal, DurableOptions.DEFAULTS)
				.build()) {
				RegisteredWorkflows registered = new RegisteredWorkflows(Map.of());
				registered.register(this.workflow.workflowId(), Workflows.proxy(this.workflow, runner));
				RunVerification found = runner.runs(() -> null, registered)
					.ofEverybody()
					.verify(this.recorded.run().runId());
				if (!found.matches()) {
					throw new AssertionError((found.problem() != null) ? found.problem() : "Run '" + found.runId()
							+ "' of workflow '" + found.workflowId() + "' cannot be continued with this code");
				}
				return found;
			}
		}

	}

}

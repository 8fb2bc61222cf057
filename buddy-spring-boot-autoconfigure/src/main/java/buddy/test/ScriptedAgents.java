package buddy.test;

import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import buddy.agent.Agents;
import buddy.agent.ChatModels;

/**
 * Agents whose answers are scripted by a test, with one script per agent.
 *
 * <pre>
 * agents.agent("router").replies("billing");
 * agents.agent("billing").callsTool("invoice", Map.of("number", 7)).replies("It is paid.");
 * </pre>
 *
 * An agent whose own script has ended continues with the script of {@link #anyAgent},
 * which all agents share:
 *
 * <pre>
 * agents.anyAgent().alwaysRepliesWith((question) -&gt; "Echo of " + question);
 * </pre>
 */
public final class ScriptedAgents {

	private final ScriptedChatModel anyAgent = new ScriptedChatModel("The script of any agent", null);

	private final Map<String, ScriptedChatModel> byName = new ConcurrentHashMap<>();

	private final Agents agents;

	/**
	 * Creates agents with empty scripts, for a test without a container.
	 */
	public ScriptedAgents() {
		this(Clock.systemUTC());
	}

	/**
	 * Creates agents with empty scripts.
	 * @param clock the clock for responses and events
	 */
	public ScriptedAgents(Clock clock) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-agent-");
		executor.setDaemon(true);
		this.agents = new Agents(ChatModels.choosing((agent, chatModel) -> agent(agent)), ChatClient::builder, clock,
				executor);
	}

	/**
	 * Returns the agents to create workflows with.
	 * @return the agents
	 */
	public Agents agents() {
		return this.agents;
	}

	/**
	 * Returns the script of an agent.
	 * @param name the agent's name
	 * @return the script, which also records what the agent was asked
	 */
	public ScriptedChatModel agent(String name) {
		return this.byName.computeIfAbsent(name,
				(unknown) -> new ScriptedChatModel("Agent '" + name + "'", this.anyAgent));
	}

	/**
	 * Returns the script that all agents share. The next call of any agent whose own
	 * script has ended takes its next answer. Such a call is recorded in the
	 * {@link ScriptedChatModel#questions() questions} of both scripts.
	 * @return the script
	 */
	public ScriptedChatModel anyAgent() {
		return this.anyAgent;
	}

	/**
	 * Verifies that all scripts were used up.
	 * @throws AssertionError if answers of a script are left
	 */
	public void verifyComplete() {
		this.anyAgent.verifyComplete();
		new TreeMap<>(this.byName).values().forEach(ScriptedChatModel::verifyComplete);
	}

	/**
	 * Clears all scripts and recorded prompts.
	 */
	public void reset() {
		this.anyAgent.reset();
		this.byName.values().forEach(ScriptedChatModel::reset);
	}

}

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
 * Agents that say what a test told them to, each by a script of its own.
 *
 * <pre>
 * agents.agent("router").replies("billing");
 * agents.agent("billing").callsTool("invoice", Map.of("number", 7)).replies("It is paid.");
 * </pre>
 *
 * An agent whose own script has no line left takes the next one of {@link #anyAgent}, a
 * script that all agents share:
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
	 * @param clock tells the time of responses and events
	 */
	public ScriptedAgents(Clock clock) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("buddy-agent-");
		executor.setDaemon(true);
		this.agents = new Agents(ChatModels.choosing((agent, chatModel) -> agent(agent)), ChatClient::builder, clock,
				executor);
	}

	/**
	 * Returns what to build workflows with.
	 * @return the source of agents
	 */
	public Agents agents() {
		return this.agents;
	}

	/**
	 * Returns the script of an agent.
	 * @param name the agent's name
	 * @return the script, to add to and to ask what was asked
	 */
	public ScriptedChatModel agent(String name) {
		return this.byName.computeIfAbsent(name,
				(unknown) -> new ScriptedChatModel("Agent '" + name + "'", this.anyAgent));
	}

	/**
	 * Returns the script that all agents share: whichever agent is called next, and has
	 * no line of its own left, takes the next line of it. What such agents are asked is
	 * among their own {@link ScriptedChatModel#questions() questions} and among this
	 * script's.
	 * @return the script
	 */
	public ScriptedChatModel anyAgent() {
		return this.anyAgent;
	}

	/**
	 * Checks that all scripts were said to their ends.
	 * @throws AssertionError if lines of one are left
	 */
	public void verifyComplete() {
		this.anyAgent.verifyComplete();
		new TreeMap<>(this.byName).values().forEach(ScriptedChatModel::verifyComplete);
	}

	/**
	 * Empties all scripts, and forgets what was asked.
	 */
	public void reset() {
		this.anyAgent.reset();
		this.byName.values().forEach(ScriptedChatModel::reset);
	}

}

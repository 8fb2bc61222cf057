package com.example;

import buddy.agent.Agent;
import buddy.agent.Agents;
import buddy.workflow.Workflow;

public class ResearchWorkflow extends Workflow {

	private final Agent researcher;

	public ResearchWorkflow(Agents agents) {
		this.researcher = agents.named("researcher").instructions("Answer in two sentences.").build();
	}

	public String run(String topic) {
		String facts = this.researcher.run("Tell me about " + topic + ".").contentAsString();
		sessionState().append("topics", topic);
		return facts;
	}

}

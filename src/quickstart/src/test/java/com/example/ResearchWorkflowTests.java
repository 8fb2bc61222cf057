package com.example;

import java.util.List;

import buddy.test.RecordedRuns;
import buddy.test.ScriptedAgents;
import buddy.test.WorkflowTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

import static buddy.test.WorkflowAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

@WorkflowTest
class ResearchWorkflowTests {

	@Autowired
	private ResearchWorkflow research;

	@Autowired
	private ScriptedAgents agents;

	@Autowired
	private RecordedRuns runs;

	@Test
	void topicIsRemembered() {
		this.agents.agent("researcher").replies("A hot drink.");
		assertThat(this.research.run("tea")).isEqualTo("A hot drink.");
		assertThat(this.runs.last()).completed().hasStateEntry("topics", List.of("tea"));
	}

}

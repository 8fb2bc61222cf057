package com.example;

import buddy.workflow.WorkflowScope;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ResearchController {

	private final ResearchWorkflow research;

	ResearchController(ResearchWorkflow research) {
		this.research = research;
	}

	@PostMapping("/topics/{sessionId}")
	String research(@PathVariable String sessionId, @RequestParam String topic) {
		return WorkflowScope.session(sessionId).call(() -> this.research.run(topic));
	}

}

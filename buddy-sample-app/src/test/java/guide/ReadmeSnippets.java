package guide;

import buddy.run.RunResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import sample.workflows.ResearchWorkflow;

/**
 * The code of the README that is not the sample's own.
 */
final class ReadmeSnippets {

	private ReadmeSnippets() {
	}

	@RestController
	static class ResearchController {

		private final ResearchWorkflow research;

		ResearchController(ResearchWorkflow research) {
			this.research = research;
		}

		@PostMapping("/topics/{sessionId}")
		RunResponse research(@PathVariable String sessionId, @RequestParam String topic) {
			return this.research.run(sessionId, topic);
		}

	}

}

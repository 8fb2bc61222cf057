package benchmarks.startup;

import buddy.workflow.Workflow;

/**
 * Found where the starter is on the class path, not even loaded elsewhere.
 */
class GreetingWorkflow extends Workflow {

	String run(String name) {
		return "Hello " + name;
	}

}

package guide;

import java.time.Duration;
import java.util.Map;

import buddy.workflow.MissedFires;
import buddy.workflow.Schedule;
import buddy.workflow.ScheduleDefinition;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSchedule;
import buddy.workflow.WorkflowSchedules;

/**
 * The code of the page on schedules.
 */
class ScheduleSnippets {

	@WorkflowSchedule(cron = "0 0 6 * * MON-FRI", zone = "Europe/Berlin", input = "{\"topic\": \"markets\"}")
	static class BriefingWorkflow extends Workflow {

		public String run(String topic) {
			return "What is new about " + topic;
		}

	}

	@WorkflowSchedule(id = "clean-nightly", cron = "@daily", input = "{\"deep\": true}")
	@WorkflowSchedule(id = "clean-often", every = "10m", input = "{\"deep\": false}", missed = MissedFires.SKIP)
	static class CleanWorkflow extends Workflow {

		public String run(boolean deep) {
			return deep ? "deep" : "light";
		}

	}

	static class Reports {

		private final WorkflowSchedules schedules;

		Reports(WorkflowSchedules schedules) {
			this.schedules = schedules;
		}

		Schedule subscribe(String user, String topic) {
			return this.schedules.create(ScheduleDefinition.of("briefing")
				.id("briefing-" + user)
				.every(Duration.ofDays(1))
				.input(Map.of("topic", topic))
				.user(user));
		}

		void holiday(String user) {
			this.schedules.pause("briefing-" + user);
		}

		String now(String user) {
			return this.schedules.fireNow("briefing-" + user);
		}

	}

}

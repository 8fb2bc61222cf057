package buddy.web;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import buddy.run.RunResponseEvent;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;

/**
 * Workflows that say what a test tells them to.
 */
@Configuration(proxyBeanMethods = false)
class ToldWorkflows {

	@Bean
	ToldWorkflow told() {
		return new ToldWorkflow();
	}

	@Bean
	LoudWorkflow loud() {
		return new LoudWorkflow();
	}

	/** The body of a request that starts a run in a session of its own. */
	static String inSession(String session) {
		return "{\"session\":{\"session_id\":\"" + session + "\"}}";
	}

	static String newSession() {
		return "s-" + UUID.randomUUID();
	}

	/** Emits an event for each text that a test tells it, until that lets it end. */
	static class ToldWorkflow extends Workflow {

		private static final String END = "end";

		private final Map<String, BlockingQueue<String>> told = new ConcurrentHashMap<>();

		void tell(String session, int number) {
			texts(session).add(String.valueOf(number));
		}

		void end(String session) {
			texts(session).add(END);
		}

		private BlockingQueue<String> texts(String session) {
			return this.told.computeIfAbsent(session, (id) -> new LinkedBlockingQueue<>());
		}

		String run(@SessionId String session) throws InterruptedException {
			while (!cancelled()) {
				String text = texts(session).poll(20, TimeUnit.MILLISECONDS);
				if (END.equals(text)) {
					return "done";
				}
				if (text != null) {
					emit(RunResponseEvent.custom("told", text));
				}
			}
			return "stopped";
		}

	}

	/** Emits more than sockets hold. */
	static class LoudWorkflow extends Workflow {

		String run(int events, int size) {
			String text = "x".repeat(size);
			for (int i = 0; i < events; i++) {
				emit(RunResponseEvent.content(text));
			}
			return "done";
		}

	}

}

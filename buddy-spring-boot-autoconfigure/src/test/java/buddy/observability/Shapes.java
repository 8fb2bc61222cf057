package buddy.observability;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import buddy.workflow.NotRecorded;
import buddy.workflow.SessionId;
import buddy.workflow.Workflow;
import buddy.workflow.WorkflowSettings;

/**
 * Workflows of each shape, whose body a test gives.
 */
final class Shapes {

	private Shapes() {
	}

	static class Value extends Workflow {

		Value() {
			this("value");
		}

		Value(String id) {
			super(WorkflowSettings.builder().workflowId(id).build());
		}

		Object run(@SessionId String session, String topic, @NotRecorded Supplier<Object> body) {
			return body.get();
		}

	}

	static class Stage extends Workflow {

		CompletableFuture<Object> arun(@SessionId String session, Supplier<CompletableFuture<Object>> body) {
			return body.get();
		}

	}

	static class Pulled extends Workflow {

		Stream<String> run(@SessionId String session, Supplier<Stream<String>> body) {
			return body.get();
		}

	}

	static class Items extends Workflow {

		Flux<String> run(@SessionId String session, Supplier<Flux<String>> body) {
			return body.get();
		}

	}

	static class Single extends Workflow {

		Mono<String> run(@SessionId String session, Supplier<Mono<String>> body) {
			return body.get();
		}

	}

	static class Branches extends Workflow {

		List<String> run(@SessionId String session, List<Integer> items, Function<Integer, String> body) {
			return parallel("branches", items, body);
		}

	}

}

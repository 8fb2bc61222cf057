package buddy.workflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import buddy.run.EventHeader;
import buddy.run.RunResponseEvent;
import buddy.run.RunResponseEvent.RunCompleted;
import buddy.run.RunResponseEvent.RunResponseContent;
import buddy.run.RunResponseEvent.RunStarted;
import buddy.run.RunResponseEvent.WorkflowCancelled;
import buddy.run.RunResponseEvent.WorkflowCompleted;
import buddy.run.RunResponseEvent.WorkflowError;
import buddy.run.RunResponseEvent.WorkflowStarted;
import buddy.run.RunStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The events that a run's caller and its listeners see.
 */
class EventStreamTests {

	private final Recorded recorded = new Recorded();

	private final Pulling pulling = this.recorded.proxy(new Pulling());

	private final Pushing pushing = this.recorded.proxy(new Pushing());

	@Test
	void workflowsEventsOfTheBodyAreNotToldTwice() {
		List<RunResponseEvent> all = List.of(new WorkflowStarted(EventHeader.NONE), RunResponseEvent.content("a"),
				new WorkflowError(EventHeader.NONE, "no", "none"), new WorkflowCancelled(EventHeader.NONE, "no"),
				new WorkflowCompleted(EventHeader.NONE, "whole", "str"));
		String[] framed = { "WorkflowStarted", "RunResponseContent", "WorkflowCompleted" };
		assertThat(this.pulling.run("s", all::stream)).extracting(RunResponseEvent::event).containsExactly(framed);
		assertThat(this.recorded.eventNames()).containsExactly(framed);
		this.recorded.events.clear();
		StepVerifier.create(this.pushing.run("s2", () -> Flux.fromIterable(all)).map(RunResponseEvent::event), 0)
			.thenRequest(1)
			.expectNext(framed[0])
			.thenRequest(1)
			.expectNext(framed[1])
			.thenRequest(1)
			.expectNext(framed[2])
			.verifyComplete();
		assertThat(this.recorded.eventNames()).containsExactly(framed);
		// a completed-event's text is the whole
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("whole");
		assertThat(this.recorded.onlyRun("s2").response().content()).isEqualTo("whole");
	}

	@Test
	void workflowsEventsThatTheBodyEmitsAreNotTold() {
		this.pulling.run("s", () -> {
			this.pulling.tell(new WorkflowCompleted(EventHeader.NONE, "no", "str"));
			this.pulling.tell(RunResponseEvent.custom("mine", 1));
			return Stream.of();
		}).toList();
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "CustomEvent", "WorkflowCompleted");
	}

	@Test
	void anotherWorkflowsStreamPassesThroughWithinTheFrame() {
		Pulling inner = this.recorded.proxy(new Pulling(), this.recorded.repository);
		Outer outer = this.recorded.proxy(new Outer(inner));
		List<? extends RunResponseEvent> got = outer.run("s").toList();
		assertThat(got).extracting(RunResponseEvent::event)
			.containsExactly("WorkflowStarted", "RunResponseContent", "WorkflowCompleted");
		assertThat(got).extracting((event) -> event.header().workflowId()).containsOnly("outer");
	}

	@Test
	void agentsEventsKeepTheirAgentAndTheirTextIsCountedOnce() {
		EventHeader agent = EventHeader.ofAgent("agent-1", "writer", Instant.ofEpochSecond(42));
		List<RunResponseEvent> said = List.of(new RunStarted(agent, "model", "provider"),
				new RunResponseContent(agent, "Hel", "str", null), new RunResponseContent(agent, "lo", "str", null),
				new RunCompleted(agent, "Hello", "str", null), RunResponseEvent.content("!"));
		List<RunResponseEvent> got = this.pulling.run("s", said::stream).toList();
		assertThat(got.subList(1, 5)).allSatisfy((event) -> {
			assertThat(event.header().agentId()).isEqualTo("agent-1");
			assertThat(event.header().agentName()).isEqualTo("writer");
			assertThat(event.header().createdAt()).isEqualTo(Instant.ofEpochSecond(42));
			assertThat(event.header().runId()).isEqualTo(this.recorded.onlyRun("s").runId());
		});
		assertThat(this.recorded.onlyRun("s").response().content()).isEqualTo("Hello!");
		assertThat(((WorkflowCompleted) got.get(6)).content()).isEqualTo("Hello!");
	}

	@Test
	void errorEventComesBeforeTheVerySameException() {
		IllegalStateException boom = new IllegalStateException("boom");
		Iterator<RunResponseEvent> events = this.pulling
			.run("s",
					() -> Stream.of("a", "b")
						.map((text) -> text.equals("b") ? raise(boom) : RunResponseEvent.content(text)))
			.iterator();
		List<RunResponseEvent> got = new ArrayList<>();
		assertThatThrownBy(() -> events.forEachRemaining(got::add)).isSameAs(boom);
		assertThat(got).extracting(RunResponseEvent::event)
			.containsExactly("WorkflowStarted", "RunResponseContent", "WorkflowError");
		WorkflowError error = (WorkflowError) got.get(2);
		assertThat(error.error()).isEqualTo("boom");
		assertThat(error.errorType()).isEqualTo(IllegalStateException.class.getName());
		StepVerifier
			.create(this.pushing
				.run("s2", () -> Flux.concat(Flux.just(RunResponseEvent.content("a")), Flux.error(boom)))
				.map(RunResponseEvent::event))
			.expectNext("WorkflowStarted", "RunResponseContent", "WorkflowError")
			.verifyErrorSatisfies((ex) -> assertThat(ex).isSameAs(boom));
	}

	@Test
	void emittedEventsDoNotWaitForTheNextItem() {
		StepVerifier.create(this.pushing.run("s", () -> Flux.<RunResponseEvent>never().doOnSubscribe((subscription) -> {
			this.pushing.tell(RunResponseEvent.custom("progress", 1));
			this.pushing.tell(RunResponseEvent.custom("progress", 2));
		})).map(RunResponseEvent::event))
			.expectNext("WorkflowStarted", "CustomEvent", "CustomEvent")
			.thenCancel()
			.verify();
		assertThat(this.recorded.endedRun("s").status()).isEqualTo(RunStatus.CANCELLED);
	}

	@Test
	void itemsOfOtherTypesTakeNoEvents() {
		Plain plain = this.recorded.proxy(new Plain());
		assertThat(plain.run("s").toList()).containsExactly("text", 1);
		assertThat(this.recorded.eventNames()).containsExactly("WorkflowStarted", "WorkflowCompleted");
		Typed typed = this.recorded.proxy(new Typed());
		Stream<RunResponseContent> one = typed.run("s2");
		assertThat(one.map(RunResponseContent::content)).containsExactly("a");
		OneKind oneKind = this.recorded.proxy(new OneKind());
		assertThat(oneKind.run("s3")).extracting(RunResponseContent::content).containsExactly("a");
		assertThat(this.recorded.onlyRun("s3").response().content()).isEqualTo("a");
	}

	private static RunResponseEvent raise(RuntimeException ex) {
		throw ex;
	}

	static class Pulling extends Workflow {

		Stream<RunResponseEvent> run(@SessionId String sessionId, Supplier<Stream<RunResponseEvent>> body) {
			return body.get();
		}

		void tell(RunResponseEvent event) {
			emit(event);
		}

	}

	static class Outer extends Workflow {

		private final Pulling inner;

		Outer(Pulling inner) {
			this.inner = inner;
		}

		Stream<? extends RunResponseEvent> run(@SessionId String sessionId) {
			return this.inner.run("inner", () -> Stream.of(RunResponseEvent.content("a")));
		}

	}

	static class Pushing extends Workflow {

		Flux<RunResponseEvent> run(@SessionId String sessionId, Supplier<Flux<RunResponseEvent>> body) {
			return body.get();
		}

		void tell(RunResponseEvent event) {
			emit(event);
		}

	}

	static class Plain extends Workflow {

		Stream<Object> run(@SessionId String sessionId) {
			return Stream.of("text", 1);
		}

	}

	static class Typed extends Workflow {

		@SuppressWarnings("unchecked") // what the caller asks for
		<E extends RunResponseEvent> Stream<E> run(@SessionId String sessionId) {
			return Stream.of((E) RunResponseEvent.content("a"));
		}

	}

	static class OneKind extends Workflow {

		Iterable<RunResponseContent> run(@SessionId String sessionId) {
			return List.of((RunResponseContent) RunResponseEvent.content("a"));
		}

	}

}

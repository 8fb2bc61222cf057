package sample.web;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.reactivestreams.Publisher;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import buddy.run.RunResponse;
import buddy.run.RunResponseEvent;

import sample.workflows.AsyncResearchWorkflow;
import sample.workflows.CounterWorkflow;
import sample.workflows.FanOutWorkflow;
import sample.workflows.RefineWorkflow;
import sample.workflows.ResearchWorkflow;
import sample.workflows.StreamingWorkflow;
import sample.workflows.SupportWorkflow;

/**
 * Calls each workflow as any other bean.
 */
@RestController
class WorkflowController {

	private final ResearchWorkflow research;

	private final CounterWorkflow counter;

	private final StreamingWorkflow streaming;

	private final AsyncResearchWorkflow asyncResearch;

	private final SupportWorkflow support;

	private final RefineWorkflow refine;

	private final FanOutWorkflow fanOut;

	WorkflowController(ResearchWorkflow research, CounterWorkflow counter, StreamingWorkflow streaming,
			AsyncResearchWorkflow asyncResearch, SupportWorkflow support, RefineWorkflow refine,
			FanOutWorkflow fanOut) {
		this.research = research;
		this.counter = counter;
		this.streaming = streaming;
		this.asyncResearch = asyncResearch;
		this.support = support;
		this.refine = refine;
		this.fanOut = fanOut;
	}

	@PostMapping("/research/{sessionId}")
	RunResponse research(@PathVariable String sessionId, @RequestParam String topic) {
		return this.research.run(sessionId, topic);
	}

	@PostMapping("/counter/{sessionId}")
	RunResponse count(@PathVariable String sessionId) {
		return this.counter.run(sessionId);
	}

	@GetMapping(path = "/stream/{sessionId}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<RunResponseEvent>> stream(@PathVariable String sessionId, @RequestParam String query) {
		return this.streaming.run(sessionId, query)
			.switchOnFirst(WorkflowController::endedByAnEvent)
			.map((event) -> ServerSentEvent.builder(event).event(event.event()).build());
	}

	/**
	 * What is refused before the first event is a problem with a status of its own; once
	 * the response has begun, only an event can tell of a failure.
	 */
	private static Publisher<RunResponseEvent> endedByAnEvent(Signal<? extends RunResponseEvent> first,
			Flux<RunResponseEvent> events) {
		RunResponseEvent started = first.get();
		return (started == null) ? events : events.onErrorResume((failure) -> Mono.just(
				new RunResponseEvent.WorkflowError(started.header(), "The run failed", failure.getClass().getName())));
	}

	@PostMapping("/async/{sessionId}")
	CompletableFuture<RunResponse> researchAsync(@PathVariable String sessionId, @RequestParam String topic) {
		return this.asyncResearch.arun(sessionId, topic);
	}

	@PostMapping("/support/{sessionId}")
	RunResponse support(@PathVariable String sessionId, @RequestParam String question) {
		return this.support.run(sessionId, question);
	}

	@PostMapping("/refine/{sessionId}")
	RunResponse refine(@PathVariable String sessionId, @RequestParam String brief) {
		return this.refine.run(sessionId, brief);
	}

	@PostMapping("/fan-out/{sessionId}")
	RunResponse fanOut(@PathVariable String sessionId, @RequestParam List<String> topics) {
		return this.fanOut.run(sessionId, topics);
	}

}

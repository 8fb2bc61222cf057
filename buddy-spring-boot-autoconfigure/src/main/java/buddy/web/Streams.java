package buddy.web;

import java.net.URI;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.function.ServerResponse;

import buddy.event.EventPosition;
import buddy.workflow.WorkflowRuns;

/**
 * Opens event streams for clients, within the limits.
 */
final class Streams {

	private final Supplier<@Nullable EventStreams> events;

	private final WorkflowRuns runs;

	private final StreamLimits limits;

	private final WebSettings.OnDisconnect onDisconnect;

	/**
	 * Creates an instance.
	 * @param events supplies the streams, or {@code null} if no events are kept
	 * @param runs cancels runs whose client has disconnected, if configured
	 * @param settings the settings
	 */
	Streams(Supplier<@Nullable EventStreams> events, WorkflowRuns runs, WebSettings settings) {
		this.events = events;
		this.runs = runs;
		this.limits = new StreamLimits(settings.limits().streams(), settings.limits().streamsPerUser());
		this.onDisconnect = settings.onDisconnect();
	}

	/** Acquires a slot, before anything is started. */
	Runnable take(Caller caller) {
		requireEvents();
		return this.limits.take(caller.streamsOf());
	}

	/**
	 * Opens the stream for the client that started the run, in a slot that was acquired
	 * before.
	 */
	ServerResponse ofStarted(String runId, URI location, Runnable place) {
		Runnable gone = (this.onDisconnect == WebSettings.OnDisconnect.CANCEL)
				? () -> this.runs.ofEverybody()
					.cancel(runId, "the client that followed its events has disconnected (buddy.web.on-disconnect)")
				: () -> {
				};
		return new CountedStream(requireEvents().open(runId, null, gone), location.toString(), place);
	}

	/** Opens the stream for any client that may see the run. */
	ServerResponse open(Caller caller, String runId, URI location, @Nullable EventPosition after) {
		Runnable place = take(caller);
		boolean open = false;
		try {
			ServerResponse stream = requireEvents().open(runId, after, () -> {
			});
			open = true;
			return new CountedStream(stream, location.toString(), place);
		}
		finally {
			if (!open) {
				place.run();
			}
		}
	}

	private EventStreams requireEvents() {
		EventStreams streams = this.events.get();
		if (streams == null) {
			throw Problems.notAcceptable("This application keeps no events").refusal();
		}
		return streams;
	}

	int open() {
		return this.limits.total();
	}

}

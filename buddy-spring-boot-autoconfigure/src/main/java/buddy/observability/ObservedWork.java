package buddy.observability;

import java.util.Map;
import java.util.function.Supplier;

import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import org.jspecify.annotations.Nullable;

import buddy.run.Interception;

/**
 * Makes an observation current on every thread that executes its work, unless a child of
 * it is current already.
 */
class ObservedWork implements Interception {

	/** The key of the current observation for context propagation and Reactor. */
	static final String KEY = "micrometer.observation";

	private final ObservationRegistry registry;

	private final Observation observation;

	private volatile boolean stopped;

	ObservedWork(ObservationRegistry registry, Observation observation) {
		this.registry = registry;
		this.observation = observation;
	}

	@Override
	public final Entry enter() {
		Observation current = this.registry.getCurrentObservation();
		return (this.stopped || isWithin(current)) ? Entry.NONE : open(this.observation);
	}

	/** Does nothing, since Micrometer's own accessor opens and closes the scopes. */
	@Override
	public final Entry enterPropagated() {
		return Entry.NONE;
	}

	@Override
	public final Supplier<Entry> capture() {
		Observation current = this.registry.getCurrentObservation();
		if (current == null || current == this.observation || !isWithin(current)) {
			return this::enter;
		}
		return () -> (this.registry.getCurrentObservation() == current) ? Entry.NONE : open(current);
	}

	@Override
	public final Map<String, Object> contextValues() {
		return Map.of(KEY, this.observation);
	}

	final void stop(@Nullable Throwable error) {
		this.stopped = true;
		if (error != null) {
			this.observation.error(error);
		}
		this.observation.stop();
	}

	private boolean isWithin(@Nullable ObservationView current) {
		ObservationView one = current;
		while (one != null && one != this.observation) {
			one = one.getContextView().getParentObservation();
		}
		return one != null;
	}

	private Entry open(Observation current) {
		return new OpenScope(current.openScope());
	}

	/** The scope of the observation on a thread. */
	private final class OpenScope implements Entry {

		private final Observation.Scope scope;

		OpenScope(Observation.Scope scope) {
			this.scope = scope;
		}

		@Override
		public void close() {
			this.scope.close();
		}

		/** Outside of the work, the previous observation is current again. */
		@Override
		public Entry leave() {
			ObservationView around = ObservedWork.this.observation.getContextView().getParentObservation();
			Observation outer = (around instanceof Observation parent) ? parent
					: new NullObservation(ObservedWork.this.registry);
			return outer.openScope()::close;
		}

	}

}

package buddy.observability;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.NullObservation;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.tck.TestObservationRegistry;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A registry that checks how it is used, and the observations that have ended.
 */
final class Observed {

	final TestObservationRegistry registry = TestObservationRegistry.create();

	final List<Observation.Context> ended = new CopyOnWriteArrayList<>();

	Observed() {
		this.registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStop(Observation.Context context) {
				Observed.this.ended.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
	}

	@Nullable Observation current() {
		return this.registry.getCurrentObservation();
	}

	/** The only one of a name, which may end after its caller has its answer. */
	Observation.Context only(String name) {
		Awaitility.await().untilAsserted(() -> assertThat(ended(name)).as(name).hasSize(1));
		return ended(name).get(0);
	}

	List<Observation.Context> ended(String name) {
		return this.ended.stream().filter((one) -> name.equals(one.getName())).toList();
	}

	static String name(@Nullable ObservationView observation) {
		return (observation == null || observation instanceof NullObservation) ? "nothing"
				: String.valueOf(observation.getContextView().getName());
	}

	static @Nullable ObservationView parent(@Nullable ObservationView observation) {
		return (observation != null) ? observation.getContextView().getParentObservation() : null;
	}

	static @Nullable String key(Observation.ContextView context, String key) {
		KeyValue low = context.getLowCardinalityKeyValue(key);
		KeyValue high = context.getHighCardinalityKeyValue(key);
		KeyValue found = (low != null) ? low : high;
		return (found != null) ? found.getValue() : null;
	}

}

package buddy.observability;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.tck.TestObservationRegistry;
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

	Observation.Context only(String name) {
		List<Observation.Context> found = this.ended.stream().filter((one) -> name.equals(one.getName())).toList();
		assertThat(found).as(name).hasSize(1);
		return found.get(0);
	}

	/** One without a name stands for none. */
	static String name(@Nullable ObservationView observation) {
		String name = (observation != null) ? observation.getContextView().getName() : null;
		return (name != null) ? name : "nothing";
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

package buddy.run;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Stands around every run, from before its session is opened until its end is stored;
 * declare it as a bean.
 *
 * <p>
 * It is called on the run's own threads, so it must be quick; what it throws is logged
 * and ends nothing.
 */
@FunctionalInterface
public interface RunInterceptor {

	/**
	 * Takes down what is current where a workflow is called, since its run may begin on
	 * another thread.
	 * @param context finds values of the caller's Reactor context by their keys of
	 * context propagation, {@code null} where there is none
	 * @return anything, for {@link RunStart#origin()}
	 */
	default @Nullable Object origin(Function<String, @Nullable Object> context) {
		return null;
	}

	/**
	 * Takes notice that a run starts; nothing of it is stored yet.
	 * @param run the run
	 * @return stands around it, or {@code null} for nothing
	 */
	@Nullable RunInterception starting(RunStart run);

}

package buddy.run;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Intercepts every run, from before its session is opened until its end is stored.
 * Declare it as a bean.
 *
 * <p>
 * It is called on the run's own threads, so it must be quick. Exceptions are logged and
 * do not affect the run.
 */
@FunctionalInterface
public interface RunInterceptor {

	/**
	 * Captures context at the call of a workflow, such as the current observation, since
	 * the run may begin on another thread.
	 * @param context looks up values in the caller's Reactor context by context
	 * propagation key; returns {@code null} if there is none
	 * @return the captured context, available as {@link RunStart#origin()}, or
	 * {@code null}
	 */
	default @Nullable Object origin(Function<String, @Nullable Object> context) {
		return null;
	}

	/**
	 * Called when a run starts, before anything of it is stored.
	 * @param run the run
	 * @return the interception of the run, or {@code null} to ignore it
	 */
	@Nullable RunInterception starting(RunStart run);

}

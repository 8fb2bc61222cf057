package buddy.web;

import java.util.List;

/**
 * Supplies paths that {@link AccessConfiguration} guards. Beans of this type are called
 * at the first request.
 */
@FunctionalInterface
public interface GuardedPaths {

	/**
	 * Returns the paths.
	 * @return the paths, none if there is nothing to guard
	 */
	List<GuardedPath> get();

}

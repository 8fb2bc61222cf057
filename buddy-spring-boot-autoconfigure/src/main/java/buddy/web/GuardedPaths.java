package buddy.web;

import java.util.List;

/**
 * Names paths that {@link AccessConfiguration} guards. Each bean of this type adds its
 * own; they are asked at the first request.
 */
@FunctionalInterface
public interface GuardedPaths {

	/**
	 * Returns the paths.
	 * @return the paths, none if there is nothing to guard
	 */
	List<GuardedPath> get();

}

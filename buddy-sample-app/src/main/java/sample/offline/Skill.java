package sample.offline;

import org.jspecify.annotations.Nullable;

/**
 * One kind of request that the offline model can answer.
 */
interface Skill {

	/**
	 * Answers the request, or returns {@code null} if it is of another kind.
	 */
	@Nullable String answer(Request request);

}

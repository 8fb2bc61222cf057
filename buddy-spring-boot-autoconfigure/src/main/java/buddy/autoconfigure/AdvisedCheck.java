package buddy.autoconfigure;

import java.util.function.Predicate;

/**
 * Tests whether a bean is advised by the workflow aspect.
 */
interface AdvisedCheck extends Predicate<Object> {

	/**
	 * Tests whether beans that are created later will be advised.
	 * @return whether an auto-proxy creator for aspects is present
	 */
	boolean proxiesAreMade();

}

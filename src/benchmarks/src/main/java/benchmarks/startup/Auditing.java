package benchmarks.startup;

import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's own aspect.
 */
@Aspect
class Auditing {

	private static final Logger logger = LoggerFactory.getLogger(Auditing.class);

	@Before("execution(* benchmarks.startup.Orders.*(..))")
	void beforeOrders() {
		logger.debug("Orders are looked at");
	}

}

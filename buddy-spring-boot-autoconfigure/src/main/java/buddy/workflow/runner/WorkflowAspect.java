package buddy.workflow.runner;

import java.util.Arrays;
import java.util.function.Supplier;

import org.aopalliance.aop.Advice;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.aspectj.AbstractAspectJAdvice;
import org.springframework.aop.framework.Advised;
import org.springframework.core.Ordered;

import buddy.workflow.Workflow;

/**
 * Passes calls of {@code run()} and {@code arun()} on workflow beans to the runner.
 *
 * <p>
 * It is ordered outside of transactions, so that a run ends after them, and inside of
 * method security, so that a refused call is not recorded.
 */
@Aspect
public class WorkflowAspect implements Ordered, RecordsRuns {

	/**
	 * The aspect's order: after Spring Security's method interceptors, which have 100 to
	 * 600.
	 */
	public static final int ORDER = 1000;

	private final Supplier<WorkflowRunner> runner;

	/**
	 * Creates the aspect.
	 * @param runner supplies the runner at the first call
	 */
	public WorkflowAspect(Supplier<WorkflowRunner> runner) {
		this.runner = runner;
	}

	/**
	 * Returns whether this aspect advises a bean.
	 * @param bean the bean
	 * @return whether its calls are recorded
	 */
	public static boolean advises(Object bean) {
		return bean instanceof Advised advised
				&& Arrays.stream(advised.getAdvisors()).map(Advisor::getAdvice).anyMatch(WorkflowAspect::isOwn);
	}

	private static boolean isOwn(Advice advice) {
		return advice instanceof AbstractAspectJAdvice aspect
				&& WorkflowAspect.class.isAssignableFrom(aspect.getAspectJAdviceMethod().getDeclaringClass());
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	/**
	 * Records a call. For workflows the first part of the pointcut is equivalent to the
	 * second; for all other beans it avoids matching each of their methods.
	 */
	@Around("within(buddy.workflow.Workflow+) && target(workflow) && (execution(* run(..)) || execution(* arun(..)))")
	@Nullable Object record(ProceedingJoinPoint call, Workflow workflow) throws Throwable {
		MethodSignature signature = (MethodSignature) call.getSignature();
		return this.runner.get()
			.invoke(workflow, signature.getMethod(), call.getArgs(), (arguments) -> call.proceed(arguments));
	}

}

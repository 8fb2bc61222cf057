package buddy.workflow.runner;

import java.util.Arrays;
import java.util.function.Supplier;

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
 * Hands a call of {@code run()} or {@code arun()} on a workflow bean over to the runner.
 *
 * <p>
 * Its order is outside of transactions, so that a run ends after them, and inside of
 * method security, so that a refused call leaves no trace.
 */
@Aspect
public class WorkflowAspect implements Ordered {

	/** After Spring Security's method interceptors, which are at 100 to 600. */
	public static final int ORDER = 1000;

	private final Supplier<WorkflowRunner> runner;

	/**
	 * Creates the aspect.
	 * @param runner the runner, asked for at the first call
	 */
	public WorkflowAspect(Supplier<WorkflowRunner> runner) {
		this.runner = runner;
	}

	/**
	 * Tells whether this aspect stands before a bean.
	 * @param bean the bean
	 * @return whether calls of it are recorded
	 */
	public static boolean advises(Object bean) {
		return bean instanceof Advised advised && Arrays.stream(advised.getAdvisors())
			.map(Advisor::getAdvice)
			.anyMatch((advice) -> advice instanceof AbstractAspectJAdvice aspect
					&& WorkflowAspect.class.isAssignableFrom(aspect.getAspectJAdviceMethod().getDeclaringClass()));
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	/**
	 * Records a call. The first part of the pointcut says the same as the second to a
	 * workflow, and spares all other beans a look at each of their methods.
	 */
	@Around("within(buddy.workflow.Workflow+) && target(workflow) && (execution(* run(..)) || execution(* arun(..)))")
	@Nullable Object record(ProceedingJoinPoint call, Workflow workflow) throws Throwable {
		MethodSignature signature = (MethodSignature) call.getSignature();
		return this.runner.get()
			.invoke(workflow, signature.getMethod(), call.getArgs(), (arguments) -> call.proceed(arguments));
	}

}

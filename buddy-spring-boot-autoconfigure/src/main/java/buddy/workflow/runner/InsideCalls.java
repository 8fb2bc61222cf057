package buddy.workflow.runner;

import java.util.List;
import java.util.stream.IntStream;

import org.aopalliance.aop.Advice;
import org.springframework.aop.Advisor;
import org.springframework.aop.aspectj.AbstractAspectJAdvice;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.interceptor.ExposeInvocationInterceptor;
import org.springframework.util.ClassUtils;

import buddy.workflow.Workflow;

/**
 * Finds what the recording of a workflow's calls stands around, to call it for a run that
 * is continued.
 */
final class InsideCalls {

	private static final boolean ASPECTS = ClassUtils.isPresent("org.aspectj.lang.annotation.Aspect",
			InsideCalls.class.getClassLoader());

	private InsideCalls() {
	}

	/**
	 * Returns the workflow with the advisors after the recording, such as that of
	 * transactions, and without those before it, such as method security, which has
	 * admitted the run already.
	 * @param bean the workflow's bean
	 * @param target the workflow itself
	 * @return what to call
	 */
	static Workflow of(Workflow bean, Workflow target) {
		if (!(bean instanceof Advised advised)) {
			return target;
		}
		List<Advisor> advisors = List.of(advised.getAdvisors());
		int own = IntStream.range(0, advisors.size())
			.filter((i) -> isRecording(advisors.get(i).getAdvice()))
			.findFirst()
			.orElse(advisors.size() - 1);
		List<Advisor> after = advisors.subList(own + 1, advisors.size());
		if (after.isEmpty()) {
			return target;
		}
		ProxyFactory proxy = new ProxyFactory(target);
		proxy.setProxyTargetClass(true);
		if (advisors.contains(ExposeInvocationInterceptor.ADVISOR)) {
			proxy.addAdvisor(ExposeInvocationInterceptor.ADVISOR);
		}
		proxy.addAdvisors(after);
		return (Workflow) proxy.getProxy(target.getClass().getClassLoader());
	}

	private static boolean isRecording(Advice advice) {
		return advice instanceof RecordsRuns || (ASPECTS && AspectAdvice.records(advice));
	}

	/** Loaded only if AspectJ is present. */
	private static final class AspectAdvice {

		static boolean records(Advice advice) {
			return advice instanceof AbstractAspectJAdvice aspect
					&& RecordsRuns.class.isAssignableFrom(aspect.getAspectJAdviceMethod().getDeclaringClass());
		}

	}

}

package buddy.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ClassUtils;

import buddy.durable.RunJournal;
import buddy.durable.StepStatus;
import buddy.durable.StoredStep;
import buddy.storage.RunEnd;
import buddy.storage.WorkflowSessionRepository;

/**
 * Lets runs stand still at their points for ever, in a process that is about to die, and
 * prints which steps are recorded.
 */
final class StandStill implements BeanPostProcessor {

	static final String RECORDED = "Recorded ";

	/** The step in which runs stand still. */
	static final String STEP = "leg#2";

	private final Map<String, FaultPoint> runs = new ConcurrentHashMap<>();

	private final boolean standing;

	private final CountDownLatch toStand;

	/**
	 * Creates it.
	 * @param number how many runs stand still; where it is none, none does
	 */
	StandStill(int number) {
		this.standing = number > 0;
		this.toStand = new CountDownLatch(number);
	}

	void put(String runId, FaultPoint point) {
		this.runs.put(runId, point);
	}

	void awaitAll() throws InterruptedException {
		this.toStand.await();
	}

	/** Does not return if this is where the run is to stand still. */
	void at(String runId, FaultPoint point) {
		if (this.standing && this.runs.get(runId) == point) {
			this.toStand.countDown();
			forEver();
		}
	}

	private static void forEver() {
		while (true) {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				// not even then
			}
		}
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof RunJournal || bean instanceof WorkflowSessionRepository) ? proxy(bean) : bean;
	}

	private Object proxy(Object bean) {
		return Proxy.newProxyInstance(bean.getClass().getClassLoader(), ClassUtils.getAllInterfaces(bean),
				(proxy, method, arguments) -> {
					Object[] given = (arguments != null) ? arguments.clone() : new Object[0];
					StoredStep[] step = new StoredStep[1];
					if (method.getName().equals("writeInTransaction")) {
						given[0] = last((Supplier<?>) given[0], step);
					}
					else if (given.length > 0 && given[0] instanceof StoredStep written) {
						step[0] = written;
						before(written);
					}
					Object result;
					try {
						result = method.invoke(bean, given);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
					if (step[0] != null) {
						after(step[0]);
					}
					else if (given.length > 0 && given[0] instanceof RunEnd end) {
						at(end.run().runId(), FaultPoint.AFTER_END);
					}
					return result;
				});
	}

	private static Supplier<?> last(Supplier<?> body, StoredStep[] step) {
		return () -> {
			step[0] = (StoredStep) body.get();
			return step[0];
		};
	}

	private void before(StoredStep step) {
		if (step.key().equals(STEP) && step.head().status().isOutcome()) {
			at(step.runId(), FaultPoint.AFTER_BODY);
			at(step.runId(), FaultPoint.ONCE_AFTER_BODY);
		}
	}

	private void after(StoredStep step) {
		if (step.head().status() == StepStatus.DONE) {
			System.out.println(RECORDED + step.runId() + " " + step.key());
		}
		if (step.key().equals(STEP) && step.head().status().isOutcome()) {
			at(step.runId(), FaultPoint.AFTER_ROW);
			at(step.runId(), FaultPoint.AFTER_COMMIT);
		}
		else if (step.key().equals(STEP)) {
			at(step.runId(), FaultPoint.STARTED);
			at(step.runId(), FaultPoint.ONCE_BEFORE_BODY);
		}
	}

}

package buddy.autoconfigure;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;

/** Holds a start-up back until the other one has its data source too. */
class SchemaGate implements BeanPostProcessor {

	private final CyclicBarrier together;

	SchemaGate(CyclicBarrier together) {
		this.together = together;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataSource) {
			try {
				this.together.await(60, TimeUnit.SECONDS);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
		return bean;
	}

}

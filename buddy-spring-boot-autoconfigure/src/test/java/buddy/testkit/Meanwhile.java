package buddy.testkit;

import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets others do something at the last moment before a statement is sent, as a bean of
 * the application.
 */
public final class Meanwhile implements BeanPostProcessor {

	private final String statement;

	private final AtomicReference<Runnable> next = new AtomicReference<>();

	/**
	 * Creates the object.
	 * @param statement how the statement begins
	 */
	public Meanwhile(String statement) {
		this.statement = statement;
	}

	/**
	 * Does something before the next such statement.
	 * @param others what they do, through connections of their own
	 */
	public void next(Runnable others) {
		this.next.set(others);
	}

	/**
	 * Returns whether there was such a statement.
	 * @return whether the others have done it
	 */
	public boolean isOver() {
		return this.next.get() == null;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? ProxyDataSourceBuilder.create(dataSource)
			.beforeQuery((execution, queries) -> queries.forEach((query) -> before(query.getQuery())))
			.build() : bean;
	}

	private void before(String sql) {
		Runnable others = sql.regionMatches(true, 0, this.statement, 0, this.statement.length())
				? this.next.getAndSet(null) : null;
		if (others != null) {
			others.run();
		}
	}

}

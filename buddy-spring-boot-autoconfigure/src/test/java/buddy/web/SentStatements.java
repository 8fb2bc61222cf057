package buddy.web;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The statements that requests send, and how many rows each result of them had.
 */
final class SentStatements implements BeanPostProcessor {

	private final List<String> statements = new CopyOnWriteArrayList<>();

	private final Map<ResultSet, Integer> rows = new IdentityHashMap<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof DataSource dataSource)) {
			return bean;
		}
		return ProxyDataSourceBuilder.create(dataSource).afterQuery((execution, queries) -> {
			if (isOfARequest()) {
				queries.forEach((query) -> this.statements.add(query.getQuery().replaceAll("\\s+", " ").strip()));
			}
		}).proxyResultSet().afterMethod(this::count).build();
	}

	/** What the application sends by itself would come between. */
	private static boolean isOfARequest() {
		String thread = Thread.currentThread().getName();
		return thread.startsWith("http-") || thread.startsWith("task-") || thread.equals("main");
	}

	private void count(MethodExecutionContext call) {
		Method method = call.getMethod();
		if (isOfARequest() && method.getName().equals("next") && call.getTarget() instanceof ResultSet result
				&& Boolean.TRUE.equals(call.getResult())) {
			synchronized (this.rows) {
				this.rows.merge(result, 1, Integer::sum);
			}
		}
	}

	/** Returns the statements since the last call. */
	List<String> take() {
		List<String> taken = List.copyOf(this.statements);
		this.statements.clear();
		return taken;
	}

	/** Returns the most rows that one result had since the last call. */
	int takeMostRows() {
		synchronized (this.rows) {
			int most = this.rows.values().stream().mapToInt(Integer::intValue).max().orElse(0);
			this.rows.clear();
			return most;
		}
	}

	/** Writes down what an application sends. */
	@Configuration(proxyBeanMethods = false)
	static class Log {

		@Bean
		static SentStatements sentStatements() {
			return new SentStatements();
		}

	}

}

package buddy.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Writes down every statement that the application sends. */
class SqlLog implements BeanPostProcessor {

	final List<String> statements = new CopyOnWriteArrayList<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource dataSource) ? ProxyDataSourceBuilder.create(dataSource)
			.afterQuery((execution, queries) -> queries.forEach((query) -> this.statements.add(query.getQuery())))
			.build() : bean;
	}

}

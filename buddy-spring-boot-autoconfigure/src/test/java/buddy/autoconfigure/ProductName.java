package buddy.autoconfigure;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;

/** Lets a database say that it is another product. */
class ProductName implements BeanPostProcessor {

	private final String name;

	ProductName(String name) {
		this.name = name;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof DataSource) ? named(DataSource.class, bean) : bean;
	}

	private Object named(Class<?> type, Object target) {
		InvocationHandler handler = (proxy, method, arguments) -> {
			if (method.getName().equals("getDatabaseProductName")) {
				return this.name;
			}
			try {
				Object result = method.invoke(target, arguments);
				return (result instanceof Connection) ? named(Connection.class, result)
						: (result instanceof DatabaseMetaData) ? named(DatabaseMetaData.class, result) : result;
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		};
		return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { type }, handler);
	}

}

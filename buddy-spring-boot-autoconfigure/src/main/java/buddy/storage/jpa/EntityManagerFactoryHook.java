package buddy.storage.jpa;

import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.cfg.AvailableSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.PriorityOrdered;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.util.ClassUtils;

/**
 * Prepares the chosen entity manager factory before Hibernate starts: migrates the tables
 * on its data source and adds buddy's entities.
 */
final class EntityManagerFactoryHook implements BeanPostProcessor, PriorityOrdered {

	private final ConfigurableListableBeanFactory beans;

	private final ObjectProvider<JpaStorageSettings> settings;

	private volatile @Nullable DataSource dataSource;

	private volatile SchemaTables tables = SchemaTables.OF_CONNECTION;

	/** What is checked once Hibernate has made the tables, if it makes them. */
	private volatile @Nullable Runnable lateCheck;

	EntityManagerFactoryHook(ConfigurableListableBeanFactory beans, ObjectProvider<JpaStorageSettings> settings) {
		this.beans = beans;
		this.settings = settings;
	}

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof LocalContainerEntityManagerFactoryBean factory && beanName.equals(chosenName())) {
			this.dataSource = prepare(factory, beanName);
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Runnable check = this.lateCheck;
		if (check != null && bean instanceof LocalContainerEntityManagerFactoryBean && beanName.equals(chosenName())) {
			this.lateCheck = null;
			check.run();
		}
		return bean;
	}

	/**
	 * Returns the entity manager factory that holds buddy's entities.
	 */
	EntityManagerFactory entityManagerFactory() {
		String name = chosenName();
		EntityManagerFactory factory = this.beans.getBean(name, EntityManagerFactory.class);
		if (this.dataSource == null) {
			throw new StorageSetupException("buddy's entities could not be added to entity manager factory '" + name
					+ "': it was not created by a LocalContainerEntityManagerFactoryBean bean of this context, or"
					+ " it was created before bean post-processors were registered.",
					"Let its @Bean method return the LocalContainerEntityManagerFactoryBean itself rather than the"
							+ " EntityManagerFactory, and let no bean post-processor depend on it; or choose another"
							+ " one with buddy.storage.entity-manager-factory, or declare your own"
							+ " WorkflowSessionRepository bean.");
		}
		return factory;
	}

	/**
	 * Returns the data source of that entity manager factory.
	 */
	DataSource dataSource() {
		entityManagerFactory();
		return Objects.requireNonNull(this.dataSource);
	}

	/**
	 * Returns the names of buddy's tables in SQL.
	 */
	SchemaTables tables() {
		entityManagerFactory();
		return this.tables;
	}

	private String chosenName() {
		return new EntityManagerFactoryChoice(this.beans).beanName(this.settings.getObject().entityManagerFactory());
	}

	private DataSource prepare(LocalContainerEntityManagerFactoryBean factory, String name) {
		DataSource found = factory.getDataSource();
		if (found == null) {
			throw new StorageSetupException("Entity manager factory '" + name + "' has no DataSource of Spring.",
					"Give its LocalContainerEntityManagerFactoryBean one with setDataSource(…), or choose another one"
							+ " with buddy.storage.entity-manager-factory.");
		}
		JpaStorageSettings settings = this.settings.getObject();
		SchemaMode schema = settings.schema();
		BuddySchema own = new BuddySchema(name, found, settings, classLoader());
		this.tables = own.tables();
		Map<String, Object> properties = factory.getJpaPropertyMap();
		StorageCheck check = new StorageCheck(name, this.tables);
		if (schema != SchemaMode.NONE) {
			boolean unknown = own.prepare(schema, properties.get(AvailableSettings.DEFAULT_SCHEMA));
			BuddySchemaFilterProvider.addTo(properties, this.tables.schema() == null);
			if (unknown) {
				check.run(found, true);
			}
		}
		else {
			if (this.tables.schema() != null) {
				BuddySchemaFilterProvider.addTo(properties, false);
			}
			this.lateCheck = () -> check.run(found, false);
		}
		this.tables.addTo(properties);
		BuddyEntities.addTo(properties, schema == SchemaMode.NONE);
		BuddyNaming.addTo(properties);
		return found;
	}

	private ClassLoader classLoader() {
		ClassLoader own = this.beans.getBeanClassLoader();
		return (own != null) ? own : Objects.requireNonNull(ClassUtils.getDefaultClassLoader());
	}

}

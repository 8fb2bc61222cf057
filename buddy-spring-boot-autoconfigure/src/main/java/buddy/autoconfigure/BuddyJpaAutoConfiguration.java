package buddy.autoconfigure;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.data.jpa.repository.support.JpaRepositoryFactoryBean;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;

import buddy.storage.WorkflowSessionRepository;
import buddy.storage.codec.PayloadCodec;
import buddy.storage.jpa.JpaStorageConfiguration;
import buddy.storage.jpa.JpaStorageSettings;

/**
 * Auto-configuration of the JPA storage in the application's database.
 */
// after DataJpaRepositoriesAutoConfiguration: it backs off where it finds a repository
// factory, and the application's repositories would be gone
@AutoConfiguration(after = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class })
@ConditionalOnClass({ SessionFactory.class, LocalContainerEntityManagerFactoryBean.class,
		JpaRepositoryFactoryBean.class })
@ConditionalOnBean(EntityManagerFactory.class)
@ConditionalOnMissingBean(WorkflowSessionRepository.class)
@EnableConfigurationProperties(BuddyStorageProperties.class)
@Import(JpaStorageConfiguration.class)
public final class BuddyJpaAutoConfiguration {

	@Bean
	JpaStorageSettings buddyJpaStorageSettings(BuddyStorageProperties properties) {
		return properties.toSettings();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnProperty("buddy.storage.encryption.current-key")
	PayloadCodec buddyPayloadCodec(BuddyStorageProperties properties) {
		return properties.encryption().toCodec();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ HikariDataSource.class, OpenEntityManagerInViewInterceptor.class })
	static class OpenInViewConfiguration {

		@Bean
		OpenInViewCheck buddyOpenInViewCheck(ConfigurableListableBeanFactory beanFactory,
				ObjectProvider<DataSource> dataSource, Environment environment) {
			return new OpenInViewCheck(beanFactory, dataSource, environment);
		}

	}

}

package buddy.autoconfigure;

import java.nio.file.Path;

import javax.sql.DataSource;

import jakarta.persistence.EntityManagerFactory;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.PhysicalNamingStrategy;
import org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;

import buddy.autoconfigure.shop.Customer;
import buddy.autoconfigure.shop.Customers;

import static org.assertj.core.api.Assertions.assertThat;

class StorageNamingTests {

	@TempDir
	Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void namingStrategyByItsClassNameRenamesTheApplicationsColumnsOnly(String database) {
		expectPrefixed(runner(database)
			.withPropertyValues("spring.jpa.hibernate.naming.physical-strategy=" + Prefixing.class.getName()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void namingStrategyBeanRenamesTheApplicationsColumnsOnly(String database) {
		expectPrefixed(runner(database).withBean(PhysicalNamingStrategy.class, Prefixing::new));
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void quotedIdentifiersWork(String database) {
		for (String ddl : new String[] { "update", "validate" }) {
			runner(database)
				.withPropertyValues("spring.jpa.properties.hibernate.globally_quoted_identifiers=true",
						"spring.jpa.hibernate.ddl-auto=" + ddl)
				.run((context) -> expectStored(context.getBean(DataSource.class),
						context.getBean(EntityManagerFactory.class), ddl));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "sqlite" })
	void quotedKeywordsWork(String database) {
		runner(database).withPropertyValues("spring.jpa.properties.hibernate.auto_quote_keyword=true")
			.run((context) -> expectStored(context.getBean(DataSource.class),
					context.getBean(EntityManagerFactory.class), "s1"));
	}

	static void expectPrefixed(ApplicationContextRunner runner) {
		for (String ddl : new String[] { "update", "validate" }) {
			runner.withPropertyValues("spring.jpa.hibernate.ddl-auto=" + ddl).run((context) -> {
				assertThat(context).hasNotFailed();
				expectStored(context.getBean(DataSource.class), context.getBean(EntityManagerFactory.class), ddl);
				context.getBean(Customers.class).save(new Customer(ddl));
				assertThat(new JdbcTemplate(context.getBean(DataSource.class))
					.queryForList("select c_session_id from t_Customer where c_fullName = ?", String.class, ddl))
					.containsExactly("none");
			});
		}
	}

	static void expectStored(DataSource dataSource, EntityManagerFactory factory, String session) {
		new Tables(dataSource).insertSession(session);
		assertThat(Tables.sessions(factory)).contains(session);
	}

	private ApplicationContextRunner runner(String database) {
		return Starts.shop("h2".equals(database) ? Starts.h2(this.folder) : Starts.sqlite(this.folder));
	}

	/** Renames everything. */
	public static class Prefixing extends PhysicalNamingStrategyStandardImpl {

		@Override
		public Identifier toPhysicalTableName(Identifier name, JdbcEnvironment environment) {
			return Identifier.toIdentifier("t_" + name.getText(), name.isQuoted());
		}

		@Override
		public Identifier toPhysicalColumnName(Identifier name, JdbcEnvironment environment) {
			return Identifier.toIdentifier("c_" + name.getText(), name.isQuoted());
		}

	}

}

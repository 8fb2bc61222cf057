package buddy.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;

/**
 * Enables method security in a test slice if a configuration class of the application
 * enables it, since a slice does not load these classes.
 */
final class MethodSecurityRegistrar implements ImportBeanDefinitionRegistrar {

	private final BeanFactory beanFactory;

	private final Environment environment;

	private final ResourceLoader resourceLoader;

	MethodSecurityRegistrar(BeanFactory beanFactory, Environment environment, ResourceLoader resourceLoader) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.resourceLoader = resourceLoader;
	}

	/** Registers the annotation's configuration like any other configuration class. */
	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		if (isEnabled()) {
			registry.registerBeanDefinition(Enabled.class.getName(), new RootBeanDefinition(Enabled.class));
		}
	}

	private boolean isEnabled() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false,
				this.environment);
		scanner.setResourceLoader(this.resourceLoader);
		scanner.addIncludeFilter(new AnnotationTypeFilter(EnableMethodSecurity.class));
		return AutoConfigurationPackages.has(this.beanFactory) && AutoConfigurationPackages.get(this.beanFactory)
			.stream()
			.anyMatch((name) -> !scanner.findCandidateComponents(name).isEmpty());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity(securedEnabled = true, jsr250Enabled = true)
	static class Enabled {

	}

}

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
 * Switches method security on in a test slice, which leaves out the application's
 * configuration classes, where one of them does so.
 */
final class ApplicationsMethodSecurity implements ImportBeanDefinitionRegistrar {

	private final BeanFactory beanFactory;

	private final Environment environment;

	private final ResourceLoader resourceLoader;

	ApplicationsMethodSecurity(BeanFactory beanFactory, Environment environment, ResourceLoader resourceLoader) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.resourceLoader = resourceLoader;
	}

	/** Its class is read like any other configuration class then. */
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

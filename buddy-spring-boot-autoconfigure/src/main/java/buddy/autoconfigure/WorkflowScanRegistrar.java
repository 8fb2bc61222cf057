package buddy.autoconfigure;

import java.beans.Introspector;
import java.util.Arrays;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.util.ClassUtils;

import buddy.workflow.Workflow;

/**
 * Registers a bean for every concrete subclass of {@code Workflow} in the application's
 * packages that has none, as Spring Data does for repositories.
 */
final class WorkflowScanRegistrar implements ImportBeanDefinitionRegistrar {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final ResourceLoader resourceLoader;

	WorkflowScanRegistrar(BeanFactory beanFactory, Environment environment, ResourceLoader resourceLoader) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
		this.environment = environment;
		this.resourceLoader = resourceLoader;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		ClassPathScanningCandidateComponentProvider scanner = scanner();
		WorkflowScanPackages.find(this.beanFactory)
			.stream()
			.flatMap((name) -> scanner.findCandidateComponents(name).stream())
			.filter((candidate) -> !declared(candidate))
			.forEach((candidate) -> registry.registerBeanDefinition(name(candidate, registry), candidate));
	}

	private ClassPathScanningCandidateComponentProvider scanner() {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false,
				this.environment);
		scanner.setResourceLoader(this.resourceLoader);
		TypeExcludeFilter excluded = new TypeExcludeFilter();
		excluded.setBeanFactory(this.beanFactory);
		scanner.addExcludeFilter(excluded);
		scanner.addIncludeFilter(new AssignableTypeFilter(Workflow.class));
		return scanner;
	}

	private boolean declared(BeanDefinition candidate) {
		Class<?> type = ClassUtils.resolveClassName(String.valueOf(candidate.getBeanClassName()),
				this.beanFactory.getBeanClassLoader());
		return Arrays.stream(this.beanFactory.getBeanNamesForType(type, true, false)).anyMatch((name) -> {
			Class<?> declared = this.beanFactory.getType(name, false);
			return declared != null && ClassUtils.getUserClass(declared) == type;
		});
	}

	private static String name(BeanDefinition candidate, BeanDefinitionRegistry registry) {
		String className = String.valueOf(candidate.getBeanClassName());
		String name = Introspector.decapitalize(ClassUtils.getShortName(className));
		return registry.containsBeanDefinition(name) ? className : name;
	}

}

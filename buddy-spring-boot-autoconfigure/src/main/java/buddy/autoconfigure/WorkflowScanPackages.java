package buddy.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * The packages of {@link WorkflowScan}.
 *
 * @param names the packages
 */
record WorkflowScanPackages(List<String> names) {

	private static final String BEAN_NAME = WorkflowScanPackages.class.getName();

	/**
	 * Returns the configured packages, or the application's packages if there are none.
	 */
	static List<String> find(ConfigurableListableBeanFactory beanFactory) {
		List<String> named = named(beanFactory);
		if (!named.isEmpty()) {
			return named;
		}
		return AutoConfigurationPackages.has(beanFactory) ? AutoConfigurationPackages.get(beanFactory) : List.of();
	}

	/**
	 * Returns the configured packages and the application's packages.
	 */
	static List<String> ofApplication(ConfigurableListableBeanFactory beanFactory) {
		List<String> packages = new ArrayList<>(named(beanFactory));
		if (AutoConfigurationPackages.has(beanFactory)) {
			packages.addAll(AutoConfigurationPackages.get(beanFactory));
		}
		return packages;
	}

	private static List<String> named(ConfigurableListableBeanFactory beanFactory) {
		if (!beanFactory.containsBeanDefinition(BEAN_NAME)) {
			return List.of();
		}
		Object names = beanFactory.getBeanDefinition(BEAN_NAME).getAttribute("names");
		return (names instanceof Set<?> set) ? set.stream().map(String::valueOf).toList() : List.of();
	}

	/**
	 * Collects the packages of every {@link WorkflowScan}.
	 */
	static final class Registrar implements ImportBeanDefinitionRegistrar {

		@Override
		public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
			Set<String> names = new LinkedHashSet<>(packages(metadata));
			if (registry.containsBeanDefinition(BEAN_NAME)
					&& registry.getBeanDefinition(BEAN_NAME).getAttribute("names") instanceof Set<?> before) {
				before.forEach((name) -> names.add(String.valueOf(name)));
				registry.removeBeanDefinition(BEAN_NAME);
			}
			BeanDefinition definition = BeanDefinitionBuilder.rootBeanDefinition(WorkflowScanPackages.class)
				.addConstructorArgValue(List.copyOf(names))
				.setRole(BeanDefinition.ROLE_INFRASTRUCTURE)
				.getBeanDefinition();
			definition.setAttribute("names", names);
			registry.registerBeanDefinition(BEAN_NAME, definition);
		}

		private static List<String> packages(AnnotationMetadata metadata) {
			MergedAnnotation<WorkflowScan> scan = metadata.getAnnotations().get(WorkflowScan.class);
			Set<String> names = new LinkedHashSet<>(Arrays.asList(scan.getStringArray("basePackages")));
			for (@Nullable
			String type : scan.asMap(MergedAnnotation.Adapt.CLASS_TO_STRING)
				.get("basePackageClasses") instanceof String[] types ? types : new String[0]) {
				names.add(ClassUtils.getPackageName(String.valueOf(type)));
			}
			return names.isEmpty() ? List.of(ClassUtils.getPackageName(metadata.getClassName())) : List.copyOf(names);
		}

	}

}

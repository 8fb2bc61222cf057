package buddy.storage.jpa;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;

/**
 * Chooses the entity manager factory to store in: the configured one, or the only one, or
 * the primary one.
 */
final class EntityManagerFactoryChoice {

	private final ConfigurableListableBeanFactory beans;

	private final List<String> candidates;

	EntityManagerFactoryChoice(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
		this.candidates = Arrays.asList(beans.getBeanNamesForType(EntityManagerFactory.class, true, false));
	}

	String beanName(@Nullable String wanted) {
		if (wanted != null) {
			return named(wanted);
		}
		List<String> injectable = only(this.candidates, this::isInjectable);
		if (injectable.size() == 1) {
			return injectable.get(0);
		}
		List<String> primary = only(injectable, (name) -> is(name, BeanDefinition::isPrimary));
		if (primary.size() == 1) {
			return primary.get(0);
		}
		List<String> regular = only(injectable, (name) -> !is(name, BeanDefinition::isFallback));
		if (regular.size() == 1) {
			return regular.get(0);
		}
		throw new StorageSetupException(
				"buddy stores sessions and runs in one entity manager factory, and the application has "
						+ (injectable.isEmpty() ? "none to choose."
								: "several, none of them primary: " + injectable + "."),
				"Name the bean with the property buddy.storage.entity-manager-factory, or mark one with @Primary.");
	}

	private String named(String wanted) {
		if (!this.candidates.contains(wanted)) {
			throw new StorageSetupException(
					"The property buddy.storage.entity-manager-factory names '" + wanted
							+ "', and there is no entity manager factory bean of that name.",
					"Set it to one of " + this.candidates + ", or remove it.");
		}
		return wanted;
	}

	/**
	 * Whether the bean is a candidate for injection, rather than internal to another
	 * library.
	 */
	private boolean isInjectable(String name) {
		return is(name, BeanDefinition::isAutowireCandidate) && is(name,
				(definition) -> !(definition instanceof AbstractBeanDefinition own) || own.isDefaultCandidate());
	}

	private boolean is(String name, Predicate<BeanDefinition> property) {
		return !this.beans.containsBeanDefinition(name) || property.test(this.beans.getMergedBeanDefinition(name));
	}

	private static List<String> only(List<String> names, Predicate<String> wanted) {
		return names.stream().filter(wanted).toList();
	}

}

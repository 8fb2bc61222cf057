package buddy.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Whether the console is served: as the application says, and otherwise in development
 * and where only clients on the same machine are served.
 */
final class OnConsole extends SpringBootCondition {

	private static final String ENABLED = "buddy.console.enabled";

	private static final String DEVTOOLS = "org.springframework.boot.devtools.restart.Restarter";

	private static final String SECURITY = "org.springframework.security.web.SecurityFilterChain";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		ConditionMessage.Builder message = ConditionMessage.forCondition("Console of buddy");
		Boolean enabled = environment.getProperty(ENABLED, Boolean.class);
		if (enabled != null) {
			return new ConditionOutcome(enabled, message.because(ENABLED + "=" + enabled));
		}
		ClassLoader loader = context.getClassLoader();
		if (ClassUtils.isPresent(DEVTOOLS, loader)) {
			return ConditionOutcome.match(message.foundExactly("DevTools"));
		}
		if (environment.acceptsProfiles(Profiles.of("local", "dev", "test"))) {
			return ConditionOutcome.match(message.foundExactly("a profile of development"));
		}
		if (!ClassUtils.isPresent(SECURITY, loader)
				&& !environment.getProperty("buddy.web.allow-remote", Boolean.class, false)) {
			return ConditionOutcome.match(message.because("only clients on the same machine are served"));
		}
		return ConditionOutcome.noMatch(message.because(ENABLED + " is not set"));
	}

}

package buddy.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties for agents.
 *
 * @param confirmation Tools that are called only after a person has confirmed it.
 */
@ConfigurationProperties("buddy.agents")
public record BuddyAgentProperties(@DefaultValue Confirmation confirmation) {

	/**
	 * Properties for tools that have to be confirmed.
	 *
	 * @param tools Tools that have to be confirmed, such as pay, delete*, or cashier/pay
	 * for that of one agent.
	 * @param role Role whose users may confirm, in addition to those who may see the run.
	 * @param expiresIn How long a call can be confirmed. After that it is refused. By
	 * default as long as the run may be paused.
	 */
	public record Confirmation(@DefaultValue List<String> tools, @Nullable String role, @Nullable Duration expiresIn) {

		/**
		 * Checks the values.
		 */
		public Confirmation {
			if (expiresIn != null && expiresIn.toMillis() < 1) {
				throw new IllegalArgumentException(
						"buddy.agents.confirmation.expires-in must be at least 1ms, but was " + expiresIn);
			}
		}

	}

}

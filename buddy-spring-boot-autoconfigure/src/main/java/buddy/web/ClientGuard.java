package buddy.web;

import java.util.function.BooleanSupplier;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Refuses the clients that the routes would refuse, for other ways to call workflows over
 * HTTP, such as MCP.
 *
 * <p>
 * Without Spring Security, these are all clients on other machines, unless
 * {@code buddy.web.allow-remote=true}. With it, these are all users who are not
 * operators. Pages of sites that are not allowed are always refused.
 */
public final class ClientGuard {

	private final AccessGuard guard;

	private final boolean mayBeUnknown;

	private final BooleanSupplier mayAct;

	/**
	 * Creates a guard.
	 * @param settings the settings of the routes
	 * @param beans the bean factory, to detect Spring Security
	 */
	public ClientGuard(WebSettings settings, ListableBeanFactory beans) {
		boolean secured = WorkflowWebConfiguration.isSecured(beans);
		boolean allowRemote = settings.security().allowRemote();
		this.guard = new AccessGuard(secured, allowRemote, settings.allowedOrigins());
		this.mayBeUnknown = secured || allowRemote;
		this.mayAct = secured ? operators(settings, beans) : () -> true;
	}

	/** In a separate method, so that the class is loaded only with Spring Security. */
	private static BooleanSupplier operators(WebSettings settings, ListableBeanFactory beans) {
		return new Operators(settings.security().operatorRole(), beans)::isCurrent;
	}

	/**
	 * Checks the client of the current request.
	 * @throws ClientRefusedException if the client must not call workflows
	 */
	public void check() {
		if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current) {
			try {
				this.guard.checkClient(current.getRequest(), false);
			}
			catch (Problem.Refusal ex) {
				throw new ClientRefusedException(String.valueOf(ex.problem().detail()));
			}
		}
		else if (!this.mayBeUnknown) {
			throw new ClientRefusedException("The client is not known here; add Spring Security, or set"
					+ " buddy.web.allow-remote=true if everyone who can reach this port may run workflows");
		}
		if (!this.mayAct.getAsBoolean()) {
			throw new ClientRefusedException(
					"You may not do that: only operators run workflows" + " (buddy.web.security.operator-role)");
		}
	}

}

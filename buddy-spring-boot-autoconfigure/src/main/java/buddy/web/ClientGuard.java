package buddy.web;

import java.util.function.BooleanSupplier;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Refuses the clients that the routes refuse, where workflows are called over HTTP in
 * another way than by the routes.
 *
 * <p>
 * Without Spring Security that is every client but those on this machine, unless
 * {@code buddy.web.allow-remote=true}; with it every user who is no operator; and always
 * pages of sites that are not allowed.
 */
public final class ClientGuard {

	private final AccessGuard guard;

	private final boolean mayBeUnknown;

	private final BooleanSupplier mayAct;

	/**
	 * Creates a guard.
	 * @param settings who may use the routes
	 * @param beans tells whether there is Spring Security
	 */
	public ClientGuard(WebSettings settings, ListableBeanFactory beans) {
		boolean secured = WorkflowWebConfiguration.isSecured(beans);
		boolean allowRemote = settings.security().allowRemote();
		this.guard = new AccessGuard(secured, allowRemote, settings.allowedOrigins());
		this.mayBeUnknown = secured || allowRemote;
		this.mayAct = secured ? operators(settings, beans) : () -> true;
	}

	/** Apart, so that the class is loaded only beside Spring Security. */
	private static BooleanSupplier operators(WebSettings settings, ListableBeanFactory beans) {
		return new Operators(settings.security().operatorRole(), beans)::isCurrent;
	}

	/**
	 * Checks the client of the request that this thread serves.
	 * @throws ClientRefusedException if it must not call workflows
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
			throw new ClientRefusedException("Who calls cannot be told here; add Spring Security, or set"
					+ " buddy.web.allow-remote=true if whoever can reach this port may run workflows");
		}
		if (!this.mayAct.getAsBoolean()) {
			throw new ClientRefusedException(
					"You may not do that: only operators run workflows" + " (buddy.web.security.operator-role)");
		}
	}

}

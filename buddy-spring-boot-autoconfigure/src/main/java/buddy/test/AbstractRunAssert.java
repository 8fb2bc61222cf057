package buddy.test;

import java.util.Objects;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import buddy.json.internal.Json;
import buddy.run.RunResponse;
import buddy.run.RunStatus;

/**
 * Base class for assertions on the status and the response of a run.
 *
 * @param <SELF> the type of the assertions
 * @param <ACTUAL> the type of the actual value
 */
public abstract class AbstractRunAssert<SELF extends AbstractRunAssert<SELF, ACTUAL>, ACTUAL>
		extends AbstractAssert<SELF, ACTUAL> {

	AbstractRunAssert(ACTUAL actual, Class<?> selfType) {
		super(actual, selfType);
	}

	abstract @Nullable RunStatus status();

	abstract @Nullable RunResponse response();

	/** Returns details to add to the status in messages, such as the failure. */
	String because() {
		return "";
	}

	/**
	 * Verifies that the run completed.
	 * @return these assertions
	 */
	public SELF completed() {
		return hasStatus(RunStatus.COMPLETED);
	}

	/**
	 * Verifies that the run was cancelled.
	 * @return these assertions
	 */
	public SELF cancelled() {
		return hasStatus(RunStatus.CANCELLED);
	}

	/**
	 * Verifies the status of the run.
	 * @param status the status
	 * @return these assertions
	 */
	public SELF hasStatus(RunStatus status) {
		isNotNull();
		if (status() != status) {
			failWithMessage("Expected the run to be %s, but it is %s%s", status, status(), because());
		}
		return this.myself;
	}

	/**
	 * Verifies the content: text as text, anything else by its JSON.
	 * @param content text, a number, a list, a map, a record or {@code null}
	 * @return these assertions
	 */
	public SELF hasContent(@Nullable Object content) {
		isNotNull();
		RunResponse response = response();
		Object actual = (response != null) ? response.content() : null;
		if (!Json.same(actual, content)) {
			failWithActualExpectedAndMessage(Json.writeValue(actual), Json.writeValue(content),
					"Expected the run's content to be%n  %s%nbut it is%n  %s", Json.writeValue(content),
					Json.writeValue(actual));
		}
		return this.myself;
	}

	/**
	 * Verifies that the content, as text, contains a text.
	 * @param text the text
	 * @return these assertions
	 */
	public SELF hasContentContaining(String text) {
		isNotNull();
		RunResponse response = response();
		String actual = (response != null) ? response.contentAsString() : "";
		if (!actual.contains(text)) {
			failWithMessage("Expected the run's content to contain%n  %s%nbut it is%n  %s", text, actual);
		}
		return this.myself;
	}

	static boolean sameJson(@Nullable Object one, @Nullable Object other) {
		return Objects.equals(one, other) || Json.same(one, other);
	}

}

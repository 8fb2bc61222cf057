package buddy.session;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import buddy.json.UnstorableValueException;
import buddy.storage.StoredSession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class IdsTests {

	@ParameterizedTest
	@ValueSource(strings = { "a", "user-42", "A.b_c:d@e-f", "937b010a-12bd-4b5d-b01d-33540d86d484" })
	void plainIdsAreTaken(String id) {
		assertThat(Ids.requireSessionId(id)).isSameAs(id);
		assertThat(Ids.requireWorkflowId(id)).isSameAs(id);
		assertThat(Ids.requireUserId(id)).isSameAs(id);
	}

	@ParameterizedTest
	@NullAndEmptySource
	@ValueSource(
			strings = { " ", "a b", "a/b", "../x", "a\n", "\n", "a\u0000", "ü", "٣", "a'b", "a%b", "a\r\nLog: forged" })
	void otherIdsOfSessionsAndWorkflowsAreRefused(String id) {
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> Ids.requireSessionId(id))
			.withMessageContaining("session id")
			.withMessageContaining("128")
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\n").doesNotContain("\r"));
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> Ids.requireWorkflowId(id))
			.withMessageContaining("workflow id");
	}

	@Test
	void lengthsAreLimited() {
		assertThat(Ids.requireSessionId("x".repeat(128))).hasSize(128);
		assertThat(Ids.requireUserId("x".repeat(255))).hasSize(255);
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> Ids.requireSessionId("x".repeat(129)))
			.withMessageContaining("129")
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(200));
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> Ids.requireUserId("x".repeat(256)));
		assertThatExceptionOfType(InvalidIdException.class)
			.isThrownBy(() -> Ids.requireUserId("\uD83D\uDE00".repeat(200)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "auth0|42", "a+b@x", "Jürgen Müller", "漢", "\uD83D\uDE00", "O'Brien" })
	void userIdsAreNearlyFree(String id) {
		assertThat(Ids.requireUserId(id)).isSameAs(id);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a\u0000", "a\nb", "a\tb", "\u007F", "\u0085", "\u009F", "\uD800" })
	void userIdsWithControlCharactersAreRefused(String id) {
		assertThatExceptionOfType(InvalidIdException.class).isThrownBy(() -> Ids.requireUserId(id))
			.withMessageContaining("user id");
	}

	@Test
	void nobodyIsAUser() {
		assertThat(Ids.requireUserId(null)).isNull();
	}

	@Test
	void sessionNamesAreChecked() {
		assertThat(StoredSession.requireName(null)).isNull();
		assertThat(StoredSession.requireName("Müller's fusion: 漢")).isEqualTo("Müller's fusion: 漢");
		for (String name : new String[] { "a\u0000", "a\nb", "\uD800", "\u0085", "x".repeat(256) }) {
			assertThatExceptionOfType(UnstorableValueException.class).isThrownBy(() -> StoredSession.requireName(name));
		}
	}

}

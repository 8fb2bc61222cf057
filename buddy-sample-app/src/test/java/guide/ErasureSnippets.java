package guide;

import buddy.storage.UserErasure;

/**
 * The code of the page on security that erases a user.
 */
class ErasureSnippets {

	private final UserErasure erasure;

	ErasureSnippets(UserErasure erasure) {
		this.erasure = erasure;
	}

	UserErasure.Report erase(String userId, String operator) {
		return this.erasure.eraseUser(userId, operator);
	}

}

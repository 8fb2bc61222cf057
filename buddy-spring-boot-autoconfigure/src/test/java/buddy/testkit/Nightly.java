package buddy.testkit;

/**
 * How large a load or fault test is: small in the gate, at full size in the Maven profile
 * {@code nightly}.
 */
public final class Nightly {

	private Nightly() {
	}

	/**
	 * Returns the size for this build.
	 * @param gate the size in the gate
	 * @param full the size in the nightly build
	 * @return one of the two
	 */
	public static int size(int gate, int full) {
		return Boolean.getBoolean("test.nightly") ? full : gate;
	}

}

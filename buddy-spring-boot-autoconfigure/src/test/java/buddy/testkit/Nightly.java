package buddy.testkit;

import org.junit.jupiter.api.Assumptions;

/**
 * How large a load or fault test is: small in the gate, at full size in the Maven profile
 * {@code nightly}, and at a part of that with {@code -Dtest.nightly=25}, in percent.
 */
public final class Nightly {

	private Nightly() {
	}

	/**
	 * Skips the rest of a test in the gate.
	 * @param instead what the gate has instead
	 */
	public static void only(String instead) {
		Assumptions.assumeTrue(size(0, 1) > 0, "only with -Pnightly; in the gate: " + instead);
	}

	/**
	 * Returns the size for this build.
	 * @param gate the size in the gate
	 * @param full the size in the nightly build
	 * @return one of the two
	 */
	public static int size(int gate, int full) {
		String setting = System.getProperty("test.nightly", "false");
		return switch (setting) {
			case "false" -> gate;
			case "true" -> full;
			// a part of one is one, since a test that is in the nightly build only is in
			// a part of it too
			default -> Math.max(Math.max(gate, 1), full * Integer.parseInt(setting) / 100);
		};
	}

}

package buddy.testkit;

/**
 * How large a load or fault test is: small in the gate, at full size in the Maven profile
 * {@code nightly}, and at a part of that with {@code -Dtest.nightly=25}, in percent.
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
		String setting = System.getProperty("test.nightly", "false");
		return switch (setting) {
			case "false" -> gate;
			case "true" -> full;
			default -> Math.max(gate, full * Integer.parseInt(setting) / 100);
		};
	}

}

package benchmarks.measure;

/**
 * A subject beside its base.
 *
 * @param base what it is compared with
 * @param subject what is compared
 * @param self whether both are the same, which shows what the machine's noise makes of 1
 * @param baseMicros the base's median time of one run, in microseconds
 * @param subjectMicros the subject's median time of one run, in microseconds
 * @param ratio the subject's time over its neighbours', a value a round
 */
public record Pair(String base, String subject, boolean self, double baseMicros, double subjectMicros,
		Statistics ratio) {

	/**
	 * Returns the same pair with the times of a part of a run, such as one of its events.
	 * @param parts how many parts a run has
	 * @return the pair
	 */
	public Pair perPart(int parts) {
		return new Pair(this.base, this.subject, this.self, this.baseMicros / parts, this.subjectMicros / parts,
				this.ratio);
	}

}

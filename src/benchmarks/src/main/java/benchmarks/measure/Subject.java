package benchmarks.measure;

/**
 * Something that is run again and again, by one thread or several at once.
 */
public interface Subject {

	/**
	 * Returns what reports call it.
	 * @return a short name
	 */
	String name();

	/**
	 * Makes ready for a slice; not timed.
	 * @param threads how many threads will run it
	 * @throws Exception if it fails, which ends the measurement
	 */
	default void prepare(int threads) throws Exception {
	}

	/**
	 * Runs once.
	 * @param thread which one of the threads runs it, from 0
	 * @throws Exception if it fails, which ends the measurement
	 */
	void run(int thread) throws Exception;

	/**
	 * Does after a run what is not to be timed, such as reading the rest of an answer.
	 * With several threads it is taken for one of them that stands still.
	 * @param thread which one of the threads ran it, from 0
	 * @throws Exception if it fails, which ends the measurement
	 */
	default void finish(int thread) throws Exception {
	}

	/**
	 * Returns the same subject under the name of an A/A pair.
	 * @return the subject, measured against itself
	 */
	default Subject again() {
		Subject subject = this;
		return new Subject() {

			@Override
			public String name() {
				return subject.name() + ", again";
			}

			@Override
			public void prepare(int threads) throws Exception {
				subject.prepare(threads);
			}

			@Override
			public void run(int thread) throws Exception {
				subject.run(thread);
			}

			@Override
			public void finish(int thread) throws Exception {
				subject.finish(thread);
			}

		};
	}

}

package buddy.test;

import buddy.durable.JournalWrite;
import buddy.durable.StoredStep;

/**
 * Sees the steps that are written to a journal.
 */
interface StepWatch {

	/**
	 * Called before a step is written.
	 * @param step the step
	 * @return the step to write
	 */
	StoredStep writing(StoredStep step);

	/**
	 * Called after a step was written.
	 * @param step the step
	 * @param write what became of it
	 * @return what became of it
	 */
	JournalWrite written(StoredStep step, JournalWrite write);

}

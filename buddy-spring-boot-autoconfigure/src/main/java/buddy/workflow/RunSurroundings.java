package buddy.workflow;

import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

import buddy.run.RunEventListener;

/**
 * What every run of a runner shares.
 *
 * @param clock tells the time
 * @param listeners see the events of runs
 * @param interrupt whether the thread of a run that is cancelled is interrupted
 * @param afterEnd is told of a run whose end was stored, or could not be
 */
record RunSurroundings(Clock clock, List<RunEventListener> listeners, boolean interrupt,
		Consumer<RunExecution> afterEnd) {

}

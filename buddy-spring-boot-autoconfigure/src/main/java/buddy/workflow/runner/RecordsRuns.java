package buddy.workflow.runner;

/**
 * Marks the advice that records the runs of a workflow.
 */
interface RecordsRuns {

}

/**
 * Turns a call of {@code run()} or {@code arun()} on a workflow bean into a call of the
 * runner.
 */
@NullMarked
package buddy.workflow.aop;

import org.jspecify.annotations.NullMarked;

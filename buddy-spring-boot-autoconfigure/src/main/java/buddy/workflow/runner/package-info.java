/**
 * Runs workflows: the runner that records a call, the aspect that hands it the calls of
 * beans, and the proxy of plain tests.
 */
@NullMarked
package buddy.workflow.runner;

import org.jspecify.annotations.NullMarked;

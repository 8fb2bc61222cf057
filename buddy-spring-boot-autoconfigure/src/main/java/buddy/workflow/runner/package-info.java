/**
 * Runs workflows: the runner that records calls, the aspect that passes the calls of
 * beans to it, and the proxy for plain tests.
 */
@NullMarked
package buddy.workflow.runner;

import org.jspecify.annotations.NullMarked;

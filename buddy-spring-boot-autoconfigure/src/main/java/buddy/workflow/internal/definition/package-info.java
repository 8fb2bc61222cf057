/**
 * The definition of workflow classes: their methods, the parameters, and the binding of
 * input to these.
 */
@NullMarked
package buddy.workflow.internal.definition;

import org.jspecify.annotations.NullMarked;

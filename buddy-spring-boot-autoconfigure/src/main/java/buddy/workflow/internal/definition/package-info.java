/**
 * What is known of a workflow class: its methods, their parameters, and how input is
 * bound to them.
 */
@NullMarked
package buddy.workflow.internal.definition;

import org.jspecify.annotations.NullMarked;
